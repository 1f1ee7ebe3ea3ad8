"""Say who handles a complaint (F3), also where it is about those who would otherwise handle it (F9), and who is alerted (F10).

- As a rule the staff of the accountable province.
- About an officer or an office: that province's director alone. The others neither decide nor see who complained.
- About the director: the desk for it (`responsible.desk`), whose staff have its code as their board.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.observe.logs import get_logger
from services.feedback.complaints import facts
from services.feedback.complaints.row import ComplaintRow
from services.feedback.complaints.vocabulary import ABOUT_DIRECTOR, OPEN
from services.feedback.directory import addressees, duty, responsible
from services.feedback.directory.actors import CLOCK, Actor
from services.feedback.directory.metrics import NOBODY_ON_DUTY
from services.feedback.directory.responsible import Responsible

log = get_logger(__name__)


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


def mark(complaint: ComplaintRow, by: Actor, *, about: str | None, reason: str) -> None:
    """Mark whom of the agency's own it is about (F9): from now on only those who are not concerned handle it, and are told.

    :param about: officer, office or director; None takes a mark back, which needs no message.
    """
    complaint.must_be(*OPEN)
    before, complaint.about = complaint.about, about
    complaint.log("marked_about", by, about=about, previous=before, reason=reason)
    marked = facts.ComplaintMarked(
        **complaint.header(), marked_at=clock.now(), answer_due=complaint.answer_due, staff=staff(complaint) if about else []
    )
    complaint.tell(marked)


def alert(complaint: ComplaintRow) -> None:
    """Tell whoever is on duty that somebody is turned away at this hour (F10), on top of what every desk is told."""
    on_duty = [asdict(each) for each in duty.of_province(complaint.session, complaint.province_code)]
    if not on_duty:
        log.warning("nobody_on_duty", province=complaint.province_code, complaint_no=complaint.complaint_no)
        NOBODY_ON_DUTY.inc()
    complaint.log("alerted", CLOCK, phones=len(on_duty))
    alarm = facts.UrgentComplaint(
        **complaint.header(), received_at=complaint.received_at, answer_due=complaint.answer_due, duty=on_duty
    )
    complaint.tell(alarm)


def in_list_of(row: type[ComplaintRow], who: Actor) -> sa.ColumnElement[bool]:
    """Return which complaints are in this member's list: an office its province's, a board its categories', the IT centre all."""
    if who.is_office:
        of_nobody = row.about.is_(None)
        shown = sa.or_(of_nobody, row.about != ABOUT_DIRECTOR) if who.role == "director" else of_nobody
        return sa.and_(row.province_code == who.province_code, shown)
    if who.is_centre:
        return sa.true()
    return row.about == ABOUT_DIRECTOR if who.is_desk else row.board_code == who.board_code
