"""Handing over: once, in time, and with nothing secret left behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.accounts import events as accounts
from services.chassis import jobs
from services.chassis.documents import StoreUnavailable
from services.chassis.ids import uuid7
from services.chassis.testing.processes import wait_until
from services.notifications.dossiers.readers import (
    AccountActivated,
    AttachmentAdded,
    DeclarationRejected,
    IdentityQuestioned,
)
from services.notifications.holders.readers import OtpIssued, PasswordChanged
from services.notifications.mail import port as mail
from services.notifications.messages import codes
from services.notifications.sms import port as sms
from services.registration import events as registration
from services.verification import events as verification
from tests.integration.notifications.desk import Desk, code_box, password_box

PHONE = {"phone": "+84983847986", "email": None}
BOTH = {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}
PASSWORD = "Kx7mQ2pR9w"


def activate(desk: Desk, contact: dict[str, Any] = PHONE, **changes: Any) -> None:
    account_id = str(uuid7())
    fact = {
        "account_id": account_id,
        "sealed_credential": password_box(PASSWORD, account_id),
        "contact": contact,
        "complete_at": datetime.now(UTC).isoformat(),
    }
    desk.read(AccountActivated, accounts.AccountActivated.example, **(fact | changes))


def issue(desk: Desk, code: str, expires_at: datetime) -> None:
    otp_id = str(uuid7())
    desk.read(
        OtpIssued,
        accounts.OtpIssued.example,
        otp_id=otp_id,
        sealed_code=code_box(code, otp_id),
        contact=PHONE,
        expires_at=expires_at.isoformat(),
    )


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=5)


@pytest.mark.rule("A2", "N3")
def test_a_first_password_is_sent_and_then_forgotten(desk: Desk) -> None:
    activate(desk, BOTH)
    desk.run_jobs()
    assert PASSWORD in desk.sms.texts[0]
    assert PASSWORD in desk.mail.taken[0].text
    assert PASSWORD in desk.mail.taken[0].html
    by_sms, by_mail = desk.messages()
    assert by_sms.text == desk.sms.texts[0].replace(PASSWORD, "********")
    assert by_mail.text == desk.mail.taken[0].text.replace(PASSWORD, "********")
    assert (by_sms.status, by_sms.segments) == ("sent", 1)
    assert (by_mail.status, by_mail.segments) == ("sent", None)
    assert desk.payloads() == [None, None]
    assert [(fact, data["channel"], revision) for fact, data, revision in desk.told()] in (
        [("message_sent", "sms", 1), ("message_sent", "email", 1)],
        [("message_sent", "email", 1), ("message_sent", "sms", 1)],
    )


@pytest.mark.rule("N6")
def test_a_code_past_its_time_is_not_sent_any_more(desk: Desk) -> None:
    issue(desk, "493817", datetime.now(UTC) - timedelta(seconds=1))
    desk.run_jobs()
    assert desk.sms.taken == []
    ((fact, data, _),) = desk.told()
    assert (fact, data["code"]) == ("message_failed", "expired")
    assert desk.message().status == "failed"
    assert desk.payloads() == [None]


@pytest.mark.rule("N6")
def test_the_provider_is_told_until_when_a_code_is_good(desk: Desk) -> None:
    issue(desk, "493817", soon())
    desk.run_jobs()
    ((_, _, taken),) = desk.sms.taken
    assert taken.valid_seconds is not None
    assert 290 <= taken.valid_seconds <= 300
    assert "OTP: 493817 " in taken.text
    assert "493817" not in (desk.message().text or "")


def test_what_may_have_got_through_is_looked_for_before_it_is_sent_again(desk: Desk) -> None:
    desk.sms.lost_answers.append(_now(sms.NoAnswer("time-out")))
    activate(desk)
    desk.run_jobs()
    assert desk.sms.looked == 1
    assert len(desk.sms.taken) == 1
    assert desk.message().provider_id == desk.sms.taken[0][0]
    assert [fact for fact, *_ in desk.told()] == ["message_sent"]


def test_what_did_not_get_through_is_sent_again(desk: Desk) -> None:
    desk.sms.faults.append(_now(sms.NoAnswer("time-out")))
    activate(desk)
    desk.run_jobs()
    assert desk.sms.looked == 1
    assert len(desk.sms.taken) == 1
    assert desk.message().status == "sent"


def test_an_equal_text_of_another_message_is_not_taken_for_ours(desk: Desk) -> None:
    changed = accounts.PasswordChanged.example
    desk.read(PasswordChanged, changed, contact=PHONE)
    desk.run_jobs()
    desk.sms.faults.append(_now(sms.NoAnswer("time-out")))
    desk.read(PasswordChanged, changed, contact=PHONE)
    # the first SMS is found, with the same words to the same phone: but it is known as the first message's
    desk.sms.taken[0] = (desk.sms.taken[0][0], datetime.now(UTC) + timedelta(minutes=1), desk.sms.taken[0][2])
    desk.run_jobs()
    assert desk.sms.looked == 1
    assert len(desk.sms.taken) == 2
    assert len({message.provider_id for message in desk.messages()}) == 2


def test_a_code_that_got_through_before_a_crash_counts_as_sent_even_when_it_has_expired_since(desk: Desk) -> None:
    expires_at = soon()
    desk.sms.lost_answers.append(_now(sms.NoAnswer("time-out"), seconds=2))
    issue(desk, "493817", expires_at)
    with desk.working():
        assert wait_until(lambda: bool(desk.sms.taken), 20)
        (payload,) = desk.payloads()
        # only when it ends, not what it says: the text must stay the one that is looked for
        past = json.loads(payload or "") | {"expires_at": datetime.now(UTC).isoformat()}
        with desk.db.write() as session:
            session.execute(sa.text("UPDATE jobs SET payload = :past"), {"past": json.dumps(past)})
        assert wait_until(desk.all_ended, 20)
    assert len(desk.sms.taken) == 1
    assert desk.message().status == "sent"


@pytest.mark.rule("A2")
@pytest.mark.parametrize("code", [codes.INVALID_NUMBER, codes.UNSUBSCRIBED])
def test_a_refused_first_password_fails_with_the_reason_and_is_kept_until_it_is_replaced(desk: Desk, code: str) -> None:
    desk.sms.faults.append(sms.SmsRefused(code, "HTTP 400"))
    activate(desk)
    desk.run_jobs()
    told = [(fact, data["code"]) for fact, data, _ in desk.told()]
    assert told == [("message_failed", code), ("password_delivery_reported", code)]
    assert (desk.message().status, desk.message().code) == ("failed", code)
    (kept,) = desk.payloads()
    assert "box" in json.loads(kept or "{}")


def test_a_refused_sms_without_a_secret_is_forgotten(desk: Desk) -> None:
    desk.sms.faults.append(sms.SmsRefused(codes.INVALID_NUMBER, "HTTP 400"))
    desk.read(IdentityQuestioned, verification.IdentityQuestioned.example, contact=PHONE)
    with desk.db.write() as session:  # day or night
        session.execute(sa.text("UPDATE jobs SET run_after = added_at"))
    desk.run_jobs()
    assert (desk.message().status, desk.message().code) == ("failed", codes.INVALID_NUMBER)
    assert desk.payloads() == [None]


def test_what_was_given_up_because_the_provider_was_away_may_be_brought_back(database_url: str) -> None:
    desk = Desk(database_url, sms_max_attempts=2)
    desk.sms.faults += [_now(sms.SmsUnavailable("away")), _now(sms.SmsUnavailable("away"))]
    activate(desk)
    desk.run_jobs()
    assert desk.message().code == "tries_used_up"
    (job,) = desk.job_views()
    with desk.db.write() as session:
        jobs.retry(session, job.id)
    desk.run_jobs()
    assert desk.message().status == "sent"
    assert [(fact, revision) for fact, _, revision in desk.told()] == [
        ("message_failed", 1),
        ("password_delivery_reported", 2),
        ("message_sent", 3),
        ("password_delivery_reported", 4),
    ]
    desk.close()


def test_a_box_sealed_to_a_key_that_is_missing_waits_for_it(desk: Desk) -> None:
    from services.chassis.seal import Sealer, generate_keypair

    other = generate_keypair()
    box = Sealer(other.public_key).seal({"password": PASSWORD}, "first-password:1")
    activate(desk, account_id="1", sealed_credential=box)
    desk.run_jobs(lambda: desk.job_views()[0].last_error is not None)
    (job,) = desk.job_views()
    assert job.state is jobs.State.WAITING
    assert "KeyMissing" in (job.last_error or "")
    assert (job.held_for, job.attempts) == ("seal_key", 0)
    assert (desk.message().status, desk.message().code) == ("waiting", "seal_key")


def test_a_box_of_another_account_is_never_sent(desk: Desk) -> None:
    activate(desk, account_id=str(uuid7()))  # sealed for another account
    desk.run_jobs()
    assert desk.message().status == "failed"
    assert desk.message().code == "permanent"
    assert desk.payloads() != [None]
    assert desk.sms.taken == []


@pytest.mark.rule("I5", "N1")
def test_the_form_goes_along_as_an_attachment(desk: Desk) -> None:
    document = desk.documents.put(b"%PDF-1.7 Form 01", "application/pdf")
    attachment = {"kind": "form_pdf", **document.__dict__}
    desk.read(
        AttachmentAdded, registration.AttachmentAdded.example | {"route": "guardian"}, attachment=attachment, contact=BOTH
    )
    desk.documents.fail_with = StoreUnavailable("away")
    with desk.working():
        assert wait_until(
            lambda: any(job.attempts for job in desk.job_views()) and desk.job_views()[0].last_error is not None, 20
        )
        desk.documents.fail_with = None
        assert wait_until(desk.all_ended, 20)
    (letter,) = desk.mail.taken
    (attached,) = letter.attachments
    assert attached.content == b"%PDF-1.7 Form 01"
    assert attached.content_type == "application/pdf"
    assert attached.name == f"Mau-so-01-{registration.AttachmentAdded.example['dossier_no']}.pdf"
    assert desk.message().status == "sent"


def test_another_document_than_the_announced_one_is_not_sent(desk: Desk) -> None:
    document = desk.documents.put(b"%PDF-1.7 Form 01", "application/pdf")
    attachment = {"kind": "form_pdf", **document.__dict__, "sha256": "0" * 64}
    desk.read(
        AttachmentAdded, registration.AttachmentAdded.example | {"route": "guardian"}, attachment=attachment, contact=BOTH
    )
    desk.run_jobs()
    assert desk.mail.taken == []
    assert desk.message().status == "failed"


def test_an_email_whose_answer_was_lost_is_sent_again_under_the_same_id(desk: Desk) -> None:
    desk.mail.lost_answers.append(_now(mail.NoAnswer("cut")))
    desk.read(PasswordChanged, accounts.PasswordChanged.example, contact=BOTH)
    desk.run_jobs()
    first, second = desk.mail.taken
    assert first.message_id == second.message_id == str(desk.message().id)


def test_an_email_that_a_callback_has_told_of_is_not_sent_again(desk: Desk) -> None:
    desk.mail.lost_answers.append(_now(mail.NoAnswer("cut"), seconds=2))
    desk.read(PasswordChanged, accounts.PasswordChanged.example, contact=BOTH)
    with desk.working():
        assert wait_until(lambda: bool(desk.mail.taken), 10)
        desk.change(provider_id="ses-1")
        assert wait_until(desk.all_ended, 10)
    assert len(desk.mail.taken) == 1
    assert desk.message().status == "sent"


@pytest.mark.rule("V8", "N4")
def test_a_rejection_tells_the_officers_reason_in_both_channels(desk: Desk) -> None:
    desk.read(DeclarationRejected, verification.DeclarationRejected.example, contact=BOTH)
    desk.run_jobs()
    assert "Ly do: Ho ten tren giay to tuy than khac voi to khai." in desk.sms.texts[0]
    assert "Lý do: Họ tên trên giấy tờ tuỳ thân khác với tờ khai." in desk.mail.taken[0].text


def _now(error: Any, seconds: float = 0.01) -> Any:
    """The same failure, but to be tried again at once."""
    error.after_seconds = seconds
    return error
