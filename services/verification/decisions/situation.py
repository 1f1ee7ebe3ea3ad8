"""Gather what the conditions of the reasons ask about a case (V4)."""

import sqlalchemy as sa

from services.verification.attachments.rules import attachments_of
from services.verification.cases.rules import Case
from services.verification.cases.statuses import APPROVED, CHECKING, IDENTITY_IN_USE, OPEN, UNREACHABLE
from services.verification.decisions.conditions import Situation


def is_assessable(case: Case) -> bool:
    """Tell whether it may be assessed: it is open, or still "valid" because HGĐ could not be reached (V7)."""
    return case.status in OPEN or (case.status == CHECKING and case.hgd_outcome == UNREACHABLE)


def is_for_child(case: Case) -> bool:
    """Tell whether it registers a child: filed by a guardian, or in person without an ID (I3)."""
    return case.route == "guardian" or (case.subject or {}).get("id_type") is None


def comes_first(case: Case) -> bool:
    """Tell whether the person, or the letter, comes before the decision; at a counter the person stands there (V3, I12)."""
    return case.route == "portal" or case.by_post


def situation_of(case: Case) -> Situation:
    """Return what is known of a case now. HGĐ's answer to the decision counts before its advice on arrival (V7)."""
    answers = ((case.hgd_outcome, case.hgd), (case.advice_outcome, case.advice))
    outcome, record = next((each for each in answers if each[0] not in (None, UNREACHABLE)), (None, None))
    record = record or {}
    return Situation(
        route=case.route,
        received=case.received_at is not None,
        comes_first=comes_first(case),
        id_shown=case.id_shown_at is not None,
        documents=attachments_of(case.session, case.dossier_no).keys(),
        missing=case.missing,
        hgd_outcome=outcome,
        birth_differs=record.get("birth") == "differs",
        is_adult=is_for_child(case) and record.get("adult") is True,
        has_account=_has_account(case),
        identity_in_use=case.status == IDENTITY_IN_USE,
    )


def _has_account(case: Case) -> bool:
    """Tell whether the latest approved registration of this BHXH code was not stopped."""
    latest = (
        sa.select(Case.kind)
        .where(
            Case.bhxh_code == case.bhxh_code,
            Case.status == APPROVED,
            Case.kind.in_(("register", "stop")),
            Case.id != case.id,
        )
        .order_by(Case.decided_at.desc())
        .limit(1)
    )
    return case.bhxh_code is not None and case.session.scalar(latest) == "register"
