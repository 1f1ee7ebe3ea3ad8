"""Tell the office and its director of late dossiers, and the leadership of reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from services.notifications.messages.compose import compose
from services.notifications.messages.recipients import tell_each
from services.notifications.staff import readers


def case_due_soon(session: ServiceSession, fact: readers.CaseDueSoon) -> None:
    """Warn the office that the legal clock of a complete dossier is about to run out (N)."""
    seconds_left = (fact.due_at - datetime.fromisoformat(fact.envelope.time)).total_seconds()
    values = _of_case(fact) | {"seconds_left": seconds_left}
    tell_each(session, fact, "staff_case_due_soon", values, ref=fact.dossier_no)


def case_overdue(session: ServiceSession, fact: readers.CaseOverdue) -> None:
    """Tell the office, then its director, that the legal clock of a complete dossier has run out (N)."""
    tell_each(session, fact, "staff_case_overdue", _of_case(fact) | {"level": fact.level}, ref=fact.dossier_no)


def _of_case(fact: readers.CaseDueSoon | readers.CaseOverdue) -> dict[str, Any]:
    office = fact.office_name or f"cơ quan BHXH mã {fact.office_code}"
    return {"dossier_no": fact.dossier_no, "office": office, "complete_at": fact.complete_at, "due_at": fact.due_at}


def report_made(session: ServiceSession, fact: readers.ReportMade) -> None:
    """Notify the leadership that the report of a week or month is ready, with its totals (F6)."""
    tell_each(session, fact, "staff_report_made", {"title": fact.title, "totals": fact.totals}, ref=fact.report_name)


def progress_report_made(session: ServiceSession, fact: readers.ProgressReportMade) -> None:
    """Send the totals of a report on the progress of registration to the leadership (R1)."""
    for recipient in fact.recipients:
        compose(
            session,
            fact,
            "progress_report",
            ref=fact.report_name,
            contact=recipient,
            values={"title": fact.title, "progress": fact.totals},
            among=recipient["email"],
        )


HANDLERS: Mapping[type[Reader], Callable[..., Any]] = {
    readers.CaseDueSoon: case_due_soon,
    readers.CaseOverdue: case_overdue,
    readers.ReportMade: report_made,
    readers.ProgressReportMade: progress_report_made,
}
