"""The starter of the whole system, and the whole demonstration as `make demo` runs it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import amqp
import pytest
import requests

from playground import system as starter
from playground.program import ROOT, Program, ProgramError
from playground.system import SANDBOX, System
from services.chassis.bus import held
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way
from services.chassis.database import Database
from services.chassis.testing import free_port
from tests.stand.migrated import migrate


@pytest.fixture
def broker(amqp_uri: str) -> str:
    return amqp_uri


def test_a_program_that_ends_instead_of_serving_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    command = ["-c", "print('no such setting'); raise SystemExit(2)"]
    program = Program("verification", command, folder=tmp_path, extra={}, address=("http://127.0.0.1:1", "/readyz"))
    program.start()
    with pytest.raises(ProgramError, match=r"(?s)verification: not ready before it ended \(status 2\).*no such setting"):
        program.ready(10)


def test_a_program_that_never_serves_is_not_waited_for_without_end(tmp_path: Path) -> None:
    command = ["-c", "import time; time.sleep(60)"]
    program = Program("accounts", command, folder=tmp_path, extra={}, address=("http://127.0.0.1:1", "/readyz"))
    program.start()
    with pytest.raises(ProgramError, match=r"accounts: not ready within 0\.5 s"):
        program.ready(0.5)
    program.kill()
    assert not program.running


def test_a_broker_that_does_not_answer_is_said_at_once_and_without_its_password(tmp_path: Path) -> None:
    uri = f"amqp://somebody:a-secret@127.0.0.1:{free_port()}/"
    with pytest.raises(ProgramError, match=r"no broker at 127\.0\.0\.1") as failed:
        System(tmp_path, services=(), amqp_uri=uri).begin()
    assert "a-secret" not in str(failed.value)


def test_the_sandbox_lives_and_dies_with_the_system_and_follows_its_clock(tmp_path: Path, broker: str) -> None:
    with System(tmp_path, services=(), amqp_uri=broker) as system:
        url = system.url(SANDBOX)
        system.move_clock(days=8)
        account = "AC" + "0" * 32
        form = {"To": "+84983847986", "From": "VSS", "Body": "Chao"}
        where = f"{url}/2010-04-01/Accounts/{account}/Messages.json"
        created = requests.post(where, data=form, auth=(account, "sandbox"), timeout=5).json()["date_created"]
        moved = datetime.strptime(created, "%a, %d %b %Y %H:%M:%S %z") - datetime.now(UTC)
        assert 7.9 < moved.total_seconds() / 86_400 < 8.1
        system.kill(SANDBOX)
        assert not system.programs[SANDBOX].is_ready()
        system.start(SANDBOX)
        assert requests.get(f"{url}/inbox", timeout=5).json() == {"messages": []}
    assert not system.programs[SANDBOX].is_ready()


def test_parked_messages_of_a_service_are_counted(tmp_path: Path, broker: str) -> None:
    system = System(tmp_path, services=("verification",), amqp_uri=broker)
    database = Database(system.environment("verification")["VERIFICATION_DATABASE_URL"])
    migrate(database)
    with database.write() as session:
        failure = held.failed(Reason.HANDLER_ERROR, "x", attempts=1, due_at=None)
        held.hold(session, uuid.uuid4(), amqp.Message(b"{}"), Way("registration.to.verification", ""), failure)
    database.dispose()
    assert system.parked("verification") == 1


def test_a_standard_port_that_somebody_has_is_left_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        free = free_port()
        monkeypatch.setattr(starter, "STANDARD_PORTS", {SANDBOX: port, "registration": free})
        system = System(tmp_path, services=("registration",), amqp_uri="amqp://x/", standard_ports=True)
        assert system.url(SANDBOX) != f"http://127.0.0.1:{port}"
        assert system.url("registration") == f"http://127.0.0.1:{free}"


def test_the_demonstration_plays_to_its_end_and_stops_what_it_started(broker: str) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "deploy.demo"],
        env={**os.environ, "AMQP_URI": broker},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert played.returncode == 0, played.stdout[-6000:] + played.stderr[-2000:]
    assert played.stdout.count("✓") >= 56
    assert "steps happened" in played.stdout
    ports = {int(port) for port in re.findall(r"http://127\.0\.0\.1:(\d+)", played.stdout)}
    assert len(ports) >= 6
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0, f"something still listens on {port}"
