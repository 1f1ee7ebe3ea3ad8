"""What providers say of a message that they took: bounces by kind, corrections, lost reports, notices of the provider itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from prometheus_client import REGISTRY

from services.chassis.verdicts import Verdict
from services.notifications.mail.bounces import TABLE
from services.notifications.messages import codes
from services.notifications.messages.receipts import Receipt
from services.notifications.messages.rules import Message
from tests.integration.notifications.callbacks import bounce, call_back, mailed, sent, ses, sns
from tests.integration.notifications.desk import Desk
from tests.integration.notifications.test_notifications_delivery import activate

pytestmark = pytest.mark.rule("N15")

BOUNCES = [row for row in TABLE.rows if row.answer.count("/") == 2]


@pytest.mark.parametrize("row", BOUNCES, ids=lambda row: row.answer)
def test_a_bounce_has_the_reason_of_its_kind(desk: Desk, http: FlaskClient, row: Verdict) -> None:
    _, kind, subtype = row.answer.split("/")
    mailed(desk)
    assert ses(http, desk, "Bounce", **bounce(kind, subtype)) == 204
    assert (desk.message().status, desk.message().code) == ("failed", row.code)


@pytest.mark.parametrize("row", BOUNCES, ids=lambda row: row.answer)
@pytest.mark.parametrize("in_order", [True, False])
def test_only_a_bounce_for_good_undoes_a_delivery(desk: Desk, http: FlaskClient, row: Verdict, in_order: bool) -> None:
    """Row 6 of inputs.md: the next server's acceptance is not the last word; an out-of-office answer is none at all."""
    _, kind, subtype = row.answer.split("/")
    mailed(desk)
    events: list[tuple[str, dict[str, Any]]] = [("Delivery", {}), ("Bounce", bounce(kind, subtype))]
    for event, about in events if in_order else reversed(events):
        assert ses(http, desk, event, **about) == 204
    expected = ("failed", row.code) if kind == "Permanent" else ("delivered", None)
    assert (desk.message().status, desk.message().code) == expected
    assert desk.message().receipt_due is None


def test_the_bounce_of_another_copy_says_nothing_about_the_one_that_arrived(desk: Desk, http: FlaskClient) -> None:
    mailed(desk)
    assert ses(http, desk, "Send", ses_id="first") == ses(http, desk, "Delivery", ses_id="second") == 204
    assert ses(http, desk, "Bounce", ses_id="first", **bounce("Permanent", "General")) == 204
    assert desk.message().status == "delivered"


def test_feedback_notifications_say_the_same_under_another_name(desk: Desk, http: FlaskClient) -> None:
    mailed(desk)
    about = bounce("Permanent", "NoEmail")
    assert ses(http, desk, "Bounce", named="notificationType", **about) == 204
    assert (desk.message().status, desk.message().code) == ("failed", codes.INVALID_ADDRESS)


def notices(http: FlaskClient, **query: Any) -> list[tuple[str, str]]:
    shown = http.get("/notifications/notices", query_string=query, headers={"Authorization": "Bearer support"})
    assert shown.status_code == 200, shown.text
    return [(item["kind"], item["detail"]) for item in reversed(shown.get_json()["items"])]


