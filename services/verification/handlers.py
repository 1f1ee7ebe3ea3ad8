"""What verification does with each message it reads. The map is at the foot."""

import zlib
from datetime import datetime

import sqlalchemy as sa

from services.chassis.database import ServiceSession
from services.chassis.web import tokens
from services.verification import readers
from services.verification.case_row import CHECKING, DECIDED, EXPIRED, GONE, NEW, WITHDRAWN
from services.verification.model import Case
from services.verification.records import Attachment, Ended, Holder, attachments_of, delete_attachments, log
from services.verification.records import add_attachment as keep_new

_FORM = "form_pdf"


def open_case(session: ServiceSession, fact: readers.DeclarationSubmitted) -> None:
    """A declaration has come: any office may work on it from now on (V2)."""
    if _case(session, fact.dossier_no) is not None:
        return
    born = fact.subject.get("date_of_birth")
    case = Case(
        dossier_no=fact.dossier_no,
        status=NEW,
        kind=fact.kind,
        route=fact.route,
        channel=fact.channel,
        filing=fact.filing,
        submitted_at=fact.submitted_at,
        expires_at=fact.expires_at,
        office_code=fact.office["code"],
        office=fact.office,
        bhxh_code=fact.subject["bhxh_code"],
        subject=fact.subject | {"date_of_birth": born.isoformat() if born else None},
        contact=fact.contact,
        guardian=fact.guardian,
        warnings=list(fact.warnings),
        revision=1,
        check_no=0,
    )
    session.add(case)
    log(session, fact.dossier_no, "opened", route=fact.route)
    for document in fact.attachments:
        _keep(session, fact.dossier_no, document, fact.submitted_at)
    session.flush()
    ended = session.get(Ended, fact.dossier_no)
    if ended is not None:
        _end(case, ended.status, ended.at)
        session.delete(ended)


def add_attachment(session: ServiceSession, fact: readers.AttachmentAdded) -> None:
    """The form is made, or the person has sent a picture after the declaration; perhaps before we heard of that."""
    case = _case(session, fact.dossier_no)
    status = case.status if case else NEW
    if status in GONE or (case is None and session.get(Ended, fact.dossier_no) is not None):
        return
    # what an officer has assessed stays as it was assessed; the form is only made from it
    if status in (CHECKING, *DECIDED) and fact.attachment["kind"] != _FORM:
        return
    _keep(session, fact.dossier_no, fact.attachment, fact.added_at)


def expire(session: ServiceSession, fact: readers.DeclarationExpired) -> None:
    """Nobody came within ten days (I6)."""
    _ended(session, fact.dossier_no, EXPIRED, fact.expired_at)


def withdraw(session: ServiceSession, fact: readers.DeclarationWithdrawn) -> None:
    """The person took the declaration back."""
    _ended(session, fact.dossier_no, WITHDRAWN, fact.withdrawn_at)


def account_activated(session: ServiceSession, fact: readers.AccountActivated) -> None:
    """Remember by which dossier an account was opened: guardians are compared with theirs (V9)."""
    _holds(session, fact.account_id, fact.dossier_no, fact.activated_at)


def account_adjusted(session: ServiceSession, fact: readers.AccountAdjusted) -> None:
    """From now on the account's data are those of this dossier (V9, A9)."""
    _holds(session, fact.account_id, fact.dossier_no, fact.adjusted_at)


def session_revoked(session: ServiceSession, fact: readers.SessionRevoked) -> None:
    """Take no token of this session any more (A7)."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)


def _case(session: ServiceSession, dossier_no: str) -> Case | None:
    """The case, locked. Without one the number itself is: another process may just be opening it."""
    case = Case.locked(session, dossier_no)
    if case is None and session.database.is_postgresql:
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(zlib.crc32(dossier_no.encode()))))
        case = Case.locked(session, dossier_no)
    return case


def _keep(session: ServiceSession, dossier_no: str, document: dict[str, object], at: datetime) -> None:
    """The newest document of a kind; never in place of one that an officer has put."""
    kind = str(document["kind"])
    there = attachments_of(session, dossier_no).get(kind)
    if there is None:
        keep_new(session, Attachment(dossier_no=dossier_no, **document, first_at=at, added_at=at))
        return
    there.first_at = min(there.first_at, at)
    if there.added_by is None and at >= there.added_at:
        for name, value in document.items():
            setattr(there, name, value)
        there.added_at = at


def _ended(session: ServiceSession, dossier_no: str, status: str, at: datetime) -> None:
    case = _case(session, dossier_no)
    if case is not None:
        _end(case, status, at)
    elif session.get(Ended, dossier_no) is None:
        session.add(Ended(dossier_no=dossier_no, status=status, at=at))
        delete_attachments(session, dossier_no)


def _end(case: Case, status: str, at: datetime) -> None:
    if status == EXPIRED:
        case.expire(at)
    else:
        case.withdraw(at)


def _holds(session: ServiceSession, account_id: str, dossier_no: str, at: datetime) -> None:
    there = session.get(Holder, account_id, with_for_update=True)
    if there is None:
        session.add(Holder(account_id=account_id, dossier_no=dossier_no, at=at))
    elif at >= there.at:
        there.dossier_no, there.at = dossier_no, at


HANDLERS = {
    readers.DeclarationSubmitted: open_case,
    readers.AttachmentAdded: add_attachment,
    readers.DeclarationExpired: expire,
    readers.DeclarationWithdrawn: withdraw,
    readers.AccountActivated: account_activated,
    readers.AccountAdjusted: account_adjusted,
    readers.SessionRevoked: session_revoked,
}
