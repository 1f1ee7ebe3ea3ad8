"""The SMS port: one suite on the fake and on Twilio's client over HTTP; then what is Twilio's own."""

from __future__ import annotations

import ssl
import threading
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.chassis.jobs import OutcomeUnknown, RetryAfter
from services.chassis.seal import generate_keypair
from services.chassis.settings import Secret, Url
from services.chassis.testing import free_port
from services.notifications.messages import codes
from services.notifications.settings import Settings
from services.notifications.sms.port import NoAnswer, Sms, SmsAccountRefused, SmsRefused, SmsUnavailable
from services.notifications.sms.twilio import TwilioSms
from tests.integration.notifications.fakes import FakeSms
from tests.integration.notifications.providers import Fault, Twilio
from tests.integration.notifications.sms_suite import SECONDS, TO, SmsSuite, World


class FakeWorld(World):
    def __init__(self) -> None:
        self.provider = self.fake = FakeSms()

    def taken(self) -> list[tuple[str, str]]:
        return [(one.to, one.text) for _, _, one in self.fake.taken]

    def next_answer_is_lost(self) -> None:
        self.fake.lost_answers.append(NoAnswer("lost"))

    def next_is_refused(self) -> None:
        self.fake.faults.append(SmsRefused(codes.INVALID_NUMBER, "refused"))

    def next_meets_a_busy_provider(self) -> None:
        self.fake.faults.append(RetryAfter("busy", after_seconds=7))

    def nobody_is_there(self) -> None:
        self.fake.faults.append(SmsUnavailable("away"))


class TwilioWorld(World):
    def __init__(self, twilio: Twilio) -> None:
        self.twilio = twilio
        self.provider = client(twilio.url)

    def taken(self) -> list[tuple[str, str]]:
        return [(one.to, one.body) for one in self.twilio.taken]

    def next_answer_is_lost(self) -> None:
        self.twilio.faults.append(Fault(take_first=True, cut=True))

    def next_is_refused(self) -> None:
        self.twilio.faults.append(Fault(status=400, code=21211))

    def next_meets_a_busy_provider(self) -> None:
        self.twilio.faults.append(Fault(status=429, code=20429, retry_after="7"))

    def nobody_is_there(self) -> None:
        self.provider = client(f"http://127.0.0.1:{free_port()}")


def client(url: str, *, connections: int = 4, **settings: Any) -> TwilioSms:
    made = Settings(seal_private_key=generate_keypair().private_key, twilio_base_url=Url(url), **settings)
    return TwilioSms(made, connections=connections)


class TestFake(SmsSuite):
    @pytest.fixture
    def world(self) -> World:
        return FakeWorld()


class TestTwilio(SmsSuite):
    @pytest.fixture
    def world(self) -> Iterator[World]:
        with Twilio() as twilio:
            yield TwilioWorld(twilio)


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with Twilio() as running:
        yield running


@pytest.mark.parametrize(
    ("status", "code", "error", "word"),
    [
        (400, 21614, SmsRefused, codes.INVALID_NUMBER),
        (400, 21610, SmsRefused, codes.UNSUBSCRIBED),
        # about us (row 18 of inputs.md), with its relatives: no route, a limit, a text that we wrote, what nobody knows
        (400, 21408, SmsAccountRefused, "route"),
        (400, 21612, SmsAccountRefused, "route"),
        (400, 30454, SmsAccountRefused, "route"),
        (400, 63038, SmsAccountRefused, "limit"),
        (400, 21617, SmsAccountRefused, "request"),
        (400, 29999, SmsAccountRefused, "unknown_answer"),
        (400, 21611, RetryAfter, None),
        (400, 21606, SmsAccountRefused, "sender"),
        (401, 20003, SmsAccountRefused, "credentials"),
        (403, 20006, SmsAccountRefused, "account"),
        (404, 20404, SmsAccountRefused, "request"),
        (429, 20429, RetryAfter, None),
        (500, 20500, NoAnswer, None),
        (503, 20503, NoAnswer, None),
    ],
)
def test_each_answer_of_twilio_has_its_meaning(
    twilio: Twilio, status: int, code: int, error: type[Exception], word: str | None
) -> None:
    twilio.faults.append(Fault(status=status, code=code))
    with pytest.raises(error) as caught:
        client(twilio.url).send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
    assert getattr(caught.value, "code", None) == word
    assert TO not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_answer_that_takes_too_long_leaves_the_outcome_open(twilio: Twilio) -> None:
    twilio.faults.append(Fault(status=201, hang_seconds=3, take_first=True))
    with pytest.raises(OutcomeUnknown):
        client(twilio.url).send(Sms(TO, "BHXH VN: mot"), timeout=0.3)


