"""Tell the person of a dossier, or a child's guardian, what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from services.chassis.resources import settings_of
from services.notifications.budgets.ranks import Rank
from services.notifications.dossiers import readers
from services.notifications.messages.compose import Sealed, compose
from services.notifications.messages.ending import close_matter, end_dossier
from services.notifications.messages.recipients import tell_person
from services.notifications.messages.replacing import forget_first_passwords
from services.notifications.messages.unproved import record_proved, record_unproved
from services.notifications.settings import Settings


def declaration_submitted(session: ServiceSession, fact: readers.DeclarationSubmitted) -> None:
    """Send the dossier number and BHXH code by SMS (I5; 702 §2); for a child, send them to the guardian with a link (child step 6)."""
    template = "child_submitted" if fact.route == "guardian" else "declaration_submitted"
    values = {
        "kind": fact.kind,
        "route": fact.route,
        "filing": fact.filing,
        # without CMND or CCCD a child brings the birth certificate, and the parent an ID (702 app. 2 step 7; V3)
        "birth_certificate": fact.parent is not None and fact.subject["id_type"] not in ("cmnd", "cccd"),
        "expires_at": fact.expires_at,
        "form_token": None,
    }
    # without its box, as where the fact is told again later, the message goes out without a link
    sealed = Sealed(fact.sealed_form_link, f"form-link:{fact.dossier_no}") if fact.sealed_form_link else None
    # a phone that nobody has proved may be anybody's: its one SMS is a courtesy
    rank = None if fact.phone_proved else Rank.COURTESY
    tell_person(session, fact, template, values | fact.subject, sealed=sealed, rank=rank)
    if not fact.phone_proved:  # the one SMS with the number, and nothing else (I11)
        record_unproved(session, fact.dossier_no)


def phone_code_issued(session: ServiceSession, fact: readers.PhoneCodeIssued) -> None:
    """Send the code that proves the phone of a draft, by SMS only (I11)."""
    sealed = Sealed(fact.sealed_code, f"phone-code:{fact.code_id}")
    values = {"expires_at": fact.expires_at}
    contact = {"phone": fact.contact["phone"]}
    compose(
        session,
        fact,
        "phone_code",
        ref=fact.draft_id,
        contact=contact,
        values=values,
        sealed=sealed,
        useless_after=fact.expires_at,
    )


def phone_confirmed(session: ServiceSession, fact: readers.PhoneConfirmed) -> None:
    """Stop holding messages back: an officer has confirmed the phone with the person (I11)."""
    record_proved(session, fact.dossier_no)


def attachment_added(session: ServiceSession, fact: readers.AttachmentAdded) -> None:
    """Send Form 01 by e-mail to those who have one (I5; child step 6). The file is fetched when the e-mail is sent."""
    attached = fact.attachment
    if attached["kind"] != "form_pdf" or fact.made_for == "picture":
        return  # a form that only shows one more picture is there to be opened, not worth a letter
    name = f"Mau-so-01-{fact.dossier_no}.pdf"
    document = {"document_id": attached["document_id"], "sha256": attached["sha256"], "name": name}
    values = {
        "full_name": fact.full_name,
        "corrected": fact.made_for == "correction",
        "filing": fact.filing,
        "route": fact.route,
        "last_day": fact.last_day,
    }
    tell_person(session, fact, "form_attached", values, document=document)


def declaration_expiring(session: ServiceSession, fact: readers.DeclarationExpiring) -> None:
    """Remind the person that two working days are left (I6)."""
    values = {"route": fact.route, "filing": fact.filing, "expires_at": fact.expires_at}
    tell_person(session, fact, "declaration_expiring", values, proved=bool(fact.phone_proved))


def declaration_extended(session: ServiceSession, fact: readers.DeclarationExtended) -> None:
    """Tell the person the later last day, as the one told before has become a day off (I6, W1); nothing where the day stays."""
    if fact.last_day is not None and fact.last_day == fact.previous_last_day:
        return
    values = {"route": fact.route, "filing": fact.filing, "expires_at": fact.expires_at}
    tell_person(session, fact, "declaration_extended", values, proved=bool(fact.phone_proved))


def pictures_awaited(session: ServiceSession, fact: readers.PicturesAwaited) -> None:
    """Ask the guardian for missing pictures, and name the last day (702 app. 1 step 8; I6)."""
    values = {"full_name": fact.full_name, "pictures": fact.pictures, "expires_at": fact.expires_at}
    tell_person(session, fact, "pictures_awaited", values, proved=bool(fact.phone_proved), guardian=True)


def declaration_unfinished(session: ServiceSession, fact: readers.DeclarationUnfinished) -> None:
    """Tell who was received and left that the dossier lies unfinished, and what they may do (I6)."""
    tell_person(session, fact, "declaration_unfinished", {"route": fact.route}, proved=bool(fact.phone_proved))


def declaration_expired(session: ServiceSession, fact: readers.DeclarationExpired) -> None:
    """Tell the person that the ten days are over (2659 step 3)."""
    values = {"route": fact.route, "filing": fact.filing, "last_day": fact.last_day}
    tell_person(session, fact, "declaration_expired", values, proved=bool(fact.phone_proved))
    end_dossier(session, fact.dossier_no)


def declaration_withdrawn(session: ServiceSession, fact: readers.DeclarationWithdrawn) -> None:
    """Have what was written about it erased (I6). Whoever filed from afar is told of the end, and nothing of who took the place (I8).

    Whoever takes a declaration back knows it.
    """
    if fact.superseded_by is not None and fact.contact is not None:
        tell_person(session, fact, "declaration_superseded", {})
    end_dossier(session, fact.dossier_no)


def declaration_rejected(session: ServiceSession, fact: readers.DeclarationRejected) -> None:
    """Send the reason, the hotline and the office, within the legal deadline (V8; 2659 §2 step 4)."""
    office = {"office": fact.office["name"], "office_address": fact.office["address"], "office_phone": fact.office["phone"]}
    values = {"route": fact.route, "full_name": fact.subject["full_name"], "reason": fact.reason, **office}
    clock: dict[str, Any] = {"route": fact.route, "filing": fact.filing, "complete_at": fact.complete_at}
    tell_person(session, fact, "declaration_rejected", values, proved=bool(fact.phone_proved), **clock)
    _close(session, fact.dossier_no)


def code_not_found(session: ServiceSession, fact: readers.CodeNotFound) -> None:
    """Explain how to apply for a BHXH code, as HGĐ does not know this one (V7)."""
    tell_person(session, fact, "code_not_found", {"route": fact.route, "full_name": fact.full_name}, proved=True)


def identity_questioned(session: ServiceSession, fact: readers.IdentityQuestioned) -> None:
    """Say what is in doubt, and what to bring to any office (V7, V15)."""
    values = {"route": fact.route, "full_name": fact.full_name, "what": fact.what}
    tell_person(session, fact, "identity_questioned", values, proved=True, among=fact.what)


def visit_requested(session: ServiceSession, fact: readers.VisitRequested) -> None:
    """Ask the person to show their ID at any office: the letter did not prove who sent it (I12)."""
    tell_person(session, fact, "visit_requested", {"full_name": fact.full_name}, proved=True)


def account_activated(session: ServiceSession, fact: readers.AccountActivated) -> None:
    """Send account name and first password within 15 minutes, or 3 working days at a counter (A2; 2659 §2 step 4)."""
    tell_person(
        session,
        fact,
        "child_activated" if fact.guardian_account_id else "account_activated",
        {"bhxh_code": fact.bhxh_code, "full_name": fact.full_name, "until": fact.password_until},
        sealed=Sealed(fact.sealed_credential, f"first-password:{fact.account_id}"),
        route=fact.route,
        filing=fact.filing,
        complete_at=fact.complete_at,
    )
    _close(session, fact.dossier_no)


def first_password_renewed(session: ServiceSession, fact: readers.FirstPasswordRenewed) -> None:
    """Send another first password in place of the one that did not arrive, which opens nothing any more (A2)."""
    forget_first_passwords(session, fact.dossier_no)
    tell_person(
        session,
        fact,
        "child_activated" if fact.guardian_account_id else "account_activated",
        {"bhxh_code": fact.bhxh_code, "full_name": fact.full_name, "until": fact.password_until},
        sealed=Sealed(fact.sealed_credential, f"first-password:{fact.account_id}"),
    )
    _close(session, fact.dossier_no)


def account_adjusted(session: ServiceSession, fact: readers.AccountAdjusted) -> None:
    """Notify the holder (A9), and of every change also the phone and the e-mail address that the account had before (V12)."""
    tell_person(session, fact, "account_adjusted", {"bhxh_code": fact.bhxh_code, "unchanged": fact.changed == []})
    if not fact.changed or fact.previous_contact is None:
        _close(session, fact.dossier_no)
        return
    before = fact.previous_contact
    old = {"phone": before["phone"] if before["phone"] != fact.contact["phone"] else None, "email": before["email"]}
    values = {"dossier_no": fact.dossier_no, "bhxh_code": fact.bhxh_code, "at": fact.adjusted_at, "changed": fact.changed}
    compose(session, fact, "account_changed", ref=fact.dossier_no, contact=old, values=values)
    _close(session, fact.dossier_no)


def declaration_without_effect(session: ServiceSession, fact: readers.DeclarationWithoutEffect) -> None:
    """Tell the person that there was no account to adjust or stop, and what to do (V12)."""
    tell_person(session, fact, "without_effect", {"bhxh_code": fact.bhxh_code, "kind": fact.kind})
    _close(session, fact.dossier_no)


def account_stopped(session: ServiceSession, fact: readers.AccountStopped) -> None:
    """Tell the person that the account is closed (A9)."""
    tell_person(session, fact, "account_stopped", {"bhxh_code": fact.bhxh_code, "at": fact.stopped_at})
    _close(session, fact.dossier_no)


def _close(session: ServiceSession, dossier_no: str) -> None:
    close_matter(session, dossier_no, days=settings_of(session, Settings).decided_keep_days)


HANDLERS: Mapping[type[Reader], Callable[..., Any]] = {
    readers.DeclarationSubmitted: declaration_submitted,
    readers.PhoneCodeIssued: phone_code_issued,
    readers.PhoneConfirmed: phone_confirmed,
    readers.AttachmentAdded: attachment_added,
    readers.DeclarationExpiring: declaration_expiring,
    readers.DeclarationExtended: declaration_extended,
    readers.PicturesAwaited: pictures_awaited,
    readers.DeclarationUnfinished: declaration_unfinished,
    readers.DeclarationExpired: declaration_expired,
    readers.DeclarationWithdrawn: declaration_withdrawn,
    readers.DeclarationRejected: declaration_rejected,
    readers.CodeNotFound: code_not_found,
    readers.IdentityQuestioned: identity_questioned,
    readers.VisitRequested: visit_requested,
    readers.AccountActivated: account_activated,
    readers.FirstPasswordRenewed: first_password_renewed,
    readers.AccountAdjusted: account_adjusted,
    readers.AccountStopped: account_stopped,
    readers.DeclarationWithoutEffect: declaration_without_effect,
}
