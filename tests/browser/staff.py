"""Members of staff who sign in on the pages, as they do every morning."""

from __future__ import annotations

from playground import pages
from playground.account import Account
from playground.stage import Post, Stage
from tests.browser.conftest import Visit
from tests.browser.person import Person


def enters(visit: Visit, stage: Stage, post: Post, width: int) -> Person:
    """Return a member of staff who has signed in with password and authenticator app, a picture of each page kept."""
    return arrives(visit, stage, post, width)[0]


def arrives(visit: Visit, stage: Stage, post: Post, width: int, *, javascript: bool = True) -> tuple[Person, Account]:
    """Do the same, and return their account, too. Each width has people of its own: a name is used on one browser only."""
    account = at_home(stage, post._replace(login=f"{post.username}.{width}{'' if javascript else '.khong-script'}"))
    person = visit(width=width, javascript=javascript)
    pages.signs_in(person, account, person.sees)
    return person, account


def at_home(stage: Stage, post: Post) -> Account:
    """Return the account of a member of staff who has an authenticator app and is signed in nowhere: any browser is the first device (A7)."""
    account = stage.signed_in(post)
    if account.app is None:
        account.enrols_an_app(lambda: stage.now)
    account.signs_out()
    return account
