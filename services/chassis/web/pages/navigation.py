"""The menu as data: `services/navigation.toml`, or the file that NAVIGATION_FILE names. A service that is not deployed is left out there.

    prefixes = ["accounts", "feedback"]         # of the services that are deployed: where `next=` may lead

    [places]                                    # pages of which every service knows the address
    sign_in = "/accounts/dang-nhap"

    [homes]                                     # where the mark leads, by role; "" is everybody else
    director = "/feedback/ban"

    [roles.director]                            # what a page that refuses calls a role
    vi = "Giám đốc BHXH tỉnh"
    en = "directors of a province"

    [ask]                                       # whom staff ask for a right
    vi = "Giám đốc BHXH tỉnh"
    en = "the director of your province"

    [[entries]]
    path = "/feedback/ban"
    vi = "Phản ánh"
    en = "Complaints"
    roles = ["officer", "director"]             # absent: whoever is signed in as no member of staff, or not at all
    key = "p"                                   # `g`, then this key

Who may see a page is decided by the page itself (`session.requires`); the menu only spares people what would refuse them.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import services
from services.chassis.settings import ChassisSettings

FILE = Path(services.__path__[0]) / "navigation.toml"
#: a path of ours as `next=` may give it: nothing that a browser reads as another host, nothing that begins a second header
_PATH = re.compile(r"/[a-z]+(/[A-Za-z0-9._~%!$&'()*+,;=:@-]*)*(\?[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*)?")
_LONGEST_PATH = 512


@dataclass(frozen=True)
class Entry:
    """One line of the menu."""

    path: str
    vi: str
    en: str
    roles: tuple[str, ...] = ()
    key: str = ""

    def is_for(self, role: str, *, is_staff: bool) -> bool:
        """Tell whether somebody of this role ("" for nobody signed in) sees it."""
        return role in self.roles if self.roles else not is_staff


@dataclass(frozen=True)
class Navigation:
    """The file's contents."""

    prefixes: tuple[str, ...]
    places: Mapping[str, str]
    entries: tuple[Entry, ...]
    homes: Mapping[str, str]
    #: what a page that refuses calls each role: `vi`, `en`
    roles: Mapping[str, Mapping[str, str]]
    #: whom staff ask for a right
    ask: Mapping[str, str]

    def leads_to_us(self, path: str) -> bool:
        """Tell whether `path` is a page of a service that is deployed, so that a redirect to it leaves nobody on another's site."""
        return (
            len(path) <= _LONGEST_PATH
            and _PATH.fullmatch(path) is not None
            and path.split("/")[1].partition("?")[0] in self.prefixes
            and "//" not in path.partition("?")[0]
        )

    def home_of(self, role: str) -> str:
        """Return where somebody of this role begins."""
        return self.homes.get(role) or self.homes.get("", "/")


@cache
def _read(file: Path) -> Navigation:
    raw: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    prefixes = tuple(raw["prefixes"])
    entries = tuple(Entry(**{**each, "roles": tuple(each.get("roles", ()))}) for each in raw.get("entries", ()))
    return Navigation(
        prefixes=prefixes,
        places=raw["places"],
        entries=tuple(each for each in entries if each.path.split("/")[1] in prefixes),
        homes=raw.get("homes", {}),
        roles=raw.get("roles", {}),
        ask=raw["ask"],
    )


def of(settings: ChassisSettings) -> Navigation:
    """Return the menu of this deployment.

    :raises OSError: if the file is not there; ``KeyError``, ``TypeError`` or ``ValueError`` for one that says something else.
    """
    return _read(Path(settings.navigation_file) if settings.navigation_file else FILE)
