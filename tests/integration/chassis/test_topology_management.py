"""`vss topology` with the management plugin: bindings, policies and users are compared, too, and become metrics."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pika
import pytest
from typer.testing import CliRunner, Result

from services.chassis.bus import agencies as bounds
from services.chassis.cli import agencies
from services.chassis.cli import topology as cli
from services.chassis.testing import RabbitNode, free_port
from services.chassis.testing.processes import accepts, wait_until

ROOT = Path(__file__).parents[3]
SERVICE = """
from marshmallow import fields
from services.chassis.facts import Reader, reads

class Submitted(Reader, service="registration", name="declaration_submitted", version=1):
    dossier_no: str = reads(fields.String(required=True))

class Verification:
    name = "verification"
    publishes = ()
    reads = {Submitted: lambda session, fact: None}
"""
BINDING = "registration.events -> verification.in.v1 (declaration_submitted)"

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def managed(nodes_folder: Path) -> Iterator[RabbitNode]:
    """A broker of this file's own, with the plugin and three users."""
    node = RabbitNode(nodes_folder / "managed", plugins=["rabbitmq_management"]).start()
    assert wait_until(lambda: accepts(node.management_port), 30)
    for user, tag in (("observer", "monitoring"), ("boss", "administrator"), ("stranger", "")):
        node.evaluate(
            f'rabbit_auth_backend_internal:add_user(<<"{user}">>, <<"p/w@d">>, <<"tests">>), '
            f'rabbit_auth_backend_internal:set_tags(<<"{user}">>, [{tag}], <<"tests">>), '
            f'rabbit_auth_backend_internal:set_permissions(<<"{user}">>, <<"/">>, <<"^$">>, <<"^$">>, <<".*">>, <<"tests">>).'
        )
    yield node
    node.kill()


