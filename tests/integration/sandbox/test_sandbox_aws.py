"""The stand-in for AWS End User Messaging, used through our own adapter and boto3; its events are signed like those of SNS."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from playground.program import Program
from services.chassis.jobs import RetryAfter
from services.chassis.seal import generate_keypair
from services.chassis.settings import Url
from services.chassis.testing import free_port
from services.chassis.testing.processes import wait_until
from services.notifications.settings import Settings
from services.notifications.sms.aws import AwsSms
from services.notifications.sms.port import NoAnswer, Sms, SmsAccountRefused, SmsProvider, SmsRefused, SmsUnavailable
from services.notifications.sns.signature import NotFromSns, Sns
from tests.integration.notifications import sms_suite as port

pytestmark = pytest.mark.rule("N16")

TOPIC = "arn:aws:sns:ap-southeast-1:000000000000:sandbox-sms"
SMS = Sms("+84983847986", "BHXH VN: mot", "019aa5b5-c0de-7000-a000-00000000000d", 300)


class World:
    """The sandbox with a door of AWS's own, and a subscriber of its topic."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[dict[str, Any]] = []
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                world.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url, self.door = f"http://127.0.0.1:{free_port()}", free_port()
        command = ["-m", "deploy.sandbox", "--port", self.url.rpartition(":")[2], "--smtp-port", str(free_port())]
        command += ["--aws-port", str(self.door), "--delivery-seconds", "0.1"]
        command += ["--aws-subscriber", f"http://127.0.0.1:{self._server.server_port}/"]
        self._sandbox = Program("sandbox", command, folder=folder, extra={}, address=(self.url, "/healthz"))
        self._sandbox.start().ready(60)
        self.sns = Sns(TOPIC, sandbox=Url(f"{self.url}/sns"))

    def aws(self, seconds: float = 5.0) -> AwsSms:
        settings = Settings(
            seal_private_key=generate_keypair().private_key,
            aws_sms_endpoint_url=Url(f"http://127.0.0.1:{self.door}/aws/sms-voice"),
            aws_sms_configuration_set="vss",
            sms_timeout_seconds=seconds,
        )
        return AwsSms(settings, connections=2)

    def switch(self, **faults: Any) -> None:
        requests.put(f"{self.url}/faults/aws", json=faults, timeout=5).raise_for_status()

    def inbox(self) -> list[dict[str, Any]]:
        return list(requests.get(f"{self.url}/inbox?channel=sms", timeout=5).json()["messages"])

    def told(self, to: str) -> list[str]:
        """The events of SMS to this phone, in order."""
        events = [json.loads(message["Message"]) for message in self.heard]
        return [event["eventType"] for event in events if event["destinationPhoneNumber"] == to]

    def close(self) -> None:
        self._sandbox.stop()
        self._server.shutdown()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("aws"))
    yield made
    made.close()


