"""What must outlive a restored database: numbers and moments, kept beside the documents. Never a person's data.

A backup knows nothing of what happened after it. Some of that must not come back (data that were erased, a password that was
replaced), and some must not happen twice (a number given out). So a job writes each to the ledger, and `vss after-restore`
reads it. An entry is the name of an empty document, so it can be written again, but neither changed nor read half-way::

    ledger/registration/2026-11-27/093015.482113 erased 261121-000001-6

    with database.write() as session:
        ledger.note(session, ERASED, dossier_no)          # in the transaction of the erasure; the job follows (law 3), in every service
    ledger.entries(documents, "registration", since=backup_made_at)
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.documents import DocumentStore
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources

log = get_logger(__name__)

#: the job kind that writes entries
WRITE = "ledger"
#: older backups are not restored
_KEPT = timedelta(days=400)
#: hosts' clocks differ, and a backup's moment is known roughly
_MARGIN = timedelta(minutes=10)
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAME = re.compile(r"(\d{6}\.\d{6}) ([A-Za-z0-9_-]+) ([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """``kind`` of what happened (`erased`, `serial` …), to the dossier, account or complaint ``number``, and when."""

    at: datetime
    kind: str
    number: str

    @property
    def name(self) -> str:
        """Its name within its day."""
        return f"{self.at:%H%M%S.%f} {self.kind} {self.number}"


def note(session: Session, kind: str, number: str, *, at: datetime | None = None) -> None:
    """Have an entry (of now, or `at`) written once this transaction commits.

    :raises ValueError: if ``kind`` or ``number`` is no plain word: a name, a phone number in E.164, an address.
    """
    if not (_WORD.fullmatch(kind) and _WORD.fullmatch(number)):
        raise ValueError("ledger: an entry is a kind and a number, without anybody's data")
    jobs.add(session, WRITE, {"at": (at or clock.now()).isoformat(), "kind": kind, "number": number})


def entries(documents: DocumentStore, service: str, *, since: datetime) -> Iterator[Entry]:
    """Return the entries of a service written since a moment, and in the ten minutes before it, in their order.

    :raises StoreUnavailable, StoreMisconfigured: as the store does.
    """
    first = since.astimezone(UTC) - _MARGIN
    for day in sorted(documents.list_names(_folder(service))):
        if _is_day(day) and date.fromisoformat(day) >= first.date():
            for name in sorted(documents.list_names(f"{_folder(service)}/{day}")):
                if (match := _NAME.fullmatch(name)) and (entry := _entry(day, *match.groups())).at >= first:
                    yield entry


def write(documents: DocumentStore, service: str, entry: Entry) -> None:
    """Write an entry; one that is there already stays. With the first of a day go days of more than 400 days ago.

    :raises StoreUnavailable, StoreMisconfigured: as the store does.
    """
    at = entry.at.astimezone(UTC)
    documents.put_name(f"{_folder(service)}/{at:%Y-%m-%d}", Entry(at, entry.kind, entry.number).name)


def forget_old(documents: DocumentStore, service: str, now: datetime) -> int:
    """Delete the entries of days that no backup in use reaches back to. Return how many days went."""
    old = [
        day
        for day in documents.list_names(_folder(service))
        if _is_day(day) and date.fromisoformat(day) < (now - _KEPT).date()
    ]
    for day in old:
        documents.delete_names(f"{_folder(service)}/{day}")
    return len(old)


def kinds(resources: Resources[Any]) -> Sequence[JobKind]:
    """Return the job kind that writes entries; it keeps trying for days."""
    tidied: set[date] = set()

    def call(job: Job) -> None:
        at = datetime.fromisoformat(job.payload["at"])
        write(resources.documents, resources.service, Entry(at, job.payload["kind"], job.payload["number"]))
        if at.date() not in tidied:
            tidied.add(at.date())
            forget_old(resources.documents, resources.service, at)

    # what is not written yet is not known after a restore: soon, and for long
    return (JobKind(WRITE, call, _no_op, _not_written, max_attempts=1000, longest_delay_seconds=300.0, concurrency=2),)


def _folder(service: str) -> str:
    return f"ledger/{service}"


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None


def _entry(day: str, time: str, kind: str, number: str) -> Entry:
    return Entry(datetime.strptime(f"{day} {time} +0000", "%Y-%m-%d %H%M%S.%f %z"), kind, number)


def _no_op(session: Session, job: Job, result: object) -> None:
    """Do nothing: nobody waits for an entry."""


def _not_written(session: Session, job: Job, reason: Reason) -> None:
    log.error("ledger_not_written", kind=job.payload["kind"], reason=reason.code)
