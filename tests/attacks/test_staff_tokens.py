"""A token of staff without a second factor opens nothing in any service (A12), and one of a disabled officer ends though the broker is down."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from playground.account import Account
from playground.inbox import Inbox
from playground.program import environment_with, service
from playground.web import Web
from services.chassis.seal import generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.testing import free_port
from services.chassis.testing.processes import wait_until
from services.chassis.web.auth import Principal
from tests.integration.http.desks import SERVICES, UNKNOWN_ID, Desk, operations

pytestmark = pytest.mark.rule("A12")

STAFF = ("officer", "approver", "director", "board", "support", "admin", "a-role-of-a-later-release")
PASSWORD = "Ba mươi sáu phố phường"


class Weak(Desk):
    """A service that is shown real roles whose holders have given a password alone."""

    def verifier(self) -> Any:
        def principal(token: str) -> Principal:
            role, _, acr = token.partition("/")
            claims = {"sub": UNKNOWN_ID, "sid": UNKNOWN_ID, "role": role, "office": "01", "province": "01", "board": "cntt"}
            return Principal(UNKNOWN_ID, role, claims | ({"acr": acr} if acr else {}))

        return principal


@pytest.mark.parametrize("name", SERVICES)
def test_no_operation_of_any_service_takes_staff_with_a_password_alone(name: str, tmp_path: Path) -> None:
    desk = Weak(name, tmp_path)
    super(Desk, desk).migrate()
    asked = 0
    for operation in operations(name, tmp_path):
        if operation.token == "none":
            continue
        for role in STAFF:
            for acr in ("", "/aal1", "/AAL2"):  # of the release before; of this one; what nobody signs
                answer = desk.ask(operation.method, operation.at(**desk.known), role=f"{role}{acr}", json={})
                assert answer.status_code == 403, (operation.id, role, acr)
                assert answer.get_json()["type"] == "urn:vss:problem:second-factor-required", (operation.id, role)
                asked += 1
    assert asked >= len(STAFF)


class Beside:
    """Accounts and verification as processes whose broker is not there; a client for both."""

    def __init__(self, folder: Path) -> None:
        ports = {"accounts": free_port(), "verification": free_port()}
        self.urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        self.web = Web(self.urls)
        self.settings: dict[str, dict[str, str]] = {
            name: {
                "AMQP_URI": f"amqp://guest:guest@127.0.0.1:{free_port()}/",
                "DATABASE_URL": f"sqlite:///{folder / name}.db",
                "DOCUMENTS_URL": f"file:{folder / 'documents'}",
                "HTTP_ADDRESS": f"127.0.0.1:{ports[name]}",
                "JWKS_URL": f"{self.urls['accounts']}/accounts/jwks.json",
                "SEAL_PUBLIC_KEY": generate_keypair().public_key,
                "SECRETS_KEY": generate_key().reveal(),
                "ENDED_SESSIONS_SECONDS": "0.5",
            }
            for name in ports
        }
        self.folder = folder
        self.programs = [
            service(
                f"services.{name}.service:{name.title()}",
                folder=folder,
                amqp_uri=own.pop("AMQP_URI"),
                database_url=own.pop("DATABASE_URL"),
                **own,
            )
            for name, own in ((name, dict(own)) for name, own in self.settings.items())
        ]
        assert wait_until(lambda: all(map(_answers, self.urls.values())), 60)

    def vss(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-m", "services.chassis.cli.main", *arguments],
            env=environment_with(self.settings["accounts"]),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def hire(self, username: str, role: str, phone: str) -> Account:
        """A member of staff with a passkey, signed in."""
        place = ("--office", "01", "--province", "01") if role != "admin" else ()
        named = ("--name", "Cán bộ Thử", "--phone", phone, "--role", role, *place, "--password-stdin")
        self.vss("staff", "add", username, *named, stdin=PASSWORD + "\n")
        account = Account(self.web, username, Inbox(self.web, phone))
        account.signs_in_to_enrol(PASSWORD, json.loads(self.vss("staff", "sheet", username, "--json"))["code"])
        account.enrols_a_passkey()
        return account

    def cases(self, account: Account) -> int:
        headers = {"Authorization": f"Bearer {account.token}"}
        return requests.get(f"{self.urls['verification']}/verification/cases", headers=headers, timeout=10).status_code


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[Beside]:
    beside = Beside(tmp_path)
    yield beside
    for program in beside.programs:
        program.kill()


def test_a_disabled_officer_is_out_within_seconds_though_the_broker_is_down(beside: Beside) -> None:
    officer = beside.hire("lan.nt", "officer", "+84912345671")
    assert beside.cases(officer) == 200
    time.sleep(1)
    assert beside.cases(officer) == 200, "asked again, and not ended"
    beside.vss("staff", "disable", "lan.nt", "--reason", "Nghỉ việc")
    assert wait_until(lambda: beside.cases(officer) == 401, 10)
    # nor does it come back when accounts is away, too
    beside.programs[0].kill()
    time.sleep(1)
    assert beside.cases(officer) == 401
