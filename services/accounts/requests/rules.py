"""Requests of data subjects (PDP law): asked once, answered by every service, within two working days."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.accounts.readers import SubjectAnswer
from services.accounts.schema import Base
from services.accounts.subjects import HOLDINGS
from services.chassis import clock
from services.chassis.bus import erasure, outbox
from services.chassis.calendar import Calendar, day_in_vietnam, end_of
from services.chassis.database import Instant, ServiceSession
from services.chassis.seal import Opener, generate_keypair
from services.chassis.secretbox import SecretBox
from services.chassis.settings import Secret
from services.chassis.subjects import DataSubjectRequested, Person, open_answer
from services.chassis.subjects.answering import answer_of

#: the law's working days for an answer
DAYS = 2
OWN = "accounts"
#: all that hold data of people
SERVICES = (OWN, "registration", "verification", "feedback", "notifications")


class SubjectRequest(Base):
    """One request. Whom it is about is in the fact alone, and there until every service has it."""

    __tablename__ = "subject_requests"

    request_no: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(Instant())
    due_at: Mapped[datetime] = mapped_column(Instant())
    #: when the last service had answered
    answered_at: Mapped[datetime | None] = mapped_column(Instant())
    #: when it was told that it is late
    late_at: Mapped[datetime | None] = mapped_column(Instant())
    #: opens the records of an export; None once these are forgotten
    private_key: Mapped[str | None]


class SubjectAnswerRow(Base):
    """What one service answered."""

    __tablename__ = "subject_answers"

    request_no: Mapped[str] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    answered_at: Mapped[datetime] = mapped_column(Instant())
    found: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    erased: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    staying: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    sealed_records: Mapped[list[str] | None] = mapped_column(sa.JSON(none_as_null=True))


def ask(session: ServiceSession, action: str, person: Person, *, by: str, box: SecretBox | None) -> str:
    """Tell the request to all services, and answer it here; return its number.

    :param box: under which the request's key is kept; None where SECRETS_KEY is not set: it is then kept in clear for its seven days.
    """
    now, keys = clock.now(), generate_keypair()
    number = f"YC-{day_in_vietnam(now):%y%m%d}-{secrets.token_hex(4)}"
    due_at = end_of(Calendar().after(day_in_vietnam(now), DAYS))
    row = SubjectRequest(request_no=number, action=action, asked_by=by, asked_at=now, due_at=due_at)
    key = keys.private_key.reveal()
    row.private_key = key if box is None else box.seal(key.encode(), context=_context(number))
    session.add(row)
    asked = DataSubjectRequested(request_no=number, action=action, person=person.to_json(), public_key=keys.public_key)
    outbox.record(session, asked, correlation_id=number)
    erasure.erase(session, number, waiting=False)
    session.flush()
    _store(session, OWN, answer_of(session, asked, HOLDINGS))
    return number


def take_answer(session: ServiceSession, service: str, fact: SubjectAnswer) -> None:
    """Keep a service's answer; one that comes twice is a copy."""
    if session.get(SubjectAnswerRow, (fact.request_no, service)) is None:
        _store(session, service, fact)
    erasure.erase(session, fact.request_no, waiting=False)


def _store(session: ServiceSession, service: str, told: Any) -> None:
    request = session.get(SubjectRequest, told.request_no, with_for_update=True)
    if request is None:
        return  # of before a restored backup
    session.add(
        SubjectAnswerRow(
            request_no=told.request_no,
            service=service,
            answered_at=clock.now(),
            found=told.found,
            erased=told.erased,
            staying=told.staying,
            sealed_records=told.sealed_records,
        )
    )
    session.flush()
    if not missing(session, told.request_no):
        request.answered_at = clock.now()


def answers(session: Session, number: str) -> list[SubjectAnswerRow]:
    """Return what has been answered so far, by service."""
    query = sa.select(SubjectAnswerRow).where(SubjectAnswerRow.request_no == number)
    return list(session.scalars(query.order_by(SubjectAnswerRow.service)))


def missing(session: Session, number: str) -> list[str]:
    """Return the services that have not answered yet."""
    there = {row.service for row in answers(session, number)}
    return [name for name in SERVICES if name not in there]


def records(request: SubjectRequest, rows: Iterable[SubjectAnswerRow], box: SecretBox | None) -> dict[str, Any]:
    """Return the records of an export, by service.

    :raises ValueError: if they have been forgotten.
    :raises CannotOpen: if the request's key is kept under another SECRETS_KEY.
    """
    if request.private_key is None:
        raise ValueError(f"{request.request_no}: its records were forgotten; ask again")
    kept = request.private_key
    key = kept if box is None else box.open(kept, context=_context(request.request_no)).decode()
    opener = Opener(Secret(key))
    return {row.service: open_answer(row.sealed_records or (), request.request_no, opener) for row in rows}


def _context(number: str) -> str:
    return f"data-subject-key:{number}"
