"""Handle the facts of other services: each function writes message rows and their jobs (law 2); the map is at the foot.

E-mails to staff contain number, office, board and due date of a complaint, but nothing that the person wrote (N8): a
mailbox is no place for it. The file has more than 250 lines, because all that people are told is to be read in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.chassis.calendar import Correction, follow_list
from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from services.chassis.web import tokens
from services.notifications import readers
from services.notifications.messages.compose import Sealed, compose
from services.notifications.messages.ending import end_dossier
from services.notifications.messages.recipients import tell_duty, tell_each, tell_filer, tell_holder, tell_person, tell_staff
from services.notifications.messages.replacing import forget_first_passwords
from services.notifications.messages.unproved import record_proved, record_unproved

_FIRST_LEVEL = 1


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
    tell_person(session, fact, template, values | fact.subject, sealed=sealed)
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
        "last_day": fact.last_day,
    }
    tell_person(session, fact, "form_attached", values, document=document)


def declaration_expiring(session: ServiceSession, fact: readers.DeclarationExpiring) -> None:
    """Remind the person that two working days are left (I6)."""
    values = {"route": fact.route, "filing": fact.filing, "expires_at": fact.expires_at}
    tell_person(session, fact, "declaration_expiring", values)


def declaration_extended(session: ServiceSession, fact: readers.DeclarationExtended) -> None:
    """Tell the person the later last day, as the one told before has become a day off (I6, W1); nothing where the day stays."""
    if fact.last_day is not None and fact.last_day == fact.previous_last_day:
        return
    tell_person(session, fact, "declaration_extended", {"expires_at": fact.expires_at})


def pictures_awaited(session: ServiceSession, fact: readers.PicturesAwaited) -> None:
    """Ask the guardian for missing pictures, and name the last day (702 app. 1 step 8; I6)."""
    values = {"full_name": fact.full_name, "pictures": fact.pictures, "expires_at": fact.expires_at}
    tell_person(session, fact, "pictures_awaited", values)


def declaration_unfinished(session: ServiceSession, fact: readers.DeclarationUnfinished) -> None:
    """Tell who was received and left that the dossier lies unfinished, and what they may do (I6)."""
    tell_person(session, fact, "declaration_unfinished", {"route": fact.route})


def declaration_expired(session: ServiceSession, fact: readers.DeclarationExpired) -> None:
    """Tell the person that the ten days are over (2659 step 3)."""
    values = {"route": fact.route, "filing": fact.filing, "last_day": fact.last_day}
    tell_person(session, fact, "declaration_expired", values)
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
    clock = {"route": fact.route, "filing": fact.filing, "complete_at": fact.complete_at}
    tell_person(session, fact, "declaration_rejected", values, proved=bool(fact.phone_proved), **clock)


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


def case_due_soon(session: ServiceSession, fact: readers.CaseDueSoon) -> None:
    """Warn the office that the legal clock of a complete dossier is about to run out (N)."""
    seconds_left = (fact.due_at - datetime.fromisoformat(fact.envelope.time)).total_seconds()
    values = _of_case(fact) | {"seconds_left": seconds_left}
    tell_each(session, fact, "staff_case_due_soon", values, ref=fact.dossier_no)


def case_overdue(session: ServiceSession, fact: readers.CaseOverdue) -> None:
    """Tell the office, then its director, that the legal clock of a complete dossier has run out (N)."""
    tell_each(session, fact, "staff_case_overdue", _of_case(fact) | {"level": fact.level}, ref=fact.dossier_no)


def _of_case(fact: readers.CaseDueSoon | readers.CaseOverdue) -> dict[str, Any]:
    office = fact.office_name or f"cơ quan BHXH mã {fact.office_code}"
    return {"dossier_no": fact.dossier_no, "office": office, "complete_at": fact.complete_at, "due_at": fact.due_at}


def account_activated(session: ServiceSession, fact: readers.AccountActivated) -> None:
    """Send account name and first password within 15 minutes, or 3 working days at a counter (A2; 2659 §2 step 4)."""
    tell_person(
        session,
        fact,
        "child_activated" if fact.guardian_account_id else "account_activated",
        {"bhxh_code": fact.bhxh_code, "full_name": fact.full_name},
        sealed=Sealed(fact.sealed_credential, f"first-password:{fact.account_id}"),
        route=fact.route,
        filing=fact.filing,
        complete_at=fact.complete_at,
    )


def first_password_renewed(session: ServiceSession, fact: readers.FirstPasswordRenewed) -> None:
    """Send another first password in place of the one that did not arrive, which opens nothing any more (A2)."""
    forget_first_passwords(session, fact.dossier_no)
    tell_person(
        session,
        fact,
        "child_activated" if fact.guardian_account_id else "account_activated",
        {"bhxh_code": fact.bhxh_code, "full_name": fact.full_name},
        sealed=Sealed(fact.sealed_credential, f"first-password:{fact.account_id}"),
    )


def account_adjusted(session: ServiceSession, fact: readers.AccountAdjusted) -> None:
    """Notify the holder (A9), and of every change also the phone and the e-mail address that the account had before (V12)."""
    tell_person(session, fact, "account_adjusted", {"bhxh_code": fact.bhxh_code, "unchanged": fact.changed == []})
    if not fact.changed or fact.previous_contact is None:
        return
    before = fact.previous_contact
    old = {"phone": before["phone"] if before["phone"] != fact.contact["phone"] else None, "email": before["email"]}
    values = {"dossier_no": fact.dossier_no, "bhxh_code": fact.bhxh_code, "at": fact.adjusted_at, "changed": fact.changed}
    compose(session, fact, "account_changed", ref=fact.dossier_no, contact=old, values=values)


def declaration_without_effect(session: ServiceSession, fact: readers.DeclarationWithoutEffect) -> None:
    """Tell the person that there was no account to adjust or stop, and what to do (V12)."""
    tell_person(session, fact, "without_effect", {"bhxh_code": fact.bhxh_code, "kind": fact.kind})


def account_stopped(session: ServiceSession, fact: readers.AccountStopped) -> None:
    """Tell the person that the account is closed (A9)."""
    tell_person(session, fact, "account_stopped", {"bhxh_code": fact.bhxh_code, "at": fact.stopped_at})


def otp_issued(session: ServiceSession, fact: readers.OtpIssued) -> None:
    """Send a one-time code, by SMS only (A5, A7, A8)."""
    values = {"purpose": fact.purpose, "expires_at": fact.expires_at}
    sealed = Sealed(fact.sealed_code, f"otp:{fact.otp_id}")
    tell_holder(session, fact, "otp", values, sealed=sealed, useless_after=fact.expires_at)


def password_changed(session: ServiceSession, fact: readers.PasswordChanged) -> None:
    """Notify the holder that the password was changed, in case it was somebody else (A5)."""
    tell_holder(session, fact, "password_changed", {"at": fact.changed_at})


def password_reset(session: ServiceSession, fact: readers.PasswordReset) -> None:
    """Tell the holder that a forgotten password was replaced (A8)."""
    tell_holder(session, fact, "password_reset", {"at": fact.reset_at})


def password_expiring(session: ServiceSession, fact: readers.PasswordExpiring) -> None:
    """Remind the holder that the password is nearly six months old (A4)."""
    tell_holder(session, fact, "password_expiring", {"expires_at": fact.expires_at})


def session_revoked(session: ServiceSession, fact: readers.SessionRevoked) -> None:
    """Refuse the session's tokens from now on; after a takeover notify the holder of the new device (A7)."""
    tokens.revoke(session, fact.session_id, until=fact.tokens_until)
    if fact.reason == "takeover":
        tell_holder(session, fact, "new_device", {"at": fact.revoked_at})


