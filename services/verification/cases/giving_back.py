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
    "dossier_no", "kind", "route", "channel", "filing", "status", "submitted_at", "expires_at", "received_at", "decided_at",
    "contact", "guardian", "office", "warnings", "reason_code", "reason",
)  # fmt: skip


def give_back(database: Database, since: datetime) -> Iterator[int]:
    """Tell `CaseGivenBack` for each declaration submitted since a moment; yield how many, 200 at a time. Safe to repeat."""
    after = ""
    while True:
        chosen = sa.select(Case).where(Case.submitted_at >= since, Case.dossier_no > after).order_by(Case.dossier_no)
        with database.write() as session:
            cases = session.scalars(chosen.limit(_CHUNK).with_for_update()).all()
            for case in cases:
                record(session, _fact(case), revision=case.revision, correlation_id=case.dossier_no)
        if not cases:
            return
        after = cases[-1].dossier_no
        yield len(cases)


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