def test_notices_of_the_provider_itself_are_taken_and_kept(desk: Desk, http: FlaskClient) -> None:
    """Rows 19 and 28 of inputs.md: rightly signed and unexpected is neither an error nor silence."""
    mailed(desk)
    assert sns(http, "Successfully validated SNS topic for Amazon SES event publishing.") == 204
    assert sns(http, '{"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "…"}') == 204
    assert sns(http, type_="UnsubscribeConfirmation", id_="u") == sns(http, type_="UnsubscribeConfirmation", id_="u") == 204
    assert ses(http, desk, "Complaint", complaint={"complaintFeedbackType": "abuse"}) == 204
    assert ses(http, desk, "Complaint", complaint={"complaintFeedbackType": "not-spam"}) == 204
    assert ses(http, desk, "Complaint") == 204
    assert ses(http, desk, "Teleportation") == 204
    assert sns(http, "no JSON") == sns(http, "[]") == 204
    assert notices(http) == [
        ("validation", "topic validated"),
        ("validation", "topic validated"),
        ("unsubscribed", "subscription ended"),
        ("complaint", "abuse"),
        ("not_spam", "not-spam"),
        ("complaint", "no type"),
        ("unknown", "Teleportation"),
        ("unknown", "no event of SES"),
        ("unknown", "no event of SES"),
    ]
    assert desk.message().status == "sent"
    for provider, kind in (("sns", "unsubscribed"), ("ses", "unknown"), ("ses", "complaint")):
        assert REGISTRY.get_sample_value("vss_provider_notices_total", {"provider": provider, "kind": kind})


def test_a_complaint_from_the_suppression_list_means_that_nothing_was_sent(desk: Desk, http: FlaskClient) -> None:
    mailed(desk)
    about = {"complaintSubType": "OnAccountSuppressionList", "complaintFeedbackType": None}
    assert ses(http, desk, "Complaint", complaint=about) == 204
    assert (desk.message().status, desk.message().code) == ("failed", codes.SUPPRESSED)


def test_a_status_that_twilio_has_not_had_before_is_kept_as_a_notice(desk: Desk, http: FlaskClient) -> None:
    sent(desk)
    assert call_back(http, desk, "teleported") == 204
    assert notices(http, kind="unknown") == [("unknown", "teleported")]


def test_a_loss_after_a_delivery_has_twilio_asked_for_its_own_record(desk: Desk, http: FlaskClient) -> None:
    """Row 6 of inputs.md, for SMS: callbacks come in any order, so the provider's record decides."""
    sent(desk)
    assert call_back(http, desk, "delivered") == call_back(http, desk, "undelivered", "30003") == 204
    assert desk.message().status == "delivered"
    desk.sms.receipts[desk.message().provider_id or ""] = Receipt(code=codes.UNREACHABLE_NUMBER, certain=True)
    desk.sweep_one("ask_for_receipts")
    desk.run_jobs()
    assert (desk.message().status, desk.message().code) == ("failed", codes.UNREACHABLE_NUMBER)
    # the delivery told of again, late: the record has been seen already
    assert call_back(http, desk, "delivered") == 204
    assert desk.message().status == "failed"


def lost_report(desk: Desk, receipt: Receipt | None) -> None:
    """An SMS whose report was lost; the provider, asked about it, knows `receipt`."""
    sent(desk)
    if receipt is not None:
        desk.sms.receipts[desk.message().provider_id or ""] = receipt


@pytest.mark.parametrize(
    ("receipt", "expected"),
    [
        (Receipt(delivered=True, certain=True), ("delivered", None)),
        (Receipt(code=codes.UNREACHABLE_NUMBER, certain=True), ("failed", codes.UNREACHABLE_NUMBER)),
    ],
)
def test_a_report_that_was_lost_is_asked_for_after_a_while(
    desk: Desk, receipt: Receipt, expected: tuple[str, str | None]
) -> None:
    """Row 13 of inputs.md."""
    lost_report(desk, receipt)
    assert desk.sweep_one("ask_for_receipts") == 0
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=True):
        assert desk.sweep_one("ask_for_receipts") == 1
        desk.run_jobs()
        assert (desk.message().status, desk.message().code) == expected
        assert desk.message().receipt_due is None
    assert desk.sms.asked == 1


