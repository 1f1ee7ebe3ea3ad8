"""The service as it runs: its own process, a real broker, providers over real sockets."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from playground.program import Program
from services.accounts.events import AccountActivated
from services.chassis.clock import move_to
from services.chassis.seal import KeyPair, generate_keypair
from services.chassis.testing import free_port
from tests.integration.notifications import facts
from tests.integration.notifications.providers import SID, Fault, MailServer, Taken, Twilio
from tests.stand import broker
from tests.stand.place import Place, fresh_place

SERVICE = "services.notifications.service:Notifications"
PASSWORD = "Kx7mQ2pR9w"


class Running:
    """A notifications process with its providers."""

    def __init__(self, place: Place, twilio: Twilio, mail: MailServer, folder: Path) -> None:
        self.place, self.twilio, self.mail, self.folder = place, twilio, mail, folder
        self.keys: KeyPair = generate_keypair()
        self.port = free_port()

    def start(self, **settings: Any) -> Program:
        return self.place.start(
            SERVICE,
            **{
                "SEAL_PRIVATE_KEY": self.keys.private_key.reveal(),
                "TWILIO_BASE_URL": self.twilio.url,
                "CALLBACK_BASE_URL": "https://vss.example",  # a proxy stands before it
                "HTTP_ADDRESS": f"127.0.0.1:{self.port}",
                "SMTP_PORT": self.mail.port,
                "DOCUMENTS_URL": f"file:{self.folder / 'documents'}",
                **settings,
            },
        ).ready()

    def call_back(self, sms: Taken, status: str, error: str | None = None) -> int:
        here = sms.callback.replace("https://vss.example", f"http://127.0.0.1:{self.port}")
        return self.twilio.call_back(sms, status, error, url=here)

    def facts_out(self, count: int) -> list[tuple[str, dict[str, Any]]]:
        taken = broker.take(self.place.amqp_uri, "listener", count)
        return [(one.routing_key, json.loads(one.body)) for one in taken]


@pytest.fixture(params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("notifications")
    with fresh_place(request, request.param, folder) as place, Twilio() as twilio, MailServer() as mail:
        yield Running(place, twilio, mail, folder)


@pytest.mark.rule("A2")
def test_an_activated_account_is_told_by_sms_and_mail_and_its_password_stays_nowhere(running: Running) -> None:
    program = running.start()
    broker.listen(running.place.amqp_uri, "notifications.events", "#")
    fact = facts.activated(running.keys, PASSWORD)
    running.place.send(fact)
    program.until(lambda: bool(running.twilio.taken and running.mail.mails), "handed over")

    (sms,) = running.twilio.taken
    assert sms.to == "+84983847986"
    assert f"Mat khau: {PASSWORD} " in sms.body
    assert "0113099841" in sms.body
    assert AccountActivated.example["dossier_no"] in sms.body
    (mail,) = running.mail.mails
    assert mail["To"] == "biennt@vss.gov.vn"
    text = mail.get_body(("plain",))
    assert text is not None
    assert f"Mật khẩu: {PASSWORD}" in text.get_content()

    told = running.facts_out(2)
    assert {name for name, _ in told} == {"message_sent"}
    assert {data["channel"] for _, data in told} == {"sms", "email"}

    assert running.call_back(sms, "delivered") == 204
    ((name, data),) = running.facts_out(1)
    assert (name, data["channel"], data["template"]) == ("message_delivered", "sms", "account_activated")

    # the same fact once more, as after a crash of its sender: under another id of the broker's it would be another message
    running.place.send(fact)
    running.place.send(fact)
    program.until(lambda: running.place.depth("notifications.in.v1") == 0, "read again")
    rows = running.place.rows("SELECT payload FROM jobs")
    assert [payload for (payload,) in rows] == [None, None]
    program.stop()
    assert len(running.twilio.taken) == 1
    _nowhere(running, program, PASSWORD)


@pytest.mark.rule("A5")
def test_a_one_time_code_goes_out_and_stays_nowhere(running: Running) -> None:
    program = running.start()
    running.place.send(facts.otp(running.keys, "493817", datetime.now(UTC) + timedelta(minutes=5)))
    program.until(lambda: bool(running.twilio.taken), "handed over")
    assert "OTP: 493817 " in running.twilio.taken[0].body
    assert 0 < int(running.twilio.taken[0].form["ValidityPeriod"]) <= 300
    program.until(lambda: running.place.rows("SELECT status FROM messages") == [("sent",)], "finished")
    program.stop()
    assert not running.mail.mails
    _nowhere(running, program, "493817")


def test_what_was_handed_over_just_before_a_crash_is_not_sent_again(running: Running) -> None:
    program = running.start()
    running.twilio.faults.append(Fault(take_first=True, hang_seconds=60))
    running.place.send(facts.activated(running.keys, PASSWORD, contact={"phone": "+84983847986", "email": None}))
    program.until(lambda: bool(running.twilio.taken), "taken by the provider")
    program.kill()
    _forget_leases(running)

    again = running.start()
    again.until(lambda: running.place.rows("SELECT status FROM messages") == [("sent",)], "known as sent")
    assert len(running.twilio.taken) == 1
    assert ("GET", f"/2010-04-01/Accounts/{SID}/Messages.json") in running.twilio.requests
    assert running.place.rows("SELECT provider_id FROM messages") == [(running.twilio.taken[0].sid,)]
    again.stop()
    _nowhere(running, again, PASSWORD)


@pytest.mark.rule("N3")
def test_a_legal_clock_that_runs_out_raises_an_alarm(running: Running) -> None:
    running.twilio.faults.append(Fault(status=503, times=10_000))
    clock = running.folder / "clock"
    program = running.start(CLOCK_OFFSET_FILE=clock, CLOCK_MAY_MOVE="true")
    broker.listen(running.place.amqp_uri, "notifications.events", "deadline_missed")
    running.place.send(facts.activated(running.keys, PASSWORD, contact={"phone": "+84983847986", "email": None}))
    program.until(lambda: running.place.rows("SELECT status FROM messages") == [("waiting",)], "read")
    move_to(clock, 15 * 60 + 1)
    ((name, data),) = running.facts_out(1)
    assert (name, data["template"], data["clock"]) == ("deadline_missed", "account_activated", "15-minutes")


def test_the_sandbox_is_a_provider_like_any_other(running: Running) -> None:
    port, mail_port = free_port(), free_port()
    command = ["-m", "deploy.sandbox", "--port", str(port), "--smtp-port", str(mail_port)]
    sandbox = Program("sandbox", command, folder=running.folder, extra={}).start()
    try:
        here = f"http://127.0.0.1:{port}"
        sandbox.until(lambda: _answers(f"{here}/healthz"), "up")
        program = running.start(
            TWILIO_BASE_URL=here, SMTP_PORT=mail_port, CALLBACK_BASE_URL=f"http://127.0.0.1:{running.port}"
        )
        running.place.send(facts.activated(running.keys, PASSWORD))
        # the callback is signed, and comes by itself
        delivered = "SELECT channel, status FROM messages ORDER BY channel"
        program.until(lambda: running.place.rows(delivered) == [("email", "sent"), ("sms", "delivered")], "delivered")
        inbox = _answers(f"{here}/inbox")["messages"]
        assert {one["channel"] for one in inbox} == {"sms", "email"}
        assert all(PASSWORD in one["text"] for one in inbox)
    finally:
        sandbox.kill()


@pytest.mark.rule("N16")
def test_what_a_dead_road_cannot_take_goes_by_the_other_whose_signed_event_says_that_it_arrived(running: Running) -> None:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    command = ["-m", "deploy.sandbox", "--port", str(port), "--smtp-port", str(free_port())]
    command += ["--aws-subscriber", f"http://127.0.0.1:{running.port}/notifications/callbacks/aws-sms"]
    sandbox = Program("sandbox", command, folder=running.folder, extra={}).start()
    try:
        sandbox.until(lambda: _answers(f"{here}/healthz"), "up")
        program = running.start(
            SMS_PROVIDER="both",
            TWILIO_BASE_URL=f"http://127.0.0.1:{free_port()}",
            AWS_SMS_ENDPOINT_URL=f"{here}/aws/sms-voice",
            AWS_SMS_CONFIGURATION_SET="vss",
            AWS_SMS_TOPIC_ARN="arn:aws:sns:ap-southeast-1:000000000000:sandbox-sms",
            SANDBOX_SNS_URL=f"{here}/sns",
            AWS_ACCESS_KEY_ID="sandbox",
            AWS_SECRET_ACCESS_KEY="sandbox",  # nobody checks it
        )
        for number in range(8):
            code = facts.otp(running.keys, f"49381{number}", datetime.now(UTC) + timedelta(minutes=5))
            running.place.send(code)
        by_aws = "SELECT count(*) FROM messages WHERE status = 'delivered' AND road = 'aws'"
        program.until(lambda: running.place.rows(by_aws) == [(8,)], "delivered")
        assert [one["road"] for one in _answers(f"{here}/inbox?channel=sms")["messages"]] == ["aws"] * 8
        (metric,) = [
            line
            for line in _answers(f"http://127.0.0.1:{running.port}/metrics").decode().splitlines()
            if line.startswith('vss_sms_road_share{road="aws"}')
        ]
        assert metric.endswith(" 50.0")
        program.stop()
        _nowhere(running, program, "493810")
    finally:
        sandbox.kill()


def _answers(url: str) -> Any:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            content = answer.read()
    except OSError:
        return None
    return json.loads(content) if content.startswith(b"{") else content


def _forget_leases(running: Running) -> None:
    """As if the half minute had passed after which another process takes over a dead one's jobs."""
    engine = sa.create_engine(running.place.database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE jobs SET lease_until = :past"), {"past": "2026-01-01 00:00:00+00:00"})


def _nowhere(running: Running, program: Program, secret: str) -> None:
    """Neither in the log, nor in any row, nor in any file that the service wrote."""
    assert secret not in program.output
    assert "+84983847986" not in program.output
    for table in ("messages", "jobs", "outbox", "inbox"):
        assert secret not in repr(running.place.rows(f"SELECT * FROM {table}"))
    for file in running.folder.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes(), file.name
