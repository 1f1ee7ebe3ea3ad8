"""Answers: drafted by the office, approved or returned by the director, then sent to the citizen (F4, F7).

An answer is a list of versions. The director approves the version that was read; a newer draft is never approved unread.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import clock
from services.chassis.errors import Refused
from services.chassis.ids import uuid7
from services.feedback.answers import deflection
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import ROUTED
from services.feedback.coordination import rules as coordination
from services.feedback.desk.drafts import discard
from services.feedback.directory.actors import Actor
from services.feedback.letters import rules as letters
from services.feedback.schema import Base

DRAFT, RETURNED, REPLACED, SENT = "draft", "returned", "replaced", "sent"


class NoDraft(Refused):
    """No draft of that version is waiting to be approved or returned."""

    def __init__(self) -> None:
        super().__init__(
            "no-draft", vi="Không có dự thảo trả lời nào đang chờ phê duyệt.", en="No draft answer is waiting for approval."
        )


class Answer(Base):
    """One version of an answer: a draft, returned to its writer, replaced by a newer draft, or sent."""

    __tablename__ = "answers"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    complaint_no: Mapped[str]
    version: Mapped[int]
    status: Mapped[str] = mapped_column(default=DRAFT)
    text: Mapped[str]
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    #: why the director returned it
    remark: Mapped[str | None]
    #: the phrases that send the citizen to another office (F4); None in drafts of an earlier release
    phrases: Mapped[list[str] | None]

    @property
    def warnings(self) -> list[str]:
        """Return the phrases that send the citizen to another office; with any it is not approved (F4)."""
        return self.phrases or []

    def decide(self, by: Actor, status: str) -> None:
        """Record the decision on the draft, and who made it."""
        self.status, self.decided_at, self.decided_by = status, clock.now(), by.account_id


def draft(complaint: Complaint, by: Actor, text: str, *, needs_approval: bool) -> Answer:
    """Add the next version. It waits for the director, or is sent at once if no approval is needed.

    One that sends the citizen to another office always waits for the director (F4).
    """
    complaint.take_up(by)
    complaint.must_be(ROUTED)
    last = latest(complaint.session, complaint.complaint_no)
    if last is not None and last.status == DRAFT:
        last.decide(by, REPLACED)
    answer = Answer(
        complaint_no=complaint.complaint_no,
        version=last.version + 1 if last else 1,
        text=text,
        drafted_at=clock.now(),
        drafted_by=by.account_id or "",
        phrases=deflection.phrases_in(complaint, text),
    )
    complaint.session.add(answer)
    complaint.log("answer_drafted", by, version=answer.version)
    discard(complaint.session, complaint.complaint_no, by.account_id)
    if not (needs_approval or answer.warnings):
        _send(complaint, by, answer, insisted=False)
    complaint.session.flush()
    return answer


def approve(complaint: Complaint, by: Actor, *, version: int, insists_because: str | None) -> Answer:
    """Approve the draft of that version and send it as the province's answer.

    :param insists_because: why a director sends words that lead to another office; the board sees it, the report counts it.
    :raises NoDraft: if it is not the waiting draft.
    :raises Refused: as `deflection.must_not_send_away` does.
    """
    answer = _waiting_draft(complaint)
    if answer.version != version:
        raise NoDraft
    insisted = deflection.must_not_send_away(complaint, by, answer.text, what="answer", insists_because=insists_because)
    complaint.log("answer_approved", by, version=version)
    _send(complaint, by, answer, insisted=insisted)
    return answer


def return_to_writer(complaint: Complaint, by: Actor, *, remark: str) -> Answer:
    """Return the waiting draft to its writer; the remark says why.

    :raises NoDraft: if none is waiting.
    """
    answer = _waiting_draft(complaint)
    answer.decide(by, RETURNED)
    answer.remark = remark
    complaint.log("answer_returned", by, version=answer.version, remark=remark)
    return answer


def answer_of(session: Session, complaint_no: str, version: int) -> Answer | None:
    """Return that version of the answer."""
    return session.scalar(sa.select(Answer).where(Answer.complaint_no == complaint_no, Answer.version == version))


def versions_of(session: Session, complaint_no: str) -> list[Answer]:
    """Return all versions of the answer, newest first."""
    return list(
        session.scalars(sa.select(Answer).where(Answer.complaint_no == complaint_no).order_by(Answer.version.desc()))
    )


def waiting_drafts(session: Session, numbers: Sequence[str]) -> dict[str, Answer]:
    """Return the drafts that wait for approval, by the numbers of their complaints."""
    query = sa.select(Answer).where(Answer.complaint_no.in_(numbers), Answer.status == DRAFT)
    return {each.complaint_no: each for each in session.scalars(query)}


def latest(session: Session, complaint_no: str, *, status: str | None = None) -> Answer | None:
    """Return the latest version of the answer, or the latest with that status."""
    query = sa.select(Answer).where(Answer.complaint_no == complaint_no).order_by(Answer.version.desc()).limit(1)
    return session.scalar(query if status is None else query.where(Answer.status == status))


def _waiting_draft(complaint: Complaint) -> Answer:
    complaint.must_be(ROUTED)
    answer = latest(complaint.session, complaint.complaint_no)
    if answer is None or answer.status != DRAFT:
        raise NoDraft
    return answer


def _send(complaint: Complaint, by: Actor, answer: Answer, *, insisted: bool) -> None:
    answer.decide(by, SENT)
    complaint.mark_answered(by, version=answer.version, text=answer.text, insisted=insisted)
    letters.issue(complaint, by, answer)
    coordination.withdraw_open(complaint)
