"""Draw the letter of an answer that was sent, outside the transaction of its approval (law 3)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.chassis import jobs
from services.chassis.calendar import VIETNAM, day_in_vietnam
from services.chassis.documents import Document
from services.chassis.green.subprocesses import run_in_subprocess
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources
from services.chassis.uploads import PDF
from services.feedback.answers.rules import Answer, answer_of
from services.feedback.attachments.jobs import DELETE_DOCUMENT
from services.feedback.complaints import handling
from services.feedback.complaints.rules import Complaint
from services.feedback.directory.names import names_of
from services.feedback.letters import rules
from services.feedback.letters.paper import LetterData
from services.feedback.letters.rules import MAKE_LETTER, Letter
from services.feedback.settings import Settings

log = get_logger(__name__)

_SUPERIOR = "Bảo hiểm xã hội Việt Nam"
_KIND_OF_PLACE = re.compile(r"^BHXH (tỉnh|thành phố|Tỉnh|Thành phố) ")


def kinds(resources: Resources[Settings]) -> Sequence[JobKind]:
    """Return the job kind that draws a letter and puts it into the store."""

    def draw(job: Job) -> Document | None:
        with resources.db.read() as session:
            data = _data(session, job)
        if data is None:
            return None
        return resources.documents.put(run_in_subprocess("services.feedback.letters.paper:render", data), PDF)

    return (JobKind(MAKE_LETTER, draw, _keep, _not_made, max_attempts=50, concurrency=2, timeout_seconds=120),)


def letter_data(complaint: Complaint, answer: Answer, letter: Letter) -> LetterData:
    """Return what the letter prints."""
    responsible = handling.accountable(complaint)
    sender = responsible.office if responsible else str(complaint.office["name"])
    approved = answer.decided_at.astimezone(VIETNAM) if answer.decided_at else None
    last_day = complaint.last_day_to_reopen
    title = (responsible.title if responsible else "Giám đốc").upper()
    by_director = letter.signed_role in ("director", "board")
    return LetterData(
        superior=_SUPERIOR,
        sender=sender,
        place=_KIND_OF_PLACE.sub("", sender) if _KIND_OF_PLACE.match(sender) else "Hà Nội",
        number=letter.printed_number or "",
        day=letter.day or day_in_vietnam(complaint.received_at),
        complaint_no=complaint.complaint_no,
        received_on=day_in_vietnam(complaint.received_at),
        full_name=(complaint.contact or {}).get("full_name"),
        subject_line=complaint.subject_line,
        words=answer.text,
        signer=title if by_director else f"TUQ. {title}",
        signer_name=_signer(complaint.session, letter) or (responsible.name if responsible and by_director else ""),
        approved_at=f"{approved:%H:%M} ngày {approved:%d/%m/%Y}" if approved else "",
        reopen_until=f"đến hết ngày {last_day:%d/%m/%Y}" if last_day else "trong thời hạn quy định",
    )


def _signer(session: Session, letter: Letter) -> str:
    """Return the name of whoever approved it, if their token gave one."""
    return names_of(session, [letter.signed_by]).get(letter.signed_by or "", "")


def _data(session: Session, job: Job) -> LetterData | None:
    no, version = job.payload["complaint_no"], job.payload["version"]
    complaint, answer = Complaint.of(session, no), answer_of(session, no, version)
    letter = rules.letter_of(session, no, version)
    if complaint is None or answer is None or letter is None or letter.scanned or not answer.text:
        return None  # scanned, or forgotten, meanwhile
    return letter_data(complaint, answer, letter)


def _keep(session: Session, job: Job, document: Document | None) -> None:
    if document is None:
        return
    no = job.payload["complaint_no"]
    if not rules.keep(session, no, job.payload["version"], document):
        jobs.add(session, DELETE_DOCUMENT, {"document_id": document.document_id}, correlation_id=no)


def _not_made(session: Session, job: Job, reason: Reason) -> None:
    # the citizen has the words of the answer all the same; `vss jobs` brings the letter back
    log.error("letter_not_made", complaint_no=job.payload["complaint_no"], reason=reason.code)
