"""Say who handles a complaint (F3), also where it is about the people who would otherwise handle it (F9).

- As a rule the staff of the accountable province.
- About an officer or an office: that province's director alone. The others neither decide nor see who complained.
- About the director: the desk for it (`responsible.desk`), whose staff have its code as their board.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.feedback.complaints.row import ComplaintRow
from services.feedback.complaints.vocabulary import ABOUT_DIRECTOR
from services.feedback.directory import addressees, responsible
from services.feedback.directory.actors import Actor
from services.feedback.directory.responsible import Responsible


def handles(complaint: ComplaintRow, who: Actor) -> bool:
    """Tell whether this member of staff may work on the complaint and see who filed it."""
    if complaint.about == ABOUT_DIRECTOR:
        return who.is_desk
    own = who.is_office and who.province_code == complaint.province_code
    return own and (complaint.about is None or who.role == "director")


def accountable(complaint: ComplaintRow) -> Responsible | None:
    """Return who is accountable until it is settled (F3): the province's director, or the desk."""
    if complaint.about == ABOUT_DIRECTOR:
        return responsible.desk(complaint.session)
    return responsible.of_province(complaint.session, complaint.province_code)


def staff(complaint: ComplaintRow) -> list[dict[str, Any]]:
    """Return whom facts notify in the accountable director's place."""
    if complaint.about == ABOUT_DIRECTOR:
        return addressees.desk(complaint.session)
    return addressees.director(complaint.session, complaint.province_code)


def in_list_of(row: type[ComplaintRow], who: Actor) -> sa.ColumnElement[bool]:
    """Return which complaints are in this member's list: an office its province's, a board its categories', the IT centre all."""
    if who.is_office:
        hidden = row.about == ABOUT_DIRECTOR if who.role == "director" else row.about.is_not(None)
        return sa.and_(row.province_code == who.province_code, sa.not_(sa.func.coalesce(hidden, sa.false())))
    if who.is_centre:
        return sa.true()
    return row.about == ABOUT_DIRECTOR if who.is_desk else row.board_code == who.board_code
