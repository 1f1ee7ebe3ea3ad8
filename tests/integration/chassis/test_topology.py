"""`vss topology` against a real broker: what differs is told, what is missing is made, nothing else is touched."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pytest
from typer.testing import CliRunner, Result

from services.chassis.cli import topology as cli
from services.chassis.testing import RabbitNode, free_port

SERVICE = """
from marshmallow import fields
from services.chassis.facts import Reader, reads
from services.chassis.settings import ChassisSettings, Secret, setting

class Submitted(Reader, service="registration", name="declaration_submitted", version=1):
    dossier_no: str = reads(fields.String(required=True))

class Settings(ChassisSettings, service="verification"):
    delivery_limit: int = setting(default=20, help="fewer than others", minimum=1, maximum=100)
    directory_token: Secret = setting(help="not needed here")

class Verification:
    name = "verification"
    publishes = ()
    reads = {Submitted: lambda session, fact: None}
    settings = Settings
"""
INBOUND = "verification.in.v1"

Run = Callable[..., Result]


@pytest.fixture
def vss(amqp_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    (tmp_path / "topology_example.py").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AMQP_URI", amqp_uri)

    def run(command: str, *arguments: str) -> Result:
        return CliRunner().invoke(cli.app, [command, "--service", "topology_example:Verification", *arguments])

    yield run
    sys.modules.pop("topology_example", None)


@pytest.fixture
def connection(amqp_uri: str) -> Iterator[pika.BlockingConnection]:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    yield connection
    connection.close()


def test_all_that_is_missing_is_told_and_comparing_makes_nothing(vss: Run) -> None:
    for _ in range(2):
        done = vss("check")
        assert done.exit_code == 1
        assert "exchange registration.events: missing" in done.stdout
        assert f"queue {INBOUND}: missing" in done.stdout
        assert "queue public.stream: missing" in done.stdout
        assert "`vss topology declare` makes what is missing" in done.stderr


def test_what_is_declared_is_as_it_should_be_and_is_bound(vss: Run, connection: pika.BlockingConnection) -> None:
    for _ in range(2):
        assert vss("declare").exit_code == 0
    done = vss("check")
    # what could not be compared is no "all well"
    assert done.exit_code == 4, done.output
    assert "3 queues compared, 0 not as they should be" in done.stdout
    assert "Not compared: binding, policy, user, left over." in done.stderr
    assert "--management-url" in done.stderr

    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish("registration.events", "declaration_submitted", b"{}", mandatory=True)
    assert channel.basic_get(INBOUND, auto_ack=True)[2] == b"{}"


def test_each_argument_that_differs_is_told(vss: Run, connection: pika.BlockingConnection) -> None:
    channel = connection.channel()
    channel.exchange_declare("verification.events", "fanout", durable=False, arguments={"alternate-exchange": "lost"})
    channel.queue_declare(
        INBOUND,
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-delivery-limit": 7,
            "x-overflow": "reject-publish",
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "verification.parked",
            "x-max-length": 10,
        },
    )
    channel.queue_declare("verification.parked", durable=True)
    channel.queue_declare("public.stream", durable=True, arguments={"x-queue-type": "stream", "x-max-length-bytes": 5})

    done = vss("check")

    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert {
        "exchange verification.events: type should be topic, is fanout",
        "exchange verification.events: durable should be true, is false",
        "exchange verification.events: alternate-exchange should be not set, is lost",
        f"queue {INBOUND}: x-delivery-limit should be 20, is 7",
        f"queue {INBOUND}: x-max-length should be not set, is 10",
        f"queue {INBOUND}: x-max-length-bytes should be 2147483648, is not set",
        f"queue {INBOUND}: x-dead-letter-strategy should be at-least-once, is not set",
        "queue verification.parked: x-queue-type should be quorum, is not set",
        "queue public.stream: x-max-length-bytes should be 21474836480, is 5",
    } <= set(lines)
    assert "cannot be changed" in done.stderr


def test_declaring_leaves_alone_what_differs_and_makes_the_rest(vss: Run, connection: pika.BlockingConnection) -> None:
    connection.channel().queue_declare("verification.parked", durable=True)
    done = vss("declare")
    assert done.exit_code == 1
    assert "queue verification.parked: x-queue-type should be quorum, is not set" in done.stdout
    assert connection.channel().queue_declare(INBOUND, passive=True).method.message_count == 0
    assert vss("check").stdout.count("should be") == 2  # the finding and the summary


def test_the_environment_counts_unless_the_defaults_are_asked_for(vss: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert vss("declare").exit_code == 0
    monkeypatch.setenv("VERIFICATION_DELIVERY_LIMIT", "30")
    assert f"queue {INBOUND}: x-delivery-limit should be 30, is 20" in vss("check").stdout
    assert vss("check", "--defaults").exit_code == 4
    monkeypatch.setenv("VERIFICATION_DELIVERY_LIMIT", "many")
    done = vss("check")
    assert done.exit_code == 2
    assert "VERIFICATION_DELIVERY_LIMIT: expected" in done.stderr


def test_the_table_shows_queues_arguments_and_bindings(vss: Run) -> None:
    done = vss("show")
    assert done.exit_code == 0
    assert "delivery-limit=20" in done.stdout
    assert "verification.parked" in done.stdout
    assert "registration.events" in done.stdout
    assert json.loads(vss("show", "--json").stdout)["vhosts"]


def test_the_exported_file_is_what_rabbitmq_imports(
    vss: Run, rabbit: RabbitNode, amqp_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "deploy" / "definitions.json"
    monkeypatch.setenv("DELIVERY_LIMIT", "30")
    assert vss("export", "--out", str(file)).exit_code == 0
    assert vss("export", "--out", str(file), "--check").exit_code == 0
    assert vss("export", "--out", str(file), "--check", "--environment").exit_code == 1
    monkeypatch.delenv("DELIVERY_LIMIT")

    vhost = amqp_uri.rsplit("/", 1)[1]
    there = tmp_path / "there.json"
    document = file.read_text().replace('"vhost": "/"', f'"vhost": "{vhost}"').replace('"name": "/"', f'"name": "{vhost}"')
    there.write_text(document)
    rabbit.ctl("import_definitions", str(there))

    exported = tmp_path / "exported.json"
    rabbit.ctl("export_definitions", str(exported))
    done = vss("check", "--definitions", str(exported))
    assert done.exit_code == 0, done.output
    assert "bindings, 2 policies, 0 users compared, 0 not as they should be" in done.stdout

    file.write_text(file.read_text().replace("20,", "21,"))
    done = vss("export", "--out", str(file), "--check")
    assert done.exit_code == 1
    assert "Write it anew" in done.stderr


def test_no_broker_is_told(vss: Run) -> None:
    done = vss("check", "--amqp-uri", "amqp://guest:hunter2@127.0.0.1:1/")
    assert done.exit_code == 3
    assert "hunter2" not in done.output


def test_a_service_is_named_with_or_without_the_option(vss: Run) -> None:
    one, other = vss("show"), CliRunner().invoke(cli.app, ["show", "topology_example:Verification"])
    assert one.exit_code == other.exit_code == 0
    assert one.stdout == other.stdout


def test_a_service_that_is_none_is_asked_for_wrongly() -> None:
    done = CliRunner().invoke(cli.app, ["show", "--service", "nobody"])
    assert done.exit_code == 2
    assert "There is no service 'nobody' here" in done.stderr


# What a person is told about a broker


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("amqp://guest:hunter2@127.0.0.1:{free}/", "nothing listens there"),
        ("amqp://guest:hunter2@127.0.0.1:{silent}/", "no answer within"),
        ("amqp://guest:hunter2@localhost:{silent}/", "no answer within"),
        ("amqp://guest:hunter2@127.0.0.1:{broker}/", "user name and password"),
        ("amqp://guest:guest@127.0.0.1:{broker}/nowhere", "virtual host"),
        ("amqp://guest:hunter2@no-such-host.invalid/", "no such host"),
    ],
)
def test_a_broker_that_cannot_be_reached_is_told_within_10_s_without_the_password(
    rabbit: RabbitNode, vss: Run, uri: str, words: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = uri.format(free=free_port(), silent=silent.getsockname()[1], broker=rabbit.start().port)
        began = time.monotonic()
        done = vss("check", "--amqp-uri", uri)
    assert time.monotonic() - began < 10
    assert done.exit_code == 3, done.output
    assert words in done.stderr
    assert "hunter2" not in done.output


def test_an_address_that_is_none_is_asked_for_wrongly(vss: Run) -> None:
    done = vss("check", "--amqp-uri", "http://guest:hunter2@127.0.0.1/")
    assert done.exit_code == 2
    assert "hunter2" not in done.output
