"""Each service is installed and runs without any other: its own requirements, SQLite, a broker, and nobody else there."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from openapi_spec_validator import validate

from services.chassis.seal import generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.testing import RabbitNode, free_port
from services.chassis.testing.processes import Process, kill_family, spawn, tail, wait_until
from tests.integration.alone.venvs import Venv, make_all

pytestmark = pytest.mark.slow

SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
_START_SECONDS, _STOP_SECONDS = 60, 30
_DECLARATION = {
    "kind": "register",
    "route": "portal",
    "channel": "web",
    "subject": {"full_name": "Nguyễn Thành Biên", "bhxh_code": "0113099841", "id_type": "cccd", "id_number": "111349876090"},
    "contact": {
        "phone": "0983847986",
        "address": {
            "map": "before-2025-07",
            "province_code": "01",
            "district_code": "272",
            "ward_code": "09763",
            "text": "Thôn 4 Thụ Trai",
        },
    },
    "guardian": None,
    "office_code": "01",
    "filing": "counter",
    "registered_at": "portal",
}
_COMPLAINT = {
    "channel": "web",
    "office_code": "01",
    "category_code": None,
    "subject_line": "Sai quá trình tham gia BHXH",
    "body": "Sổ BHXH không ghi nhận các tháng tôi đã làm việc năm 2019.",
    "contact": {"phone": "0983847986"},
}


class Answer(NamedTuple):
    status: int
    type: str
    body: Any


class Alone:
    """A service that runs, with nobody around it but the broker and a page with the keys of tokens."""

    def __init__(self, venv: Venv, folder: Path, amqp_uri: str, keys: Keys) -> None:
        self.name, self.keys, self.port = venv.service, keys, free_port()
        self.log = folder / "log"
        pair = generate_keypair()
        own = {
            "accounts": {"SEAL_PUBLIC_KEY": pair.public_key, "SECRETS_KEY": generate_key().reveal()},
            "notifications": {"SEAL_PRIVATE_KEY": pair.private_key.reveal()},
            "feedback": {"SEAL_PUBLIC_KEY": pair.public_key},
            "registration": {"SEAL_PUBLIC_KEY": pair.public_key},
        }
        settings = {
            "AMQP_URI": amqp_uri,
            "DATABASE_URL": f"sqlite:///{folder / 'own.db'}",
            "DOCUMENTS_URL": f"file:{folder / 'documents'}",
            "HTTP_ADDRESS": f"127.0.0.1:{self.port}",
            "JWKS_URL": keys.url,
            # the sandbox is not there either
            "HGD_URL": f"http://127.0.0.1:{free_port()}/hgd",
            "TWILIO_BASE_URL": f"http://127.0.0.1:{free_port()}",
        }
        with self.log.open("wb") as output:
            self.process: Process = spawn(
                [str(venv.folder / "bin/vss"), "run", self.name],
                environment={"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONUNBUFFERED": "1"}
                | settings
                | own.get(self.name, {}),
                directory=folder,
                output=output,
            )

    def until_ready(self) -> Alone:
        ready = wait_until(lambda: self.process.poll() is not None or self.is_ready(), _START_SECONDS, interval_seconds=0.1)
        assert ready, tail(self.log)
        assert self.process.poll() is None, tail(self.log)
        return self

    def is_ready(self) -> bool:
        try:
            return self.ask("GET", "/readyz").status == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, body: Any = None, role: str | None = None, **given: str) -> Answer:
        headers = {"Accept": "*/*"} | given | ({"Content-Type": "application/json"} if body is not None else {})
        if role:
            headers["Authorization"] = f"Bearer {self.keys.token(role)}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status, content, read = answer.status, answer.headers.get_content_type(), answer.read()
        except urllib.error.HTTPError as error:
            status, content, read = error.code, error.headers.get_content_type(), error.read()
        return Answer(status, content, json.loads(read) if content.endswith("json") else read.decode())

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(_STOP_SECONDS)


class Keys:
    """What accounts would publish: a key of the test's own."""

    def __init__(self) -> None:
        self._key = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})
        published = json.dumps({"keys": [self._key.as_dict(private=False)]}).encode()

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(published)

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Page)
        self.url = f"http://127.0.0.1:{self._server.server_port}/keys"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def token(self, role: str) -> str:
        now = int(time.time())
        claims = {
            "iss": "vss-accounts",
            "aud": "vss",
            "sub": "019aa5b5-c0de-7000-a000-000000000001",
            "sid": "s",
            "role": role,
            "acr": "aal2",
        }
        more = {"office": "01", "province": "01", "iat": now, "exp": now + 600}
        return jwt.encode({"alg": "Ed25519", "kid": "test"}, claims | more, self._key, algorithms=["Ed25519"])

    def close(self) -> None:
        self._server.shutdown()


@pytest.fixture(scope="module")
def venvs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Venv]:
    return make_all(SERVICES, tmp_path_factory.mktemp("copies"))


