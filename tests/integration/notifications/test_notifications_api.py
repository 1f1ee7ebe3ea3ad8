"""What support sees, and what providers call back: twice, late, in any order, and with or without a signature."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from twilio.request_validator import RequestValidator

from services.chassis.web.app import create_app
from services.notifications.dossiers.readers import DeclarationSubmitted, IdentityQuestioned
from services.notifications.messages import codes
from services.notifications.messages.rules import Message
from services.notifications.messages.schemas import masked
from services.notifications.service import BLUEPRINTS
from services.registration import events as registration
from services.verification import events as verification
from tests.integration.notifications.callbacks import NO, PATH, PHONE, SNS, call_back, mailed, sent, ses, verifier
from tests.integration.notifications.desk import Desk


def look(http: FlaskClient, role: str = "support", **query: Any) -> Any:
    return http.get(
        "/notifications/messages",
        query_string=query,
        headers={"Authorization": f"Bearer {role}", "X-Purpose": "Cong dan hoi tin nhan"},
    )


def test_support_sees_what_became_of_the_messages_about_a_dossier(desk: Desk, http: FlaskClient) -> None:
    sent(desk)
    call_back(http, desk, "delivered")
    (item,) = look(http, ref=NO).json["items"]
    assert (item["template"], item["channel"], item["status"]) == ("declaration_submitted", "sms", "delivered")
    assert item["to"] == "+84******986"
    assert item["created_at"] <= item["sent_at"] <= item["delivered_at"]
    assert item["created_at"].endswith("+07:00")
    assert item["deadline_missed"] is False
    assert "983847986" not in json.dumps(item)
    assert "text" not in item
    assert look(http, ref="261121-999999-9").json == {"items": [], "next_cursor": None}


def test_the_list_goes_on_page_by_page_newest_first(desk: Desk, http: FlaskClient) -> None:
    for number in range(5):
        what = f"question_{number}"
        desk.read(IdentityQuestioned, verification.IdentityQuestioned.example, contact=PHONE, what=what)
    seen, cursor = [], None
    while True:
        page = look(http, ref=NO, limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += [item["message_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_an_address_shows_no_more_than_is_needed_to_recognise_it() -> None:
    assert masked("+84983847986") == "+84******986"
    assert masked("biennt@vss.gov.vn") == "b***@vss.gov.vn"
    assert masked(None) is None
    assert masked("@") == "***@"
    assert "1234" not in (masked("1234567") or "")


def test_only_support_directors_and_admins_look(http: FlaskClient) -> None:
    for role in ("support", "director", "admin"):
        assert look(http, role, ref=NO).status_code == 200
    for role in ("officer", "approver", "board", "citizen", "newcomer", ""):
        assert look(http, role, ref=NO).status_code == (403 if role else 401)
    assert look(http, "none", ref=NO).status_code == 401


def test_a_question_without_a_reference_is_refused(http: FlaskClient) -> None:
    for query in ({}, {"ref": ""}, {"ref": "x" * 65}, {"ref": NO, "phone": "+84983847986"}):
        assert look(http, **query).status_code == 422


def test_a_callback_is_noted_once_however_often_it_comes(desk: Desk, http: FlaskClient) -> None:
    sent(desk)
    for status in ("sent", "delivered", "delivered", "sent"):
        assert call_back(http, desk, status) == 204
    assert [(fact, revision) for fact, _, revision in desk.told()] == [("message_sent", 1), ("message_delivered", 2)]


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "undelivered", "delivered"])))
def test_in_whatever_order_callbacks_come_what_has_arrived_stays_arrived(
    desk: Desk, http: FlaskClient, order: tuple[str, ...]
) -> None:
    sent(desk)
    for status in order:
        assert call_back(http, desk, status, "30003" if status == "undelivered" else None) == 204
    message = desk.message()
    assert (message.status, message.code) == ("delivered", None)
    told = [fact for fact, *_ in desk.told()]
    assert told.count("message_sent") == told.count("message_delivered") == 1
    assert [revision for *_, revision in desk.told()] == list(range(1, len(told) + 1))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("30003", codes.UNREACHABLE_NUMBER),
        ("30005", codes.INVALID_NUMBER),
        ("30007", codes.FILTERED),
        # about us: not the person's refusal (inputs.md, row 18)
        ("30001", "busy"),
        ("30002", "account"),
        ("1", "unknown_answer"),
        (None, "unknown_answer"),
    ],
)
def test_a_failure_has_a_reason_in_our_words(desk: Desk, http: FlaskClient, error: str | None, code: str) -> None:
    sent(desk)
    assert call_back(http, desk, "failed", error) == 204
    assert (desk.message().status, desk.message().code) == ("failed", code)
    assert desk.told()[-1][:2] == ("message_failed", {**desk.told()[-1][1], "code": code})


def test_a_callback_that_is_faster_than_our_own_row_counts_as_handed_over(desk: Desk, http: FlaskClient) -> None:
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=PHONE)
    assert call_back(http, desk, "delivered") == 204
    assert [fact for fact, *_ in desk.told()] == ["message_sent", "message_delivered"]
    desk.run_jobs()
    assert [fact for fact, *_ in desk.told()] == ["message_sent", "message_delivered"]
    assert desk.message().status == "delivered"
    assert desk.message().text


def test_a_word_of_sending_that_is_faster_than_our_own_row_counts_as_handed_over(desk: Desk, http: FlaskClient) -> None:
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=PHONE)
    assert call_back(http, desk, "sent", sid="SM" + "0" * 32) == 204
    assert (desk.message().status, desk.message().provider_id) == ("sent", "SM" + "0" * 32)
    desk.run_jobs()
    assert [fact for fact, *_ in desk.told()] == ["message_sent"]
    assert (desk.message().text, desk.message().segments) != (None, None)


def test_a_word_on_the_way_waits_for_no_row_and_changes_none(desk: Desk, http: FlaskClient) -> None:
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=PHONE)
    with desk.db.write() as session:
        session.execute(sa.select(Message).with_for_update())
        for status in ("accepted", "queued", "sending"):
            assert call_back(http, desk, status) == 204
    assert (desk.message().status, desk.message().provider_id) == ("waiting", None)
    desk.run_jobs()
    with desk.db.write() as session:
        session.execute(sa.select(Message).with_for_update())
        assert call_back(http, desk, "sent") == 204
    assert [fact for fact, *_ in desk.told()] == ["message_sent"]


def test_a_failure_that_is_faster_than_our_own_row_stays_a_failure(desk: Desk, http: FlaskClient) -> None:
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=PHONE)
    assert call_back(http, desk, "failed", "30003", sid="SM" + "0" * 32) == 204
    desk.run_jobs()
    assert desk.message().provider_id == desk.sms.taken[0][0]
    assert (desk.message().status, desk.message().code) == ("failed", codes.UNREACHABLE_NUMBER)
    assert [fact for fact, *_ in desk.told()] == ["message_failed", "message_sent"]


def test_the_failure_of_a_second_copy_says_nothing_about_the_first(desk: Desk, http: FlaskClient) -> None:
    sent(desk)
    assert call_back(http, desk, "failed", "30003", sid="SM" + "e" * 32) == 204
    assert desk.message().status == "sent"


@pytest.mark.parametrize("token", ["wrong", ""])
def test_a_callback_with_a_wrong_signature_changes_nothing(desk: Desk, http: FlaskClient, token: str) -> None:
    sent(desk)
    assert call_back(http, desk, "delivered", token=token) == 403
    assert http.post(f"{PATH}?message={desk.message().id}", data={"MessageStatus": "delivered"}).status_code == 403
    assert desk.message().status == "sent"


def test_a_callback_about_nothing_is_answered_so(desk: Desk, http: FlaskClient) -> None:
    unknown = "?message=019aa5b5-c0de-7000-a000-00000000000d"
    for query, status in (
        (unknown, "delivered"),
        (unknown, "sent"),
        (unknown, "queued"),
        ("?message=x", "sent"),
        ("", "sent"),
    ):
        values = {"MessageSid": "SM1", "MessageStatus": status}
        signature = RequestValidator("sandbox").compute_signature(f"http://127.0.0.1:8104{PATH}{query}", values)
        assert http.post(PATH + query, data=values, headers={"X-Twilio-Signature": signature}).status_code == 404
    sent(desk)
    query = f"?message={desk.message().id}"
    signature = RequestValidator("sandbox").compute_signature(f"http://127.0.0.1:8104{PATH}{query}", {"MessageSid": "SM1"})
    refused = http.post(PATH + query, data={"MessageSid": "SM1"}, headers={"X-Twilio-Signature": signature})
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == "MessageStatus"


def test_what_ses_says_of_an_email_is_noted_once(desk: Desk, http: FlaskClient) -> None:
    mailed(desk)
    for event in ("Send", "Delivery", "Delivery", "Open", "DeliveryDelay"):
        assert ses(http, desk, event) == 204
    assert [fact for fact, *_ in desk.told()] == ["message_sent", "message_delivered"]


def test_what_sns_has_not_signed_is_refused(desk: Desk, http: FlaskClient) -> None:
    mailed(desk)
    assert ses(http, desk, "Delivery", signature="forged") == 403
    assert desk.message().status == "sent"


def test_without_a_topic_in_the_settings_nobody_is_believed(desk: Desk) -> None:
    http = create_app(desk.resources, *BLUEPRINTS, verifier=verifier).test_client()
    mailed(desk)
    assert ses(http, desk, "Delivery") == 403


def test_a_subscription_is_confirmed_and_odd_bodies_do_no_harm(desk: Desk, http: FlaskClient) -> None:
    def post(body: Any) -> int:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return http.post("/notifications/callbacks/ses", data=raw, content_type="text/plain").status_code

    genuine = {"Signature": "genuine", "Type": "SubscriptionConfirmation", "SubscribeURL": "https://sns/"}
    assert post(genuine) == 204
    assert SNS.confirmed.pop() == "https://sns/"
    assert post(b"\xff") == post([]) == post(b"") == 400
    for event in ("[]", '{"mail": 1}', '{"mail": {"tags": {"message": []}}}', '{"mail": {"tags": {"message": ["x"]}}}'):
        assert post({"Signature": "genuine", "Type": "Notification", "Message": event}) == 204


def test_every_endpoint_says_what_it_answers(http: FlaskClient) -> None:
    document = http.get("/notifications/openapi.json").get_json()
    validate(document)
    answers = {
        (path.removeprefix("/notifications"), method): set(operation["responses"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert answers == {
        ("/messages", "get"): {"200", "401", "403", "422", "428", "default"},
        ("/notices", "get"): {"200", "401", "403", "422", "default"},
        ("/callbacks/twilio", "post"): {"204", "403", "404", "422", "default"},
        ("/callbacks/ses", "post"): {"204", "400", "403", "503", "default"},
        ("/callbacks/aws-sms", "post"): {"204", "400", "403", "503", "default"},
    }
