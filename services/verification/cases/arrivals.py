"""Open, supplement and end cases as registration's facts arrive; the messages may overtake each other."""

import zlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.database import Instant, ServiceSession
from services.chassis.errors import OtherPerson, Transient
from services.verification.attachments.rules import FORM, SIGNED_FORM, forget_attachments, keep_newest
from services.verification.cases.rules import Case
from services.verification.cases.statuses import CHECKING, DECIDED, GONE
from services.verification.decisions.rules import ask_for_advice
from services.verification.readers import AttachmentAdded, DeclarationSubmitted, PasswordDeliveryReported
from services.verification.schema import Base


class EarlyEnding(Base):
    """A declaration whose end (expired, withdrawn) arrived before its submission did."""

    __tablename__ = "ended_early"

    dossier_no: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant())


def open_case(session: ServiceSession, fact: DeclarationSubmitted) -> None:
    """Open the case of a declaration, for any office to work on (V2). A declaration that is here already is a copy.

    :raises OtherPerson: if the case under this number is somebody else's.
    """
    known = _lock(session, fact.dossier_no)
    if known is not None:
        if not known.is_of(fact.subject, submitted_at=fact.submitted_at):
            raise OtherPerson("dossier number")
        return
    born = fact.subject.get("date_of_birth")
    case = Case(
        dossier_no=fact.dossier_no,
        draft_id=fact.draft_id,
        kind=fact.kind,
        route=fact.route,
        channel=fact.channel,
        filing=fact.filing,
        submitted_at=fact.submitted_at,
        expires_at=fact.expires_at,
        letters_until=fact.letters_until,
        office_code=fact.office["code"],
        office={name: value for name, value in fact.office.items() if name != "province_code"},
        province_code=fact.office["province_code"],
        bhxh_code=fact.subject["bhxh_code"],
        subject=fact.subject | {"date_of_birth": born.isoformat() if born else None},
        contact=fact.contact,
        guardian=fact.guardian,
        parent=fact.parent,
        particulars={
            "contact_person": fact.contact_person,
            "registered_with": fact.registered_with,
            "ivan_name": fact.ivan_name,
            "start_date": fact.start_date.isoformat() if fact.start_date else None,
        },
        warnings=list(fact.warnings),
        phone_proved=fact.phone_proved,
    )
    session.add(case)
    case.log("opened", route=fact.route)
    for document in fact.attachments:
        keep_newest(session, fact.dossier_no, document, fact.submitted_at)
    session.flush()
    case.take_stock()
    ending = session.get(EarlyEnding, fact.dossier_no)
    if ending is not None:
        case.end(ending.status, ending.at)
        session.delete(ending)
    else:
        ask_for_advice(case)


def add_attachment(session: ServiceSession, fact: AttachmentAdded) -> None:
    """Record a document unless the declaration has ended; after the assessment accept only the generated form.

    A form, or a signed one, from before the newest correction is void (V3).
    """
    case = _lock(session, fact.dossier_no)
    if case is None:
        gone, assessed = session.get(EarlyEnding, fact.dossier_no) is not None, False
    else:
        gone, assessed = case.status in GONE, case.status in (CHECKING, *DECIDED)
        if case.corrected_at is not None and fact.attachment["kind"] in (FORM, SIGNED_FORM):
            gone = gone or fact.corrected_at is None or fact.corrected_at < case.corrected_at
    if gone or (assessed and fact.attachment["kind"] != FORM):
        return
    keep_newest(session, fact.dossier_no, fact.attachment, fact.added_at)
    if case is not None:
        case.note_picture(fact.attachment["kind"])


def extend_case(session: ServiceSession, dossier_no: str, expires_at: datetime) -> None:
    """Move the end of the ten days to a later moment (I6, W1).

    :raises Transient: until the declaration itself has arrived.
    """
    case = _lock(session, dossier_no)
    if case is not None:
        case.extend(expires_at)
    elif session.get(EarlyEnding, dossier_no) is None:
        raise Transient("more days for a declaration that has not arrived")


def await_until(session: ServiceSession, dossier_no: str, expires_at: datetime) -> None:
    """Set the end of the days in which a guardian may send pictures, unless they have come meanwhile (I6)."""
    case = _lock(session, dossier_no)
    if case is not None and case.awaited:
        case.expires_at = expires_at
        case.revision += 1


def end_case(
    session: ServiceSession, dossier_no: str, status: str, at: datetime, *, superseded_by: str | None = None
) -> None:
    """Close the case of a declaration that expired or was withdrawn; remember it if the declaration is yet to arrive.

    :param superseded_by: the number that took its place (I8), for the history of the case.
    """
    case = _lock(session, dossier_no)
    if case is not None:
        case.end(status, at, **({"superseded_by": superseded_by} if superseded_by else {}))
    elif session.get(EarlyEnding, dossier_no) is None:
        session.add(EarlyEnding(dossier_no=dossier_no, status=status, at=at))
        forget_attachments(session, dossier_no)


def record_password_delivery(session: ServiceSession, fact: PasswordDeliveryReported) -> None:
    """Show whoever approved the dossier that the SMS with its first password will not arrive (A2), until it does."""
    case = Case.locked(session, fact.dossier_no)
    if case is None:
        return
    failed = fact.outcome == "failed"
    case.password_failed_at, case.password_failure = (fact.reported_at, fact.code) if failed else (None, None)
    case.password_held = fact.held if failed else None
    case.log("password_not_delivered" if failed else "password_delivered")


def _lock(session: ServiceSession, dossier_no: str) -> Case | None:
    """Return the case, locked. Without one, lock the dossier number: another process may be about to open the case."""
    case = Case.locked(session, dossier_no)
    if case is None and session.database.is_postgresql:
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(zlib.crc32(dossier_no.encode()))))
        case = Case.locked(session, dossier_no)
    return case
