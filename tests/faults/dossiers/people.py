"""Who files in one run, and what must become of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from playground.citizen import Human
from playground.stage import Stage

#: of ten dossiers, as they come
_MIX = ("portal", "portal", "guardian", "portal", "invalid", "portal", "bare", "unknown", "portal", "portal")


class Outcome(NamedTuple):
    """How a dossier must end: in registration, in verification, and the one fact that says so."""

    registration: str
    verification: str
    fact: str


APPROVED = Outcome("activated", "approved", "identity_verified")
REJECTED = Outcome("rejected", "rejected", "declaration_rejected")
UNKNOWN = Outcome("code_not_found", "code_not_found", "code_not_found")
_OUTCOMES = {"invalid": REJECTED, "unknown": UNKNOWN}


@dataclass
class Filing:
    """One person's dossier, and how far it has come."""

    human: Human
    #: portal, guardian, invalid (an officer refuses it), bare (without pictures: the officer adds them), unknown (to HGĐ)
    sort: str
    no: str = ""
    tracking: str = ""
    accepted: bool = False
    decided: bool = False

    @property
    def outcome(self) -> Outcome:
        return _OUTCOMES.get(self.sort, APPROVED)


def filings(stage: Stage, count: int) -> Iterator[Filing]:
    """`count` different people."""
    for number in range(count):
        sort = _MIX[number % len(_MIX)]
        yield Filing(_human(stage, sort), sort)


def _human(stage: Stage, sort: str) -> Human:
    if sort == "unknown":
        return stage.stranger()
    return stage.family()[1] if sort == "guardian" else stage.human()
