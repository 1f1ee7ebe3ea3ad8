"""A person at a browser, watched: whatever goes wrong on the way fails the test, and each page they look at is looked at by us, too."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext

from playground.browser import Visitor
from playground.stage import Post, Stage
from tests.browser import looks
from tests.browser.effort import Effort
from tests.browser.watch import Watch


class Person(Visitor):
    """A visitor of one stage. `watch.expected` names the statuses of 5xx and of missing files that are meant."""

    def __init__(
        self, stage: Stage, context: BrowserContext, pictures: Path, width: int, *, javascript: bool = True
    ) -> None:
        super().__init__(context, stage.system.url("door"), pictures, width)
        self.stage = stage
        self.javascript = javascript
        self.watch = Watch(context, self.page)

    def is_staff(self, post: Post) -> Post:
        """Be signed in as this member of staff, with the token of an API sign-in: for tests of what comes after signing in."""
        token = self.stage.signed_in(post).token
        assert token
        self.carries(token)
        return post

    def sees(self, name: str, *, english: bool = False) -> None:
        """Keep a picture of the page, and fail if axe finds something serious or the page is drawn badly.

        Without scripts only the picture is taken: axe is one. Every page is also looked at with scripts, by another test.

        :param english: whether nothing Vietnamese may be left, except what says that it is.
        """
        self.picture(name if self.javascript else f"{name}-no-script")
        if not self.javascript:
            return
        faults = looks.grave_violations(self.page) + looks.drawn_badly(self.page)
        if english:
            faults += [f"not translated: {words}" for words in looks.untranslated(self.page)]
        assert not faults, f"{name} at {self.width} px, {self.path}:\n" + "\n".join(faults)

    def effort(self) -> Effort:
        """Begin to count keys, page loads, bytes and waiting; from now on use what it returns for the keyboard."""
        return Effort(self)