def complaint_received(session: ServiceSession, fact: readers.ComplaintReceived) -> None:
    """Send the number, the tracking code and who answers by when (F8, F4); notify the director and the board (F3, F5)."""
    # the sealed box, if any, contains the code; only the job opens it
    values = {"received_at": fact.received_at, "answer_due": fact.answer_due, "tracking_code": None}
    sealed = None
    if fact.sealed_tracking is not None:
        sealed = Sealed(fact.sealed_tracking or None, f"tracking:{fact.complaint_no}")
    tell_filer(session, fact, "complaint_received", values, sealed=sealed)
    due = {"acknowledge_due": fact.acknowledge_due, "answer_due": fact.answer_due}
    tell_staff(session, fact, "staff_complaint_received", due)


def urgent_complaint(session: ServiceSession, fact: readers.UrgentComplaint) -> None:
    """Tell everybody on duty, by SMS at any hour, that somebody is turned away (F10)."""
    values = {"received_at": fact.received_at, "answer_due": fact.answer_due}
    tell_duty(session, fact, "duty_urgent_complaint", values)


def complaint_marked(session: ServiceSession, fact: readers.ComplaintMarked) -> None:
    """Notify whoever handles the complaint from now on, because it is about an officer, an office or a director (F9)."""
    tell_staff(session, fact, "staff_complaint_marked", {"answer_due": fact.answer_due})


def complaint_recategorised(session: ServiceSession, fact: readers.ComplaintRecategorised) -> None:
    """Notify the board that watches the complaint from now on (F2)."""
    tell_staff(session, fact, "staff_complaint_recategorised", {"answer_due": fact.answer_due})


def question_asked(session: ServiceSession, fact: readers.QuestionAsked) -> None:
    """Send the office's question; the clock is paused until the person replies or the waiting days are over (F7)."""
    tell_filer(session, fact, "complaint_question", {"question": fact.question, "wait_until": fact.answer_until})


