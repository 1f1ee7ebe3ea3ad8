"""The services of these journeys are the ones that operations would start: `vss run`, and nothing put in their way."""

import ast
import os
import sys
from pathlib import Path

import pytest

from playground.program import ROOT, Program
from playground.stage import Stage
from services.chassis.testing import free_port

SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
#: what could change a program from outside its own settings
_MEDDLING = ("PYTHONPATH", "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONHOME", "LD_PRELOAD", "COVERAGE_PROCESS_START")


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_is_the_process_that_vss_run_becomes(stage: Stage, service: str) -> None:
    running = Path(f"/proc/{stage.system.programs[service].pid}")
    assert arguments(running) == ["-m", "services.chassis.bus.process", service, "--wait"]
    names = {entry.partition("=")[0] for entry in (running / "environ").read_text().split("\0")}
    assert not names & set(_MEDDLING)


def test_a_second_process_started_by_vss_run_shares_the_work(stage: Stage, tmp_path: Path) -> None:
    port = free_port()
    settings = stage.system.environment("registration") | {"REGISTRATION_HTTP_ADDRESS": f"127.0.0.1:{port}"}
    command = ["-m", "services.chassis.cli.main", "run", "registration", "--wait"]
    second = Program("second", command, folder=tmp_path, extra=settings, address=(f"http://127.0.0.1:{port}", "/readyz"))
    second.start()
    try:
        second.ready(60)
        assert arguments(Path(f"/proc/{second.pid}")) == ["-m", "services.chassis.bus.process", "registration", "--wait"]
        stage.system.kill("registration")
        try:
            stage.web.bases = {**stage.web.bases, "registration": f"http://127.0.0.1:{port}"}
            dossier = stage.citizen().files()
            stage.staff("approver", "79").approves_at_the_counter(dossier.no)
            dossier.until("activated")
        finally:
            stage.web.bases = {**stage.web.bases, "registration": stage.system.url("registration")}
            stage.system.start("registration")
        assert dossier.status == "activated"
    finally:
        second.stop()
    assert "service_stopped" in second.tail(5)


@pytest.mark.parametrize("folder", ["tests/journey", "deploy/demo"])
def test_journeys_know_the_services_by_http_and_messages_only(folder: str) -> None:
    for file in sorted((ROOT / folder).rglob("*.py")):
        for module in imported(file):
            assert module.split(".")[:2] not in [["services", service] for service in SERVICES], f"{file.name}: {module}"
            assert "mock" not in module, f"{file.name}: {module}"


def arguments(process: Path) -> list[str]:
    """What a process was started with, after its interpreter."""
    command = (process / "cmdline").read_text().rstrip("\0").split("\0")
    assert os.path.realpath(command[0]) == os.path.realpath(sys.executable)
    return command[1:]


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found
