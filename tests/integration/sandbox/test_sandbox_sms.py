"""The SMS stand-in, used through Twilio's own client."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

_ACCOUNT = "AC" + "a1" * 16
_ME = "+84983847986"


class _HereInstead(TwilioHttpClient):
    """Twilio's client, sent to the sandbox."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self._base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self._base), *args, **kwargs)


@pytest.fixture
def client(sandbox: Any) -> Client:
    return Client(_ACCOUNT, "sandbox", http_client=_HereInstead(sandbox.url))


class _Receiver:
    """What is told to a status callback address, and the answers it gets: first those of `answers`, then 204."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.heard: list[tuple[dict[str, str], str]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                receiver.heard.append((form, self.headers["X-Twilio-Signature"]))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/callbacks?x=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def statuses(self) -> list[str]:
        return [form["MessageStatus"] for form, _signature in self.heard]


@pytest.fixture
def receiver() -> Iterator[_Receiver]:
    made = _Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_message_arrives_and_is_followed_from_queued_to_delivered(sandbox: Any, client: Client) -> None:
    sent = client.messages.create(to=_ME, from_="VSS", body="VSS: OTP: 123456")
    assert (sent.status, sent.direction, sent.num_segments, sent.error_code) == ("queued", "outbound-api", "1", None)
    arrived = sandbox.until(lambda: sandbox.inbox(to="0983847986", channel="sms"), "the arrival")
    assert [(one["to"], one["from"], one["text"]) for one in arrived] == [(_ME, "VSS", "VSS: OTP: 123456")]
    now = client.messages(sent.sid).fetch()
    assert (now.status, now.body, now.date_sent.tzinfo is not None) == ("delivered", "VSS: OTP: 123456", True)


def test_a_messaging_service_may_stand_for_the_sender(sandbox: Any, client: Client) -> None:
    sent = client.messages.create(to=_ME, messaging_service_sid="MG" + "b2" * 16, body="Chao")
    assert (sent.status, sent.from_) == ("accepted", None)
    assert sandbox.until(sandbox.inbox, "the arrival")[0]["from"]


def test_messages_are_listed_by_phone_and_time_over_several_pages(sandbox: Any, client: Client) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    other = "+84353659544"
    for number in range(7):
        client.messages.create(to=other, from_="VSS", body=f"Tin {number}")
    client.messages.create(to=_ME, from_="VSS", body="Tin khac")
    sandbox.until(lambda: len(sandbox.inbox()) == 8, "the arrival of all")
    listed = client.messages.list(to=other, date_sent_after=before, page_size=3)
    assert [one.body for one in listed] == [f"Tin {number}" for number in reversed(range(7))]
    assert client.messages.list(to=other, date_sent_after=before + timedelta(hours=1)) == []
    assert client.messages.list(to=other, date_sent_before=before) == []
    assert len(client.messages.list(to=other, date_sent=before.date())) >= 7


@pytest.mark.parametrize(
    ("to", "body", "code"),
    [
        ("+84900000001", "Chao", 21211),
        ("0983847986", "Chao", 21211),
        ("+84900000002", "Chao", 21612),
        ("+84900000003", "Chao", 21408),
        ("+84900000004", "Chao", 21610),
        ("+84900000009", "Chao", 21614),
        ("+15005550009", "Chao", 21614),
        (_ME, "", 21602),
        (_ME, "x" * 1601, 21617),
        ("+84900000429", "Chao", 20429),
        ("+84900000500", "Chao", 20500),
        ("+84900000503", "Chao", 20503),
    ],
)
def test_what_cannot_be_sent_is_refused_with_twilios_code(
    sandbox: Any, client: Client, to: str, body: str, code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=to, from_="VSS", body=body)
    assert refused.value.code == code
    assert sandbox.inbox() == []


def test_a_wrong_token_gets_twilios_answer_to_that(sandbox: Any) -> None:
    stranger = Client(_ACCOUNT, "wrong", http_client=_HereInstead(sandbox.url))
    with pytest.raises(TwilioRestException) as refused:
        stranger.messages.create(to=_ME, from_="VSS", body="Chao")
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_an_unknown_message_is_not_found_and_one_of_another_account_neither(sandbox: Any, client: Client) -> None:
    sent = client.messages.create(to=_ME, from_="VSS", body="Chao")
    for other, sid in (
        (client, "SM" + "0" * 32),
        (Client("AC" + "c3" * 16, "sandbox", http_client=_HereInstead(sandbox.url)), sent.sid),
    ):
        with pytest.raises(TwilioRestException) as refused:
            other.messages(sid).fetch()
        assert refused.value.code == 20404


def test_callbacks_tell_sent_then_delivered_and_are_signed(sandbox: Any, client: Client, receiver: _Receiver) -> None:
    sent = client.messages.create(to=_ME, from_="VSS", body="Chao", status_callback=receiver.url)
    sandbox.until(lambda: len(receiver.heard) == 2, "both callbacks")
    assert receiver.statuses == ["sent", "delivered"]
    for form, signature in receiver.heard:
        assert form["MessageSid"] == sent.sid
        assert RequestValidator("sandbox").validate(receiver.url, form, signature)


def test_a_message_that_gets_lost_is_told_with_a_code_and_does_not_arrive(
    sandbox: Any, client: Client, receiver: _Receiver
) -> None:
    sent = client.messages.create(to="+84900000103", from_="VSS", body="Chao", status_callback=receiver.url)
    sandbox.until(lambda: len(receiver.heard) == 2, "both callbacks")
    assert receiver.statuses == ["sent", "undelivered"]
    assert receiver.heard[1][0]["ErrorCode"] == "30003"
    assert sandbox.inbox() == []
    assert client.messages(sent.sid).fetch().error_code == 30003


def test_a_callback_is_tried_again_after_a_server_fault_and_not_for_ever(
    sandbox: Any, client: Client, receiver: _Receiver
) -> None:
    receiver.answers = [500, 503]
    client.messages.create(to=_ME, from_="VSS", body="Chao", status_callback=receiver.url)
    sandbox.until(lambda: len(receiver.heard) == 4, "the fourth callback")
    assert receiver.statuses == ["sent", "sent", "sent", "delivered"]
    receiver.heard.clear()
    receiver.answers = [500] * 3
    client.messages.create(to=_ME, from_="VSS", body="Chao", status_callback=receiver.url)
    sandbox.until(lambda: "delivered" in receiver.statuses, "the next callback after one was given up")
    assert receiver.statuses == ["sent"] * 3 + ["delivered"]


def test_a_refused_callback_is_not_tried_again(sandbox: Any, client: Client, receiver: _Receiver) -> None:
    receiver.answers = [403]
    client.messages.create(to=_ME, from_="VSS", body="Chao", status_callback=receiver.url)
    sandbox.until(lambda: len(receiver.heard) == 2, "both callbacks")
    assert receiver.statuses == ["sent", "delivered"]


def test_the_answer_may_get_lost_while_the_message_arrives(sandbox: Any, client: Client) -> None:
    with pytest.raises(requests.exceptions.ConnectionError):
        client.messages.create(to="+84900000499", from_="VSS", body="Chao")
    sandbox.until(lambda: sandbox.inbox(to="+84900000499"), "the arrival")
    assert [one.status for one in client.messages.list(to="+84900000499", limit=1)] == ["delivered"]
