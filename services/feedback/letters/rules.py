"""The letter with which a province answers: one for each answer that is sent, drawn as PDF or scanned with its signature (F3).

The director's approval takes the letter's number and its date; a job draws it (`jobs.py`). Where the office signs on paper, the scan
takes the place of the drawn one, before the approval or after it.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis import jobs
from services.chassis.calendar import today_in_vietnam
from services.chassis.documents import Document
from services.chassis.errors import Refused
from services.feedback.attachments.jobs import DELETE_DOCUMENT
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import CLOSED
from services.feedback.directory import names
from services.feedback.directory.actors import Actor
from services.feedback.schema import Base

if TYPE_CHECKING:
    from services.feedback.answers.rules import Answer

MAKE_LETTER = "make_letter"

#: how many letters a province, or the desk, has sent in a year
counters = sa.Table(
    "letter_counters",
    sa.MetaData(),
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)


class NoAnswerYet(Refused):
    """There is no answer that a signed letter could go with."""

    def __init__(self) -> None:
        super().__init__(
            "no-answer-yet",
            vi="Chưa có dự thảo hoặc câu trả lời nào để đính kèm văn bản đã ký.",
            en="There is no draft or answer yet that a signed letter could go with.",
        )


class LetterIsFinal(Refused):
    """The complaint is closed: its letter stays as the citizen has it."""

    def __init__(self) -> None:
        super().__init__(
            "letter-is-final",
            vi="Phản ánh đã kết thúc; văn bản trả lời không thay được nữa.",
            en="The complaint is closed; its letter can no longer be replaced.",
        )


class Letter(Base):
    """The letter that goes with one version of an answer."""

    __tablename__ = "letters"

    complaint_no: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    #: as in 15/BHXH-PAKN, in the year of `day`; None: a scan, whose number is on the paper
    number: Mapped[int | None]
    day: Mapped[date | None] = mapped_column(sa.Date())
    #: role and account of whoever approved it
    signed_role: Mapped[str | None]
    signed_by: Mapped[str | None]
    scanned: Mapped[bool] = mapped_column(default=False)
    #: claim check; None: it is being drawn
    document: Mapped[dict[str, Any] | None]

    @property
    def printed_number(self) -> str | None:
        """Return the number as it is printed."""
        return f"{self.number}/BHXH-PAKN" if self.number is not None else None

    @property
    def ready(self) -> bool:
        """Tell whether it can be read."""
        return self.document is not None


def letter_of(session: Session, complaint_no: str, version: int) -> Letter | None:
    """Return the letter that goes with that version of the answer."""
    return session.get(Letter, (complaint_no, version))


def sent_letter(session: Session, complaint_no: str) -> Letter | None:
    """Return the letter of the newest answer that was sent; a scan that waits for its approval is not it."""
    query = sa.select(Letter).where(Letter.complaint_no == complaint_no, Letter.signed_by.is_not(None))
    return session.scalar(query.order_by(Letter.version.desc()).limit(1))


def issue(complaint: Complaint, by: Actor, answer: Answer) -> Letter:
    """Issue the letter of an answer that is being sent: a scan that waits goes out, else one is numbered and drawn."""
    session = complaint.session
    names.remember(session, by)
    letter = letter_of(session, complaint.complaint_no, answer.version)
    if letter is None:
        letter = Letter(complaint_no=complaint.complaint_no, version=answer.version)
        session.add(letter)
    letter.day, letter.signed_role, letter.signed_by = today_in_vietnam(), by.role, by.account_id or ""
    if not letter.scanned:
        sender = by.board_code or complaint.province_code
        letter.number = _next_number(session, sender, letter.day.year)
        payload = {"complaint_no": complaint.complaint_no, "version": answer.version}
        jobs.add(session, MAKE_LETTER, payload, correlation_id=complaint.complaint_no)
    session.flush()
    complaint.log("letter_issued", by, version=answer.version, number=letter.printed_number, scanned=letter.scanned)
    return letter


def attach_scan(complaint: Complaint, by: Actor, answer: Answer | None, document: Document) -> Letter:
    """Put the scan of a signed letter in the place of the drawn one, or of an earlier scan.

    :param answer: the newest version, a draft or sent.
    :raises NoAnswerYet: if there is none.
    :raises LetterIsFinal: once the complaint is closed.
    """
    session = complaint.session
    if complaint.status == CLOSED:
        raise LetterIsFinal
    if answer is None or answer.status not in ("draft", "sent"):
        raise NoAnswerYet
    letter = letter_of(session, complaint.complaint_no, answer.version)
    if letter is None:
        letter = Letter(complaint_no=complaint.complaint_no, version=answer.version)
        if answer.status == "sent":  # by a release that wrote no letters
            letter.day, letter.signed_role, letter.signed_by = today_in_vietnam(), by.role, by.account_id or ""
        session.add(letter)
    delete_document(session, letter)
    letter.scanned, letter.document = True, asdict(document)
    session.flush()
    complaint.log("letter_scanned", by, version=answer.version)
    return letter


def keep(session: Session, complaint_no: str, version: int, document: Document) -> bool:
    """Keep the drawn letter; False if a scan has taken its place meanwhile, or it is forgotten."""
    query = sa.select(Letter).where(Letter.complaint_no == complaint_no, Letter.version == version).with_for_update()
    letter = session.scalar(query)
    if letter is None or letter.scanned or letter.document is not None:
        return False
    letter.document = asdict(document)
    return True


def delete_document(session: Session, letter: Letter) -> None:
    """Have the document of a letter deleted, if it has one."""
    if letter.document is not None:
        payload = {"document_id": letter.document["document_id"]}
        jobs.add(session, DELETE_DOCUMENT, payload, correlation_id=letter.complaint_no)
        letter.document = None


def forget(session: Session, complaint_no: str) -> None:
    """Delete the letters of a complaint whose words are forgotten."""
    for letter in session.scalars(sa.select(Letter).where(Letter.complaint_no == complaint_no)).all():
        delete_document(session, letter)
        session.delete(letter)


def _next_number(session: Session, sender: str, year: int) -> int:
    """Count on. The sender's row stays locked until the commit, so that numbers of letters have no holes and no doubles."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(counters).values(sender=sender, year=year, last=1)
    more = first.on_conflict_do_update(index_elements=["sender", "year"], set_={"last": counters.c.last + 1})
    return int(session.execute(more.returning(counters.c.last)).scalar_one())
