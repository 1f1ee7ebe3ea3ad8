"""One function per fact read. Each only writes message rows and their delivery jobs (law 2); the map stands at the foot."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.chassis.web import tokens
from services.notifications import handlers_feedback, readers
from services.notifications.compose import Sealed, compose


def declaration_submitted(session: Session, fact: readers.DeclarationSubmitted) -> None:
    """The dossier number and BHXH code by SMS (I5; 702 §2); for a child to its guardian, with a link (child step 6)."""
    compose(
        session,
        fact,
        "child_submitted" if fact.route == "guardian" else "declaration_submitted",
        ref=fact.dossier_no,
        contact=fact.contact,
        values={
            "dossier_no": fact.dossier_no,
            "kind": fact.kind,
            "route": fact.route,
            "bhxh_code": fact.subject["bhxh_code"],
            "full_name": fact.subject["full_name"],
            "expires_at": fact.expires_at.isoformat() if fact.expires_at else None,
        },
    )


def attachment_added(session: Session, fact: readers.AttachmentAdded) -> None:
    """Form 01 goes by e-mail to those who have one (I5; child step 6). The bytes are fetched when it is sent."""
    if fact.attachment["kind"] != "form_pdf":
        return
    compose(
        session,
        fact,
        "form_attached",
        ref=fact.dossier_no,
        contact=fact.contact,
        values={"dossier_no": fact.dossier_no, "full_name": fact.full_name},
        document={
            "document_id": fact.attachment["document_id"],
            "sha256": fact.attachment["sha256"],
            "name": f"Mau-so-01-{fact.dossier_no}.pdf",
        },
    )


def declaration_expiring(session: Session, fact: readers.DeclarationExpiring) -> None:
    """Two days are left (I6)."""
    values = {"dossier_no": fact.dossier_no, "expires_at": fact.expires_at.isoformat()}
    compose(session, fact, "declaration_expiring", ref=fact.dossier_no, contact=fact.contact, values=values)


def declaration_expired(session: Session, fact: readers.DeclarationExpired) -> None:
    """Ten days are over (2659 step 3)."""
    values = {"dossier_no": fact.dossier_no}
    compose(session, fact, "declaration_expired", ref=fact.dossier_no, contact=fact.contact, values=values)


def account_activated(session: Session, fact: readers.AccountActivated) -> None:
    """Account name and first password (A2; 2659 §2 step 4): within 15 minutes, or 3 working days at a counter."""
    compose(
        session,
        fact,
        "child_activated" if fact.guardian_account_id else "account_activated",
        ref=fact.dossier_no,
        contact=fact.contact,
        values={"dossier_no": fact.dossier_no, "bhxh_code": fact.bhxh_code, "full_name": fact.full_name},
        sealed=Sealed(fact.sealed_credential, f"first-password:{fact.account_id}"),
        route=fact.route,
        complete_at=fact.complete_at,
    )


def declaration_rejected(session: Session, fact: readers.DeclarationRejected) -> None:
    """Not approved: the reason, the hotline and the office (V8; 2659 §2 step 4)."""
    compose(
        session,
        fact,
        "declaration_rejected",
        ref=fact.dossier_no,
        contact=fact.contact,
        values={
            "dossier_no": fact.dossier_no,
            "route": fact.route,
            "full_name": fact.subject["full_name"],
            "reason": fact.reason,
            "office": fact.office["name"],
            "office_address": fact.office["address"],
            "office_phone": fact.office["phone"],
        },
        route=fact.route,
        complete_at=fact.complete_at,
    )


def code_not_found(session: Session, fact: readers.CodeNotFound) -> None:
    """HGĐ does not know the BHXH code: how to apply for one (V7)."""
    values = {"dossier_no": fact.dossier_no, "route": fact.route, "full_name": fact.full_name}
    compose(session, fact, "code_not_found", ref=fact.dossier_no, contact=fact.contact, values=values)


def account_adjusted(session: Session, fact: readers.AccountAdjusted) -> None:
    """The contact data changed (A9): told to the new phone."""
    values = {"dossier_no": fact.dossier_no, "bhxh_code": fact.bhxh_code}
    compose(session, fact, "account_adjusted", ref=fact.dossier_no, contact=fact.contact, values=values)


def account_stopped(session: Session, fact: readers.AccountStopped) -> None:
    """The account is closed (A9)."""
    values = {"dossier_no": fact.dossier_no, "bhxh_code": fact.bhxh_code, "at": fact.stopped_at.isoformat()}
    compose(session, fact, "account_stopped", ref=fact.dossier_no, contact=fact.contact, values=values)


def otp_issued(session: Session, fact: readers.OtpIssued) -> None:
    """A one-time code, by SMS only; useless after it has expired (A5, A7, A8)."""
    compose(
        session,
        fact,
        "otp",
        ref=fact.account_id,
        contact=fact.contact,
        values={"purpose": fact.purpose, "expires_at": fact.expires_at.isoformat()},
        sealed=Sealed(fact.sealed_code, f"otp:{fact.otp_id}"),
        expires_at=fact.expires_at,
    )


def password_changed(session: Session, fact: readers.PasswordChanged) -> None:
    """Somebody changed the password: the holder, one hopes (A5)."""
    values = {"at": fact.changed_at.isoformat()}
    compose(session, fact, "password_changed", ref=fact.account_id, contact=fact.contact, values=values)


def password_reset(session: Session, fact: readers.PasswordReset) -> None:
    """A forgotten password was replaced (A8)."""
    values = {"at": fact.reset_at.isoformat()}
    compose(session, fact, "password_reset", ref=fact.account_id, contact=fact.contact, values=values)


def password_expiring(session: Session, fact: readers.PasswordExpiring) -> None:
    """Nearly six months old (A4)."""
    values = {"expires_at": fact.expires_at.isoformat()}
    compose(session, fact, "password_expiring", ref=fact.account_id, contact=fact.contact, values=values)


def session_revoked(session: Session, fact: readers.SessionRevoked) -> None:
    """Its tokens are refused here from now on; after a takeover the holder hears of the new device (A7)."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)
    if fact.reason == "takeover":
        values = {"at": fact.revoked_at.isoformat()}
        compose(session, fact, "new_device", ref=fact.account_id, contact=fact.contact, values=values)


HANDLERS = {
    readers.DeclarationSubmitted: declaration_submitted,
    readers.AttachmentAdded: attachment_added,
    readers.DeclarationExpiring: declaration_expiring,
    readers.DeclarationExpired: declaration_expired,
    readers.DeclarationRejected: declaration_rejected,
    readers.CodeNotFound: code_not_found,
    readers.AccountActivated: account_activated,
    readers.AccountAdjusted: account_adjusted,
    readers.AccountStopped: account_stopped,
    readers.OtpIssued: otp_issued,
    readers.PasswordChanged: password_changed,
    readers.PasswordReset: password_reset,
    readers.PasswordExpiring: password_expiring,
    readers.SessionRevoked: session_revoked,
    **handlers_feedback.HANDLERS,
}
