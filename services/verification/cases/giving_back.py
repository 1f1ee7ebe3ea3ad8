"""Give registration back what a restored backup of it forgot: its declarations, as their cases stand here."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.bus.outbox import record
from services.chassis.database import Database
from services.verification.attachments.rules import attachments_of
from services.verification.cases.facts import CaseGivenBack
from services.verification.cases.rules import Case

_CHUNK = 200
_SAME = (
    "dossier_no", "draft_id", "phone_proved", "kind", "route", "channel", "filing", "status", "submitted_at", "expires_at", "received_at", "decided_at",
    "contact", "guardian", "office", "warnings", "reason_code", "reason", "parent", "particulars", "letters_until", "corrected_at",
)  # fmt: skip


def give_back(database: Database, since: datetime) -> Iterator[int]:
    """Tell `CaseGivenBack` for each declaration submitted since a moment; yield how many, 200 at a time. Safe to repeat."""
    after = ""
    while True:
        chosen = sa.select(Case.dossier_no).where(Case.submitted_at >= since, Case.dossier_no > after)
        with database.read() as session:
            numbers = session.scalars(chosen.order_by(Case.dossier_no).limit(_CHUNK)).all()
        for number in numbers:
            # one at a time: a batch of messages locks its cases in another order
            with database.write() as session:
                if (case := Case.locked(session, number)) is not None:
                    record(session, _fact(case), revision=case.revision, correlation_id=number)
        if not numbers:
            return
        after = numbers[-1]
        yield len(numbers)


def _fact(case: Case) -> CaseGivenBack:
    subject: dict[str, Any] | None = case.subject
    if subject is not None:
        born = subject.get("date_of_birth")  # JSON has dates as text
        subject = subject | {"date_of_birth": date.fromisoformat(born) if born else None}
    documents = [
        {name: getattr(each, name) for name in ("kind", "document_id", "sha256", "content_type", "size")}
        for each in attachments_of(case.session, case.dossier_no).values()
    ]
    return CaseGivenBack(subject=subject, attachments=documents, **{name: getattr(case, name) for name in _SAME})