@pytest.fixture(scope="module")
def running(
    venvs: dict[str, Venv], rabbit: RabbitNode, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Alone]]:
    """All of them, each on a virtual host of its own: none can hear of another."""
    keys, made = Keys(), {}
    for name, venv in venvs.items():
        uri = rabbit.start().create_vhost(f"alone-{name}")
        made[name] = Alone(venv, tmp_path_factory.mktemp(name), uri, keys)
    yield {name: alone.until_ready() for name, alone in made.items()}
    for name, alone in made.items():
        kill_family(alone.process)
        rabbit.start().delete_vhost(f"alone-{name}")
    keys.close()


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, running: dict[str, Alone]) -> Alone:
    return running[request.param]


@pytest.mark.parametrize("name", SERVICES)
def test_exactly_what_the_requirements_pin_is_installed(venvs: dict[str, Venv], name: str) -> None:
    assert venvs[name].installed() == venvs[name].wanted()


@pytest.mark.parametrize("name", SERVICES)
def test_every_module_of_the_service_can_be_imported_and_brings_no_other_service(venvs: dict[str, Venv], name: str) -> None:
    code = (
        "import importlib, pkgutil, sys, services.chassis.cli.main\n"
        f"package = importlib.import_module('services.{name}')\n"
        f"for found in pkgutil.walk_packages(package.__path__, 'services.{name}.'):\n"
        "    importlib.import_module(found.name)\n"
        "print(*(module for module in sys.modules if module.startswith('services.')))\n"
    )
    imported = Venv.run(str(venvs[name].python), "-W", "ignore", "-c", code).split()
    assert {module.split(".")[1] for module in imported} >= {"chassis", name}
    assert not {module.split(".")[1] for module in imported} & (set(SERVICES) - {name})
    assert {f"services.{name}.service", f"services.{name}.handlers"} <= set(imported)


def test_a_service_is_ready_with_nobody_else_there(service: Alone) -> None:
    answer = service.ask("GET", "/readyz")
    assert (answer.status, answer.body["service"]) == (200, service.name)
    assert {"database", "broker"} <= answer.body["parts"].keys()


def test_a_service_explains_its_api(service: Alone) -> None:
    page = service.ask("GET", f"/{service.name}/docs")
    assert (page.status, page.type) == (200, "text/html")
    document = service.ask("GET", f"/{service.name}/openapi.json").body
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert all(path.startswith(f"/{service.name}/") for path in document["paths"])


def test_registration_takes_a_declaration_alone(running: dict[str, Alone]) -> None:
    registration = running["registration"]
    offices = registration.ask("GET", "/registration/offices?province=01")
    assert offices.status == 200
    assert offices.body["items"]
    filed = registration.ask("POST", "/registration/declarations", _DECLARATION)
    assert (filed.status, filed.body["status"]) == (201, "draft"), filed.body


def test_verification_shows_an_officer_an_empty_work_list_alone(running: dict[str, Alone]) -> None:
    verification = running["verification"]
    assert verification.ask("GET", "/verification/cases").status == 401
    listed = verification.ask("GET", "/verification/cases", role="officer")
    assert (listed.status, listed.body["items"]) == (200, [])


def test_accounts_publishes_its_keys_and_refuses_a_stranger_alone(running: dict[str, Alone]) -> None:
    accounts = running["accounts"]
    (key,) = accounts.ask("GET", "/accounts/jwks.json").body["keys"]
    assert key["crv"] == "Ed25519"
    assert "d" not in key
    refused = accounts.ask(
        "POST", "/accounts/sessions", {"username": "0113099841", "password": "khong-phai", "device_id": "may-1234"}
    )
    assert (refused.status, refused.type) == (401, "application/problem+json")


def test_notifications_tells_support_that_nothing_was_sent_alone(running: dict[str, Alone]) -> None:
    notifications = running["notifications"]
    listed = notifications.ask("GET", "/notifications/messages?secrets_undelivered=true", role="support")
    assert (listed.status, listed.body["items"]) == (200, [])


def test_feedback_takes_a_complaint_and_shows_how_far_it_is_alone(running: dict[str, Alone]) -> None:
    feedback = running["feedback"]
    filed = feedback.ask("POST", "/feedback/complaints", _COMPLAINT)
    assert filed.status == 201, filed.body
    code = {"X-Tracking-Code": filed.body["tracking_code"]}
    followed = feedback.ask("GET", f"/feedback/complaints/{filed.body['complaint_no']}", **code)
    assert (followed.status, followed.body["status"]) == (200, "received")
    listed = feedback.ask("GET", "/feedback/complaints", role="officer")
    assert [each["complaint_no"] for each in listed.body["items"]] == [filed.body["complaint_no"]]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_stops_cleanly_when_told_to(venvs: dict[str, Venv], amqp_uri: str, tmp_path: Path, name: str) -> None:
    keys = Keys()
    alone = Alone(venvs[name], tmp_path, amqp_uri, keys)
    try:
        alone.until_ready()
        assert alone.stop() == 0, tail(alone.log)
        events = [
            json.loads(line).get("event") for line in alone.log.read_text(encoding="utf-8").splitlines() if line[0] == "{"
        ]
        assert events[-1] == "service_stopped"
        assert "Traceback" not in alone.log.read_text(encoding="utf-8")
    finally:
        kill_family(alone.process)
        keys.close()
