"""What the frame of every page knows: who is signed in, the menu, the lines to call, the language."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from flask import Flask, request

from services.chassis import clock
from services.chassis.settings import ChassisSettings
from services.chassis.web import auth, second_factor
from services.chassis.web.pages import held, language, navigation, notice, session
from services.chassis.web.resources import resources

#: VSS' own line for everybody (công văn 702)
HOTLINE = "1900 9068"


@dataclass(frozen=True)
class MenuLine:
    """One entry of the menu as this page shows it."""

    path: str
    text: str
    key: str
    is_here: bool


class Frame:
    """The template's `page`."""

    hotline = HOTLINE

    def __init__(self, settings: ChassisSettings) -> None:
        self._settings = settings
        self._navigation = navigation.of(settings)
        self.places = self._navigation.places

    @property
    def language(self) -> str:
        """`vi` or `en`."""
        return language.current()

    @cached_property
    def principal(self) -> auth.Principal | None:
        """Who is signed in, where the view asked (`session.requires`, `session.recognises`)."""
        return auth.caller()

    @property
    def is_staff(self) -> bool:
        """Tell whether a member of staff looks at it."""
        return self.principal is not None and second_factor.is_of_staff(self.principal.role)

    @property
    def person(self) -> str:
        """The name of the member of staff, if the token has it."""
        return str(self.principal.claims.get("name", "")) if self.principal else ""

    @property
    def officers_help_line(self) -> str:
        """What staff in difficulty call; empty for citizens, who never read that number (N12)."""
        return self._settings.officers_help_line if self.is_staff else ""

    @property
    def menu(self) -> list[MenuLine]:
        """The menu of this role."""
        role = self.principal.role if self.principal else ""
        lines = [each for each in self._navigation.entries if each.is_for(role, is_staff=self.is_staff)]
        here = max((each.path for each in lines if _is_at(each.path)), key=len, default="")
        return [MenuLine(each.path, language.either(each.vi, each.en), each.key, each.path == here) for each in lines]

    @property
    def home(self) -> str:
        """Where the mark in the header leads."""
        return self._navigation.home_of(self.principal.role if self.principal else "")

    @property
    def renewal_due(self) -> bool:
        """Tell whether the page fetches the picture that renews the session."""
        return session.renewal_due()

    @property
    def session_seconds(self) -> int:
        """How long the token lasts from when it was issued."""
        return self._claim("exp") - self._claim("iat")

    @property
    def session_age(self) -> int:
        """How old it is."""
        return max(0, int(clock.now().timestamp()) - self._claim("iat"))

    @property
    def session_over(self) -> str:
        """Where the page goes when the session ends before one's eyes, to come back here."""
        return f"{self.places['session_over']}?next={quote(self.here, safe='/')}"

    @property
    def keeping(self) -> str:
        """Where the script sends a form that was not finished by then."""
        return f"/{resources.service}/giu"

    def _claim(self, name: str) -> int:
        return int(self.principal.claims.get(name, 0)) if self.principal else 0

    @property
    def other_language(self) -> str:
        """Where the link "English" leads, and back here."""
        other = language.VIETNAMESE if self.language == language.ENGLISH else language.ENGLISH
        return f"/{resources.service}/ngon-ngu/{other}?next={quote(self.here, safe='/')}"

    @property
    def here(self) -> str:
        """The address of the page in hand; after a form, that of the page that showed it."""
        return request.full_path.rstrip("?") if request.method == "GET" else held.page_of_form()

    @property
    def notices(self) -> list[str]:
        """What has just been done."""
        return notice.told()


def _is_at(path: str) -> bool:
    return request.path == path or request.path.startswith(f"{path.rstrip('/')}/")


def install(app: Flask) -> None:
    """Give templates `page`."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"page": Frame(resources.settings)}
