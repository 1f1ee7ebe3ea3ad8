"""Forget who filed complaints that were closed long ago, and what was written; number, category, times and figures stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import jobs
from services.chassis.bus import erasure
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.feedback.answers.rules import Answer
from services.feedback.attachments.jobs import DELETE_DOCUMENT
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.similar import PersonKey
from services.feedback.coordination.rules import Coordination, Message
from services.feedback.desk.drafts import discard
from services.feedback.finding.rules import forget_words
from services.feedback.letters import rules as letters
from services.feedback.mailbox import rules as mailbox
from services.feedback.settings import Settings


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweep; the setting says for how long a closed complaint is kept whole."""
    keep = timedelta(days=resources.settings.complaint_keep_days)

    def due(now: datetime) -> sa.Select[Any]:
        return sa.select(Complaint).where(Complaint.closed_at <= now - keep, Complaint.body != "")

    return (Sweep("forget_complaints", due, forget, limit=Limit.RECORDS, every_seconds=3600.0),)


def forget(session: Session, complaint: Complaint) -> None:
    """Clear the filer, all free text and the files of a complaint, and the words of offices about it."""
    number = complaint.complaint_no
    for attached in complaint.attachments:
        document = {"document_id": attached["document_id"]}
        jobs.add(session, DELETE_DOCUMENT, document, correlation_id=number)
    complaint.contact = complaint.account_id = complaint.bhxh_code = None
    complaint.subject_line = complaint.body = ""
    complaint.question = complaint.reply = complaint.reopen_reason = complaint.rating_comment = None
    complaint.attachments = []
    without_sync = {"synchronize_session": False}
    session.execute(sa.delete(PersonKey).where(PersonKey.complaint_no == number), execution_options=without_sync)
    forget_words(session, number)
    discard(session, number)
    session.execute(
        sa.update(Answer).where(Answer.complaint_no == number).values(text="", remark=None, phrases=None),
        execution_options=without_sync,
    )
    letters.forget(session, number)
    for email in mailbox.emails_of(session, number):
        mailbox.forget(session, email)
    of_number = sa.select(Coordination.id).where(Coordination.complaint_no == number)
    session.execute(
        sa.update(Message).where(Message.coordination_id.in_(of_number)).values(words=""), execution_options=without_sync
    )
    session.execute(
        sa.update(Coordination).where(Coordination.complaint_no == number).values(question=""),
        execution_options=without_sync,
    )
    erasure.erase(session, number, waiting=True)