@pytest.fixture
def world(running: World, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    running.switch()
    # what the test before has sent arrives first
    assert wait_until(lambda: not _is_shut(running), 10)
    time.sleep(0.5)
    requests.delete(f"{running.url}/inbox", timeout=5).raise_for_status()
    running.heard.clear()
    return running


class AwsWorld(port.World):
    """AWS at the sandbox, for the suite of the port."""

    #: AWS does not say how long
    busy_seconds = 5.0

    def __init__(self, world: World) -> None:
        self._world, self.provider = world, world.aws()

    def taken(self) -> list[tuple[str, str]]:
        time.sleep(0.3)
        return [(each["to"], each["text"]) for each in self._world.inbox()]

    def next_answer_is_lost(self) -> None:
        self._world.switch(share=1, cut=True)

    def next_is_refused(self) -> None:
        self._world.switch(share=1, refuse="ValidationException DestinationPhoneNumber")

    def next_meets_a_busy_provider(self) -> None:
        self._world.switch(share=1, refuse="ThrottlingException")

    def nobody_is_there(self) -> None:
        self._world.switch(dead=True)
        assert wait_until(lambda: _is_away(self.provider), 10)


class TestAws(port.SmsSuite):
    @pytest.fixture
    def world(self, world: World) -> port.World:
        return AwsWorld(world)

    def test_what_was_taken_is_found_by_phone_text_and_time(self, world: port.World) -> None:
        """Not by AWS: it cannot be asked."""
        world.provider.send(SMS, timeout=5)
        assert world.provider.find(SMS, since=datetime.now(UTC), timeout=5) is None

    def test_an_answer_that_is_lost_leaves_the_outcome_open_and_the_message_to_be_found(self, world: port.World) -> None:
        """The outcome is as open; nothing can be found."""
        world.next_answer_is_lost()
        with pytest.raises(NoAnswer):
            world.provider.send(SMS, timeout=5)
        assert world.provider.find(SMS, since=datetime.now(UTC), timeout=5) is None


def test_an_sms_arrives_and_two_events_say_so_signed_like_those_of_sns(world: World) -> None:
    id_ = world.aws().send(SMS, timeout=5)
    assert wait_until(lambda: len(world.told(SMS.to)) == 2, 10)
    for message in world.heard:
        world.sns.check(message)
        with pytest.raises(NotFromSns):
            world.sns.check(message | {"Message": "{}"})
        with pytest.raises(NotFromSns):
            Sns(TOPIC).check(message)
    first, last = (json.loads(message["Message"]) for message in world.heard)
    assert (first["eventType"], first["isFinal"]) == ("TEXT_PENDING", False)
    assert (last["eventType"], last["isFinal"]) == ("TEXT_DELIVERED", True)
    assert (last["messageId"], last["context"]) == (id_, {"message": SMS.message_id})
    (arrived,) = world.inbox()
    assert (arrived["text"], arrived["road"], arrived["sid"]) == (SMS.text, "aws", id_)


def test_it_knows_our_account(world: World) -> None:
    assert "PRODUCTION" in world.aws().check(timeout=5)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"refuse": "ValidationException SENDER_ID_NOT_REGISTERED"}, SmsAccountRefused),
        ({"refuse": "ThrottlingException"}, RetryAfter),
        ({"fail": 500}, NoAnswer),
        ({"cut": True}, NoAnswer),
    ],
)
def test_each_fault_can_be_switched_on(world: World, fault: dict[str, Any], error: type[Exception]) -> None:
    world.switch(share=1, **fault)
    with pytest.raises(error):
        world.aws().send(SMS, timeout=5)
    assert wait_until(lambda: bool(world.inbox()) == ("cut" in fault), 10)


def test_a_slow_one_answers_too_late_and_has_taken_it(world: World) -> None:
    world.switch(share=1, answer_seconds=1)
    with pytest.raises(NoAnswer):
        world.aws(0.3).send(SMS, timeout=0.3)
    assert wait_until(lambda: bool(world.inbox()), 10)


def test_a_dead_one_takes_nothing_until_it_is_back(world: World) -> None:
    aws = world.aws()
    aws.send(SMS, timeout=5)
    world.switch(dead=True)
    assert wait_until(lambda: _is_away(aws), 10)
    world.switch()
    assert wait_until(lambda: not _is_away(aws), 10)


def _is_shut(world: World) -> bool:
    try:
        world.aws().check(timeout=5)
    except SmsUnavailable:
        return True
    return False


def _is_away(aws: SmsProvider) -> bool:
    try:
        aws.send(SMS, timeout=5)
    except (SmsUnavailable, NoAnswer) as error:
        return isinstance(error, SmsUnavailable)
    return False


def test_a_number_that_nobody_has_is_refused_or_lost(world: World) -> None:
    with pytest.raises(SmsRefused) as refused:
        world.aws().send(Sms("+84900000001", "BHXH VN: mot"), timeout=5)
    assert refused.value.code == "invalid_number"
    world.aws().send(Sms("+84900000103", "BHXH VN: mot", SMS.message_id), timeout=5)
    assert wait_until(lambda: world.told("+84900000103") == ["TEXT_PENDING", "TEXT_UNREACHABLE"], 10)
    assert [each for each in world.inbox() if each["to"] == "+84900000103"] == []