@pytest.mark.rule("A2")
def test_a_first_password_of_which_nobody_ever_hears_is_on_the_offices_list_in_the_end(desk: Desk) -> None:
    activate(desk)
    desk.run_jobs()
    moment = datetime.now(UTC)
    for after in (timedelta(minutes=16), timedelta(hours=2), timedelta(hours=9), timedelta(hours=28), timedelta(hours=80)):
        with time_machine.travel(moment + after, tick=True):
            assert desk.sweep_one("ask_for_receipts") == 1
            desk.run_jobs()
    with time_machine.travel(moment + timedelta(days=30), tick=True):
        assert desk.sweep_one("ask_for_receipts") == 0
    assert desk.sms.asked == 5
    assert (desk.message().status, desk.message().code) == ("sent", codes.UNCONFIRMED)
    assert [(name, body["outcome"], body["code"]) for name, body, _ in desk.told()[1:]] == [
        ("password_delivery_reported", "failed", codes.UNCONFIRMED)
    ]


@pytest.mark.rule("A2")
def test_news_that_comes_after_all_takes_it_off_the_list_again(desk: Desk, http: FlaskClient) -> None:
    activate(desk)
    desk.run_jobs()
    with desk.db.write() as session:
        message = session.get(Message, desk.message().id)
        assert message is not None
        message.leave_unconfirmed(at=datetime.now(UTC))
    assert call_back(http, desk, "delivered") == 204
    outcomes = [body["outcome"] for name, body, _ in desk.told() if name == "password_delivery_reported"]
    assert outcomes == ["failed", "delivered"]


def test_who_cannot_be_asked_is_not_asked(desk: Desk) -> None:
    """By SMTP our own Message-ID is all there is."""
    mailed(desk)
    assert desk.message().receipt_due is None


@pytest.mark.parametrize(
    ("kind", "subtype", "code"),
    [
        # row 6 of inputs.md: all of these were the address's fault
        ("Permanent", "General", "invalid_address"),
        ("Permanent", "NoEmail", "invalid_address"),
        ("Transient", "MailboxFull", "mailbox_full"),
        ("Transient", "General", "mailbox_unavailable"),
        ("Undetermined", "Undetermined", "undetermined"),
        ("Permanent", "OnAccountSuppressionList", "suppressed"),
        # the same kind
        ("Permanent", "Suppressed", "suppressed"),
        ("Transient", "AttachmentRejected", "filtered"),
        ("Permanent", "SomethingNew", "invalid_address"),
        ("SomethingNew", "SomethingNew", "unknown_answer"),
    ],
)
def test_only_a_mailbox_that_is_not_there_is_an_invalid_address(
    desk: Desk, http: FlaskClient, kind: str, subtype: str, code: str
) -> None:
    mailed(desk)
    assert ses(http, desk, "Bounce", **bounce(kind, subtype)) == 204
    assert (desk.message().status, desk.message().code) == ("failed", code)


@pytest.mark.parametrize(
    ("receipt", "expected"),
    [
        (Receipt(delivered=True), ("delivered", None)),
        (Receipt(code=codes.INVALID_ADDRESS, certain=True), ("failed", codes.INVALID_ADDRESS)),
    ],
)
def test_an_email_of_which_ses_says_nothing_is_asked_about_too(
    desk: Desk, receipt: Receipt, expected: tuple[str, str | None]
) -> None:
    """Row 13 of inputs.md, for e-mail: an id of SES, unlike our own Message-ID, can be asked about."""
    desk.mail.ids.append("0100018f-ses")
    desk.mail.receipts["0100018f-ses"] = receipt
    mailed(desk)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16), tick=True):
        assert desk.sweep_one("ask_for_receipts") == 1
        desk.run_jobs()
    assert (desk.message().status, desk.message().code) == expected


def test_an_event_that_no_topic_has_wrapped_and_signed_is_not_believed(desk: Desk, http: FlaskClient) -> None:
    """Row 19 of inputs.md: raw delivery has no signature, so it says nothing."""
    mailed(desk)
    event = {
        "eventType": "Delivery",
        "mail": {"messageId": desk.message().provider_id, "tags": {"message": [str(desk.message().id)]}},
    }
    answer = http.post("/notifications/callbacks/ses", json=event)
    assert answer.status_code == 403
    assert desk.message().status == "sent"