def coordination_requested(session: ServiceSession, fact: readers.CoordinationRequested) -> None:
    """Notify the other office that its help is requested; accountability does not move (F4)."""
    tell_staff(session, fact, "staff_coordination_requested", {"due_at": fact.due_at})


def coordination_answered(session: ServiceSession, fact: readers.CoordinationAnswered) -> None:
    """Notify the director that the other office has answered (F4)."""
    values = {"answered_by": fact.asked_office["name"], "answered_at": fact.answered_at}
    tell_staff(session, fact, "staff_coordination_answered", values)


def complaint_answered(session: ServiceSession, fact: readers.ComplaintAnswered) -> None:
    """Send the answer and the last day for reopening (F8); notify the board (F5)."""
    until = {"reopen_until": fact.reopen_until}
    tell_filer(session, fact, "complaint_answered", {"answer": fact.answer, **until})
    values = {"answered_at": fact.answered_at, "insisted": fact.insisted, **until}
    tell_staff(session, fact, "staff_complaint_answered", values)


def complaint_due_soon(session: ServiceSession, fact: readers.ComplaintDueSoon) -> None:
    """Warn the staff that a clock is about to run out (F7)."""
    tell_staff(session, fact, "staff_complaint_due_soon", {"step": fact.step, "due_at": fact.due_at})


def complaint_overdue(session: ServiceSession, fact: readers.ComplaintOverdue) -> None:
    """Notify the director, then the board, then the IT centre that a clock has run out (F7).

    The person is notified once, and only of a late answer: the earlier steps are internal.
    """
    if (fact.step, fact.level) == ("answer", _FIRST_LEVEL):
        tell_filer(session, fact, "complaint_late", {"due_at": fact.due_at})
    values = {"step": fact.step, "due_at": fact.due_at, "level": fact.level}
    tell_staff(session, fact, "staff_complaint_overdue", values)


def complaint_reminded(session: ServiceSession, fact: readers.ComplaintReminded) -> None:
    """Pass the board's reminder on to the accountable director (F5)."""
    values = {"reminded_by": fact.by_board["name"], "words": fact.words, "reminded_at": fact.reminded_at}
    tell_staff(session, fact, "staff_complaint_reminded", values)


def complaint_reopened(session: ServiceSession, fact: readers.ComplaintReopened) -> None:
    """Notify person and staff that the complaint is reopened: the same office answers again (F8, F4)."""
    values = {"answer_due": fact.answer_due}
    tell_filer(session, fact, "complaint_reopened", values)
    tell_staff(session, fact, "staff_complaint_reopened", values)


def report_made(session: ServiceSession, fact: readers.ReportMade) -> None:
    """Notify the leadership that the report of a week or month is ready, with its totals (F6)."""
    tell_each(session, fact, "staff_report_made", {"title": fact.title, "totals": fact.totals}, ref=fact.report_name)


def progress_report_made(session: ServiceSession, fact: readers.ProgressReportMade) -> None:
    """Send the totals of a report on the progress of registration to the leadership (R1)."""
    for recipient in fact.recipients:
        compose(
            session,
            fact,
            "progress_report",
            ref=fact.report_name,
            contact=recipient,
            values={"title": fact.title, "progress": fact.totals},
            among=recipient["email"],
        )


def calendar_changed(session: ServiceSession, fact: readers.CalendarChanged) -> None:
    """Replace the local copy of the holiday list (W1)."""
    follow_list(session, [Correction(**each) for each in fact.corrections], revision=fact.envelope.revision)


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
    readers.CaseDueSoon: case_due_soon,
    readers.CaseOverdue: case_overdue,
    readers.AccountActivated: account_activated,
    readers.FirstPasswordRenewed: first_password_renewed,
    readers.AccountAdjusted: account_adjusted,
    readers.AccountStopped: account_stopped,
    readers.DeclarationWithoutEffect: declaration_without_effect,
    readers.OtpIssued: otp_issued,
    readers.PasswordChanged: password_changed,
    readers.PasswordReset: password_reset,
    readers.PasswordExpiring: password_expiring,
    readers.SessionRevoked: session_revoked,
    readers.ComplaintReceived: complaint_received,
    readers.ComplaintMarked: complaint_marked,
    readers.UrgentComplaint: urgent_complaint,
    readers.ComplaintRecategorised: complaint_recategorised,
    readers.QuestionAsked: question_asked,
    readers.CoordinationRequested: coordination_requested,
    readers.CoordinationAnswered: coordination_answered,
    readers.ComplaintAnswered: complaint_answered,
    readers.ComplaintDueSoon: complaint_due_soon,
    readers.ComplaintOverdue: complaint_overdue,
    readers.ComplaintReminded: complaint_reminded,
    readers.ComplaintReopened: complaint_reopened,
    readers.ReportMade: report_made,
    readers.ProgressReportMade: progress_report_made,
    readers.CalendarChanged: calendar_changed,
}
