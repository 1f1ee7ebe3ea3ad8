"""Look up the staff to notify by a fact: a province's director, a board, the IT centre, the leadership, the desk (F3, F5, F6, F7, F9).

They are data (`vss complaints responsible`). Each function returns a list for a fact's field `staff` (`fact_parts.Staff`),
which is empty if nobody with an e-mail address is known.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from services.feedback.categories.boards import CENTRE
from services.feedback.directory import responsible
from services.feedback.directory.responsible import Responsible

DIRECTOR, BOARD, IT_CENTRE, LEADERSHIP = "director", "board", "it_centre", "leadership"
ROLES: Final = (DIRECTOR, BOARD, IT_CENTRE, LEADERSHIP)


def director(session: Session, province_code: str) -> list[dict[str, Any]]:
    """Return the director of a province's office (F3)."""
    return _staff(DIRECTOR, responsible.of_province(session, province_code))


def board(session: Session, board_code: str) -> list[dict[str, Any]]:
    """Return a monitoring board (F5)."""
    return _staff(BOARD, responsible.of_board(session, board_code))


def desk(session: Session) -> list[dict[str, Any]]:
    """Return the desk that decides on complaints about directors (F9); to facts it is a board."""
    return _staff(BOARD, responsible.desk(session))


def centre(session: Session) -> list[dict[str, Any]]:
    """Return the IT centre, the last level of escalation (F7)."""
    return _staff(IT_CENTRE, responsible.of_board(session, CENTRE))


def leadership(session: Session) -> list[dict[str, Any]]:
    """Return the leadership, to whom the IT centre reports (F6)."""
    return _staff(LEADERSHIP, responsible.leadership(session))


def _staff(role: str, found: Responsible | None) -> list[dict[str, Any]]:
    if found is None or not found.email:
        return []
    return [{"role": role, "code": found.code, "name": found.formal_name, "email": found.email}]
