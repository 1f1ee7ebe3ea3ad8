"""The steps that staff take on a complaint, as the API and the pages both take them: who may, what is checked, then the rule.

Each is called in a transaction, by a member of staff whom `calling_staff` knows, and returns the complaint.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.chassis.web.problem import Problem, field_error
from services.feedback.answers.deflection import must_not_send_away
from services.feedback.categories import tree
from services.feedback.complaints import access
from services.feedback.complaints.handling import handles, mark
from services.feedback.complaints.rules import Complaint
from services.feedback.coordination import rules as coordination
from services.feedback.directory.actors import Actor
from services.feedback.directory.callers import calling_staff


def take_note(session: Session, no: str, who: Actor) -> Complaint:
    """Acknowledge as the office (F7), or record that the board has seen it."""
    complaint = access.find(session, no, to_change=True)
    if who.is_office or handles(complaint, who):
        access.must_be_accountable(complaint, who)
        complaint.acknowledge(who)
    else:
        access.must_be_watching(complaint, who)
        complaint.mark_seen_by_board(who)
    return complaint


def route(session: Session, no: str, data: dict[str, Any]) -> Complaint:
    """Route to a department of the accountable office (F7)."""
    complaint, who = access.find_accountable(session, no)
    complaint.route(who, unit=data["unit"])
    return complaint


def recategorise(session: Session, no: str, data: dict[str, Any], *, urgent_category: str) -> Complaint:
    """Move to another category, and with it perhaps another board (F2).

    :raises Problem: 422 for a category that does not exist, or that it has.
    """
    complaint, who = access.find(session, no, to_change=True), calling_staff()
    (access.must_be_accountable if who.is_office else access.must_be_watching)(complaint, who)
    category = tree.find(session, data["category_code"])
    if category is None or category.code == complaint.category_code:
        wrong = field_error(
            "category_code",
            vi="Không có loại phản ánh này, hoặc phản ánh đã thuộc loại này.",
            en="Unknown category, or the complaint already has it.",
        )
        raise Problem(422, errors=[wrong])
    complaint.recategorise(
        who,
        category_code=category.code,
        board_code=category.board,
        urgent=category.code == urgent_category,
        reason=data["reason"],
    )
    return complaint


def mark_about(session: Session, no: str, data: dict[str, Any]) -> Complaint:
    """Mark whom of the agency's own it is about (F9)."""
    complaint, who = access.find(session, no, to_change=True), calling_staff()
    if not handles(complaint, who):
        (access.must_be_accountable if who.is_office else access.must_be_watching)(complaint, who)
    mark(complaint, who, about=data["about"], reason=data["reason"])
    if complaint.about is not None:  # those concerned may be among the asked
        coordination.withdraw_open(complaint, province_code=complaint.province_code)
    return complaint


def ask(session: Session, no: str, data: dict[str, Any]) -> Complaint:
    """Ask the citizen, once (F7); words that send them elsewhere are refused (F4)."""
    complaint, who = access.find_accountable(session, no)
    complaint.ask(who, question=data["question"])
    must_not_send_away(complaint, who, data["question"], what="question", insists_because=data["insists_because"])
    return complaint
