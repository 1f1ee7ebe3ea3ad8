"""News whose SMS has finally failed reach a proved e-mail address; nobody else's, and never a secret."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from services.accounts import events as accounts
from services.chassis import clock
from services.notifications.dossiers.readers import AccountStopped, DeclarationSubmitted
from services.notifications.holders.readers import OtpIssued
from services.notifications.messages import codes
from services.notifications.messages.catalogue import TEMPLATES
from services.notifications.messages.fallback import kept_for_email
from services.notifications.messages.rules import Message
from services.notifications.sms import port
from services.registration import events as registration
from tests.integration.notifications.callbacks import PATH, call_back
from tests.integration.notifications.desk import SEALER, Desk, code_box
from tests.integration.notifications.test_notifications_delivery import soon

pytestmark = pytest.mark.rule("N17")

BOTH = {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}


def stop(desk: Desk, **changes: Any) -> None:
    desk.read(AccountStopped, accounts.AccountStopped.example, **{"contact": BOTH} | changes)


def refuse(desk: Desk) -> None:
    desk.sms.faults.append(port.SmsRefused(codes.INVALID_NUMBER, "twilio: HTTP 400"))


def by_channel(desk: Desk) -> dict[str, Message]:
    return {message.channel: message for message in desk.messages()}


def test_a_refused_phone_has_the_news_sent_to_the_accounts_email_address(desk: Desk) -> None:
    refuse(desk)
    stop(desk)
    desk.run_jobs()
    assert desk.sweep_one("tell_undelivered") == 1
    desk.run_jobs()
    (mail,) = desk.mail.taken
    assert mail.to == BOTH["email"]
    assert "da ngung su dung" in mail.text
    assert "Chúng tôi không gửi được tin nhắn SMS" in mail.text
    assert "+84983847986" not in mail.text
    assert "+84******986" in mail.text
    told = by_channel(desk)
    assert (told["sms"].status, told["sms"].fallback, told["email"].status) == ("failed", None, "sent")
    assert told["email"].ref == told["sms"].ref


def test_a_loss_that_is_told_later_counts_as_well_and_is_told_once(desk: Desk, http: FlaskClient) -> None:
    stop(desk)
    desk.run_jobs()
    assert desk.sweep_one("tell_undelivered") == 0
    assert call_back(http, desk, "undelivered", "30003") == 204
    assert desk.sweep_one("tell_undelivered") == 1
    assert desk.sweep_one("tell_undelivered") == 0
    desk.run_jobs()
    (mail,) = desk.mail.taken
    assert "không đến được máy" in mail.text
    assert PATH not in mail.text


def test_an_sms_that_arrives_is_told_by_no_email(desk: Desk) -> None:
    stop(desk)
    desk.run_jobs()
    assert desk.sweep_one("tell_undelivered") == 0
    assert desk.mail.taken == []


def test_an_address_that_nobody_has_proved_gets_nothing(desk: Desk) -> None:
    """N13: whoever files may name anybody's address."""
    refuse(desk)
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=BOTH, route="portal")
    desk.run_jobs()
    assert desk.message().fallback is None
    assert desk.sweep_one("tell_undelivered") == 0


def test_a_guardians_address_is_that_of_their_account_and_gets_the_news_without_the_link(desk: Desk) -> None:
    refuse(desk)
    example = registration.DeclarationSubmitted.example
    box = SEALER.seal({"form_token": "t0ken"}, f"form-link:{example['dossier_no']}")
    desk.read(DeclarationSubmitted, example, contact=BOTH, route="guardian", sealed_form_link=box)
    desk.run_jobs()
    assert desk.sweep_one("tell_undelivered") == 1
    desk.run_jobs()
    (mail,) = desk.mail.taken
    assert "Da nhan ho so" in mail.text
    assert "t0ken" not in mail.text


def test_a_secret_alone_never_goes_by_email(desk: Desk) -> None:
    refuse(desk)
    otp_id = accounts.OtpIssued.example["otp_id"]
    desk.read(OtpIssued, accounts.OtpIssued.example, contact=BOTH, sealed_code=code_box("271828", otp_id), expires_at=soon())
    desk.run_jobs()
    assert desk.message().status == "failed"
    assert desk.message().fallback is None
    assert desk.sweep_one("tell_undelivered") == 0
    for name in ("otp", "phone_code"):
        assert kept_for_email(TEMPLATES[name], {"values": {}}, BOTH["email"]) is None
    kept = kept_for_email(TEMPLATES["child_submitted"], {"values": {"x": 1}, "box": "sealed"}, BOTH["email"])
    assert kept is not None
    assert "sealed" not in kept


def test_what_was_kept_for_an_email_goes_with_the_address(desk: Desk) -> None:
    stop(desk)
    with desk.db.write() as session:
        message = session.get(Message, desk.message().id)
        assert message is not None
        assert message.fallback is not None
        message.erase(at=clock.now())
    assert desk.message().fallback is None