def test_a_wrong_token_is_our_fault_and_not_the_messages(twilio: Twilio) -> None:
    with pytest.raises(SmsAccountRefused):
        client(twilio.url, twilio_auth_token=Secret("wrong")).send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)


def test_brand_callback_and_validity_go_along(twilio: Twilio) -> None:
    url = "https://vss.example/notifications/callbacks/twilio?message=1"
    base = Url("https://vss.example")
    client(twilio.url, callback_base_url=base).send(Sms(TO, "BHXH VN: mot", "1", 299), timeout=SECONDS)
    (taken,) = twilio.taken
    assert (taken.from_, taken.callback, taken.form["ValidityPeriod"]) == ("BHXHVN", url, "299")
    client(twilio.url, twilio_from="MG" + "0" * 32).send(Sms(TO, "BHXH VN: hai"), timeout=SECONDS)
    assert twilio.taken[1].form["MessagingServiceSid"] == "MG" + "0" * 32
    assert "From" not in twilio.taken[1].form


def test_the_sentence_of_a_trial_account_does_not_hide_a_message(twilio: Twilio) -> None:
    began = datetime.now(UTC)
    sent = client(twilio.url)
    sid = sent.send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
    twilio.taken[0].body = "Sent from your Twilio trial account - BHXH VN: mot"
    assert sent.find(Sms(TO, "BHXH VN: mot"), since=began, timeout=SECONDS) == [sid]


@pytest.mark.parametrize(("status", "error"), [(502, NoAnswer), (403, SmsAccountRefused), (201, NoAnswer)])
def test_a_page_of_something_in_between_is_no_answer_of_twilios(
    twilio: Twilio, monkeypatch: pytest.MonkeyPatch, status: int, error: type[Exception]
) -> None:
    monkeypatch.setattr("tests.integration.notifications.providers.json.dumps", lambda _: "<html>no</html>")
    twilio.faults.append(Fault(status=status))
    with pytest.raises(error):
        client(twilio.url).send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)


def test_who_shows_a_certificate_that_nobody_vouches_for_gets_no_message(twilio: Twilio, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, datetime(2020, 1, 1), datetime(2090, 1, 1))  # noqa: DTZ001
    (tmp_path / "pem").write_bytes(
        made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pem")
    twilio.speak_tls(context)
    with pytest.raises(SmsAccountRefused):
        client(twilio.url.replace("http://127.0.0.1", "https://localhost")).send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
    assert twilio.requests == []


def test_no_log_shows_a_phone_or_a_text(twilio: Twilio, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    sender = client(twilio.url)
    sender.send(Sms(TO, "BHXH VN: mot"), timeout=SECONDS)
    sender.find(Sms(TO, "BHXH VN: mot"), since=datetime.now(UTC), timeout=SECONDS)
    assert "983847986" not in caplog.text
    assert "mot" not in caplog.text


def test_looking_sends_no_text_in_an_address(twilio: Twilio) -> None:
    client(twilio.url).find(Sms(TO, "BHXH VN: Mat khau: x"), since=datetime.now(UTC), timeout=SECONDS)
    ((method, path),) = twilio.requests
    assert method == "GET"
    assert "Mat" not in urllib.parse.unquote(path)


def test_connections_are_kept_and_used_again(twilio: Twilio) -> None:
    provider = client(twilio.url, connections=8)
    together = threading.Barrier(8)

    def send(number: int) -> str:
        if number < 8:
            together.wait(10)
        return provider.send(Sms(TO, f"BHXH VN: {number}"), timeout=10)

    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(send, range(200)))
    # each caller got the answer to its own request
    assert {one.sid: one.body for one in twilio.taken} == {sid: f"BHXH VN: {n}" for n, sid in enumerate(ids)}
    assert twilio.connections <= 8
