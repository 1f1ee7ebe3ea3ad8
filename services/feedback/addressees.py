"""Which of the staff a fact is to be told: the director of a province, a board, the IT centre (F3, F5, F7).

Who they are is data (`vss complaints responsible`); one without an e-mail address is told nothing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.feedback import responsible
from services.feedback.complaint_row import CENTRE

DIRECTOR, BOARD, IT_CENTRE, LEADERSHIP = "director", "board", "it_centre", "leadership"


def director(session: Session, province_code: str) -> list[dict[str, Any]]:
    """The director of a province, as `events.Staff`."""
    return _staff(DIRECTOR, responsible.of_province(session, province_code))


def board(session: Session, board_code: str) -> list[dict[str, Any]]:
    """A monitoring board, as `events.Staff`."""
    return _staff(BOARD, responsible.of_board(session, board_code))


def centre(session: Session) -> list[dict[str, Any]]:
    """The IT centre as the last step of an escalation, as `events.Staff`."""
    return _staff(IT_CENTRE, responsible.of_board(session, CENTRE))


def leadership(session: Session) -> list[dict[str, Any]]:
    """To whom the IT centre reports (F6), as `events.Staff`."""
    return _staff(LEADERSHIP, responsible.leadership(session))


def _staff(role: str, found: responsible.Responsible | None) -> list[dict[str, Any]]:
    if found is None or not found.email:
        return []
    return [{"role": role, "code": found.code, "name": named(found), "email": found.email}]


def named(found: responsible.Responsible) -> str:
    """As a letter names them: `Giám đốc BHXH Thành phố Hà Nội`; a board by its own name."""
    return f"{found.title} {found.office}" if found.kind == responsible.PROVINCE else found.office