@pytest.fixture
def vss(managed: RabbitNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    (tmp_path / "management_example.py").write_text(SERVICE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("AMQP_URI", managed.uri)
    monkeypatch.setenv("RABBITMQ_MANAGEMENT_URL", f"http://127.0.0.1:{managed.management_port}")

    def run(command: str, *arguments: str) -> Result:
        return CliRunner().invoke(cli.app, [command, "--service", "management_example:Verification", *arguments])

    assert run("declare").exit_code == 0
    yield run
    sys.modules.pop("management_example", None)
    with pika.BlockingConnection(pika.URLParameters(managed.uri)) as connection:
        for queue in managed.messages(managed.uri):
            connection.channel().queue_delete(queue)


@pytest.fixture
def channel(managed: RabbitNode) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    connection = pika.BlockingConnection(pika.URLParameters(managed.uri))
    yield connection.channel()
    connection.close()


def test_declaring_sets_the_policies_and_then_all_is_as_it_should_be(vss: Run, managed: RabbitNode) -> None:
    done = vss("check")
    assert done.exit_code == 0, done.output
    assert "2 policies" in done.stdout
    assert "0 not as they should be" in done.stdout
    assert bounds.POLICY in managed.ctl("list_operator_policies")
    managed.ctl("clear_policy", bounds.POLICY)
    done = vss("check")
    assert (done.exit_code, "policy agencies (policy): missing" in done.stdout) == (1, True)
    assert "Policy and operator policy agencies are set." in vss("declare").stdout
    assert vss("check").exit_code == 0


def test_a_binding_that_somebody_removed_or_added_is_told(
    vss: Run, channel: pika.adapters.blocking_connection.BlockingChannel
) -> None:
    channel.queue_unbind("verification.in.v1", "registration.events", "declaration_submitted")
    channel.queue_declare("spy", durable=True)
    channel.queue_bind("spy", "public.events", "#")
    done = vss("check")
    assert done.exit_code == 1
    assert f"binding {BINDING}: missing" in done.stdout
    assert "no policy bounds spy" in done.stdout
    assert "docs/runbooks/topology.md" in done.stderr
    told = json.loads(vss("check", "--json").stdout)
    assert told["faults"] == 2
    assert told["not_compared"] == {}
    assert {(f["what"], f["fault"], f["harmless"]) for f in told["findings"]} == {
        ("binding", "missing", False),
        ("binding", "extra", False),
    }


def test_what_a_user_may_not_see_is_named_and_never_well(vss: Run, managed: RabbitNode) -> None:
    url = f"http://{{}}:p%2Fw%40d@127.0.0.1:{managed.management_port}"
    done = vss("check", "--management-url", url.format("observer"))
    assert done.exit_code == 4, done.output
    assert "Not compared: user." in done.stderr
    assert "administrator" in done.stderr
    assert vss("check", "--management-url", url.format("boss")).exit_code == 0
    for user in ("stranger", "nobody"):
        done = vss("check", "--management-url", url.format(user))
        assert done.exit_code == 1
        assert "does not let this user in" in done.stderr
        assert "p/w@d" not in done.output
        assert "p%2Fw" not in done.output


def test_a_plugin_that_does_not_answer_is_told_and_is_no_broker(vss: Run) -> None:
    done = vss("check", "--management-url", "http://boss:hunter2@127.0.0.1:1")
    assert done.exit_code == 3
    assert "management plugin" in done.stderr
    assert "hunter2" not in done.output
    assert vss("check", "--management-url", "ftp://127.0.0.1").exit_code == 2


def test_an_agency_gets_a_queue_that_is_bounded_and_cannot_refuse(
    vss: Run, managed: RabbitNode, channel: pika.adapters.blocking_connection.BlockingChannel
) -> None:
    for _ in range(2):
        done = CliRunner().invoke(agencies.app, ["add", "bca", "--facts", "registration.*"])
        assert done.exit_code == 0, done.output
    assert "set_permissions -p / agency.bca '^$' '^$'" in done.stdout
    assert vss("check").exit_code == 0

    managed.ctl("add_user", "agency.bca", "p")
    try:
        pattern = done.stdout.split("agency.bca '^$' '^$' '")[1].partition("'")[0]
        managed.ctl("set_permissions", "agency.bca", "^$", "^$", pattern)
        assert vss("check").exit_code == 0
        theirs = pika.BlockingConnection(pika.URLParameters(managed.uri.replace("guest:guest", "agency.bca:p")))
        channel.basic_publish("public.events", "registration.declaration_submitted", b"{}")
        assert wait_until(lambda: theirs.channel().basic_get("agency.bca", auto_ack=True)[2] == b"{}", 10)
        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
            theirs.channel().queue_declare("agency.bca.2", arguments={"x-overflow": "reject-publish"})
        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
            theirs.channel().queue_bind("agency.bca", "public.events", "#")
        theirs.close()
    finally:
        managed.ctl("delete_user", "agency.bca")
    done = CliRunner().invoke(agencies.app, ["add", "BCA"])
    assert (done.exit_code, "small letters" in done.stderr) == (2, True)


def test_the_policy_bounds_what_an_agency_declares_by_itself(
    vss: Run, managed: RabbitNode, channel: pika.adapters.blocking_connection.BlockingChannel
) -> None:
    limit = bounds.policy()["definition"]["max-length-bytes"]
    channel.queue_declare("agency.greedy", durable=True, arguments={"x-max-length-bytes": 100 * limit})
    request = urllib.request.Request(f"http://127.0.0.1:{managed.management_port}/api/queues/%2F/agency.greedy")
    request.add_header("Authorization", "Basic " + base64.b64encode(b"guest:guest").decode())

    def applied() -> dict[str, Any]:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return dict(json.load(answer))

    assert wait_until(lambda: applied().get("operator_policy") == bounds.POLICY, 15)
    effective = applied()["effective_policy_definition"]
    assert (effective["max-length-bytes"], effective["overflow"]) == (limit, "drop-head")


def test_watching_makes_metrics_of_it(vss: Run, managed: RabbitNode, tmp_path: Path) -> None:
    port = free_port()
    program = "import sys; from services.chassis.cli.topology import app; app(sys.argv[1:])"
    address = f"127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            sys.executable,
            "-uc",
            program,
            "watch",
            "-s",
            "management_example:Verification",
            "--every",
            "1",
            "--listen",
            address,
        ],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    def series() -> dict[str, float]:
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return {
            name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))
        }

    def shows(**wanted: float) -> bool:
        return accepts(port) and all(
            series().get(f'vss_topology_{name.partition("_")[0]}{{kind="{name.partition("_")[2]}"}}') == value
            for name, value in wanted.items()
        )

    try:
        assert wait_until(lambda: shows(faults_binding=0, compared_binding=1, compared_user=1), 30)
        assert series()["vss_topology_checked_timestamp_seconds"] > 1e9
        with pika.BlockingConnection(pika.URLParameters(managed.uri)) as connection:
            connection.channel().queue_unbind("verification.in.v1", "registration.events", "declaration_submitted")
        assert wait_until(lambda: shows(faults_binding=1, faults_queue=0), 10)
        managed.stop()
        # no number is better than an old one
        assert wait_until(lambda: shows(compared_binding=0) and 'vss_topology_faults{kind="binding"}' not in series(), 30)
        managed.start()
        assert wait_until(lambda: shows(compared_binding=1, faults_binding=1), 60)
    finally:
        managed.start()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert f"binding {BINDING}: missing" in errors
