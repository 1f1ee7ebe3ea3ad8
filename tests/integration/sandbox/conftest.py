"""One sandbox as a process of its own; each test finds its inbox empty and HGĐ well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from playground.program import Program
from services.chassis.testing import free_port
from services.chassis.testing.processes import wait_until


class Sandbox:
    """Where it is, and what its inbox holds."""

    def __init__(self, url: str, smtp_port: int) -> None:
        self.url = url
        self.smtp_port = smtp_port

    def inbox(self, **query: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/inbox", params=query, timeout=5)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    def until(self, found: Callable[[], Any], what: str, seconds: float = 10) -> Any:
        """The first true value of `found()`."""
        assert wait_until(lambda: bool(found()), seconds), f"{what} did not happen within {seconds:g} s"
        return found()


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    port, smtp_port = free_port(), free_port()
    command = ["-m", "deploy.sandbox", "--port", str(port), "--smtp-port", str(smtp_port), "--delivery-seconds", "0.1"]
    url = f"http://127.0.0.1:{port}"
    folder = tmp_path_factory.mktemp("sandbox")
    command += ["--keep-messages", "500"]
    program = Program("sandbox", command, folder=folder, extra={}, address=(url, "/healthz"))
    program.start().ready(30)
    yield Sandbox(url, smtp_port)
    program.stop()


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    requests.delete(f"{running_sandbox.url}/inbox", timeout=5).raise_for_status()
    requests.put(f"{running_sandbox.url}/hgd/faults", json={"mode": "none"}, timeout=5).raise_for_status()
    return running_sandbox
