"""The actor of a step on a complaint: a member of staff, the citizen, or the system ("clock")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from services.feedback.categories.boards import CENTRE, DIRECTORS_DESK


@dataclass(frozen=True)
class Actor:
    """A member of staff as the token describes them, the citizen, or the system acting by itself ("clock")."""

    role: str
    account_id: str | None = None
    office_code: str | None = None
    province_code: str | None = None
    board_code: str | None = None
    #: of a member of staff, as their token gives it
    name: str | None = None

    @property
    def signature(self) -> dict[str, Any]:
        """Return how the history names the actor. A citizen stays unnamed."""
        return {"actor": self.account_id, "role": self.role, "office_code": self.office_code or self.board_code}

    @property
    def is_office(self) -> bool:
        """Tell whether this is an office's own member of staff."""
        return self.role in OFFICE_ROLES

    @property
    def is_centre(self) -> bool:
        """Tell whether this is the IT centre, the standing unit (F2)."""
        return self.role == "board" and self.board_code == CENTRE

    @property
    def is_desk(self) -> bool:
        """Tell whether this is the desk that decides on complaints about directors (F9)."""
        return self.role == "board" and self.board_code == DIRECTORS_DESK


CITIZEN: Final = Actor("citizen")
CLOCK: Final = Actor("clock")
#: roles of an office's own staff
OFFICE_ROLES: Final = ("officer", "approver", "director")
#: roles that work on complaints
WORKING_ROLES: Final = (*OFFICE_ROLES, "board")
