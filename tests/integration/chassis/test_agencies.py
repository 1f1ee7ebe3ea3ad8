"""`vss agencies tail`: another agency's view of the public stream."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pika
import pytest
from typer.testing import CliRunner, Result

from services.chassis.bus.topology import PUBLIC_EXCHANGE, PUBLIC_STREAM
from services.chassis.cli import agencies

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]

Run = Callable[..., Result]


class Feed:
    """The public exchange and stream, without a service."""

    def __init__(self, uri: str) -> None:
        self.connection = pika.BlockingConnection(pika.URLParameters(uri))
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()
        self.channel.exchange_declare(PUBLIC_EXCHANGE, "topic", durable=True)
        self.channel.queue_declare(PUBLIC_STREAM, durable=True, arguments={"x-queue-type": "stream"})
        self.channel.queue_bind(PUBLIC_STREAM, PUBLIC_EXCHANGE, "#")

    def publish(self, numbers: range) -> None:
        for n in numbers:
            headers = {"cloudEvents:id": f"id-{n}", "cloudEvents:type": "vn.vss.registration.declaration_submitted.v1"}
            body = json.dumps({"dossier_no": str(n)}).encode() if n != 3 else b"\xff"
            self.channel.basic_publish(PUBLIC_EXCHANGE, "fact", body, pika.BasicProperties(headers=headers), mandatory=True)


@pytest.fixture
def feed(amqp_uri: str) -> Iterator[Feed]:
    feed = Feed(amqp_uri)
    yield feed
    feed.connection.close()


@pytest.fixture
def tail(amqp_uri: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("AMQP_URI", amqp_uri)
    return lambda *arguments: CliRunner().invoke(agencies.app, ["tail", *arguments])


def ids(done: Result) -> list[str]:
    assert done.exit_code == 0, done.output
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_the_stream_is_read_from_its_first_fact_as_often_as_one_likes(feed: Feed, tail: Run) -> None:
    feed.publish(range(5))
    for _ in range(2):
        done = tail()
        assert ids(done) == [f"id-{n}" for n in range(5)]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[1] == {
        "offset": 1,
        "id": "id-1",
        "type": "vn.vss.registration.declaration_submitted.v1",
        "data": {"dossier_no": "1"},
    }
    assert lines[3]["data_base64"] == "/w=="
    assert "5 read. Continue with --from 5." in done.stderr


def test_reading_goes_on_where_it_ended(feed: Feed, tail: Run) -> None:
    feed.publish(range(1_200))
    assert ids(tail("--count", "700"))[-1] == "id-699"
    assert ids(tail("--from", "700")) == [f"id-{n}" for n in range(700, 1_200)]


def test_a_time_or_an_age_is_a_place_too(feed: Feed, tail: Run) -> None:
    feed.publish(range(3))
    assert len(ids(tail("--from", "1h"))) == 3
    assert len(ids(tail("--from", (datetime.now(UTC) - timedelta(hours=1)).isoformat()))) == 3
    done = tail("--from", "yesterday")
    assert done.exit_code == 2
    assert "write first, last, next" in done.stderr


def test_without_a_stream_or_a_broker_that_is_said(tail: Run) -> None:
    done = tail()
    assert done.exit_code == 2
    assert "no queue 'public.stream'" in done.stderr
    assert "vss topology declare" in done.stderr
    assert tail("--amqp-uri", "amqp://127.0.0.1:1/").exit_code == 3


def test_following_goes_on_until_ctrl_c(feed: Feed, amqp_uri: str) -> None:
    program = "import sys; from services.chassis.cli.agencies import app; app(sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-uc", program, "tail", "--follow"],
        env={**os.environ, "AMQP_URI": amqp_uri, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    feed.publish(range(1))
    assert json.loads(process.stdout.readline())["id"] == "id-0"
    time.sleep(2.5)
    feed.publish(range(1, 2))
    assert json.loads(process.stdout.readline())["id"] == "id-1"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=15)
    assert process.returncode == 0
    assert "2 read. Continue with --from 2." in errors
