"""What journeys leave behind is searched for people and secrets: a leak planted in any place, in any form, is found."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pika
import pytest

from playground.citizen import Human, form
from playground.web import Web
from tests.integration.http.desks import SERVICES, operations
from tests.stand import broker
from tests.stand.eavesdropper import Eavesdropper
from tests.stand.personal import Words

HUMAN = Human("0113099841", "Nguyễn Thành Biên", "1987-05-19", "+84983847986", "biennt@vss.gov.vn")


@pytest.fixture
def words() -> Words:
    made = Words()
    for kind in ("full_name", "bhxh_code", "phone", "email", "date_of_birth"):
        made.add(kind, str(getattr(HUMAN, kind)))
    made.add("id_number", "079087654321")
    made.add("otp", "482913")
    made.add("password", "Không-ai-được-thấy-1")
    made.add("token", "kJ7-x_Qm2PbV9sT4")
    return made


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("full_name", "signed in: Nguyễn Thành Biên"),
        ("full_name", "signed in: NGUYEN THANH BIEN"),
        ("full_name", "name=Biên_Thành_Nguyễn"),
        ("full_name", "/find/nguyen-thanh-bien"),
        ("full_name", "file=NguyenThanhBien.pdf"),
        ("phone", "to=+84983847986"),
        ("phone", "to=0983847986"),
        ("phone", "to=0983.847.986"),
        ("phone", "to=0983 847 986"),
        ("phone", "to=689748389"),
        ("bhxh_code", "subject=0113099841"),
        ("bhxh_code", "subject=01130 99841"),
        ("bhxh_code", "subject=1489903110"),
        ("bhxh_code", "code ends in 3099841 and"),
        ("bhxh_code", "code begins with 01130998**"),
        ("id_number", "cccd 079087654321"),
        ("email", "mail to BienNT@vss.gov.vn refused"),
        ("date_of_birth", "born 19/05/1987"),
        ("date_of_birth", "born=1987-05-19"),
        ("otp", "code 482913 sent"),
        ("password", "tried Không-ai-được-thấy-1"),
        ("token", "?t=kJ7-x_Qm2PbV9sT4"),
    ],
)
def test_a_person_or_secret_is_found_however_it_is_written(words: Words, kind: str, text: str) -> None:
    assert kind in {leak.kind for leak in words.found_in(f"2026-11-28T10:00:00.482913+00:00 [info] {text} seconds=0.0123")}


def test_numbers_of_dossiers_times_and_traces_are_no_people(words: Words) -> None:
    line = "2026-11-28T10:00:00.482913+00:00 dossier=261128-482913-7 trace_id=0113f099841a7e6c bytes=98384 port=28123 seconds=1.482913"
    assert words.found_in(line) == []


_PERSONAL = re.compile(r"name$|code_?$|phone|email|personal|id_number|birth|otp|password$|token|address$")
#: what those words mean otherwise: codes of lists, names of reports and files; the link to a form is a token by design (docs/security.md)
_NOT_PERSONAL = {"/registration/forms/{token}", "/registration/reports/periodic/{kind}/{name}", "/registration/reports/periodic/{kind}/{name}/{file}",
                 "/feedback/reports/periodic/{kind}/{name}", "/feedback/reports/periodic/{kind}/{name}/{file}", "/feedback/categories/{code}"}  # fmt: skip


def test_no_address_of_any_service_takes_anything_personal(tmp_path: Path) -> None:
    found = {
        (operation.path, parameter["name"])
        for service in SERVICES
        for operation in operations(service, tmp_path)
        for place in ("query", "path")
        for parameter in operation.parameters(place)
        if _PERSONAL.search(parameter["name"]) and operation.path not in _NOT_PERSONAL
    }
    assert found == set()


class _Service(BaseHTTPRequestHandler):
    """Answers everything with 422; its metrics are planted by the test."""

    metrics = ""
    refusal = "{}"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        refused = self.path != "/metrics"
        body = (self.refusal if refused else self.metrics).encode()
        self.send_response(422 if refused else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def system(amqp_uri: str) -> Iterator[Any]:
    with broker.channel(amqp_uri) as channel:
        channel.exchange_declare("public.events", "topic", durable=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    program = SimpleNamespace(output="http_request route=/registration/declarations\n")
    yield SimpleNamespace(
        services=("registration",), programs={"registration": program}, url=lambda _name: url, amqp_uri=amqp_uri
    )
    server.shutdown()
    server.server_close()


def test_a_leak_is_found_in_each_place_where_none_may_be(system: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    web = Web({"registration": system.url("registration")})
    heard = Eavesdropper(system, web)
    web.call("POST", "/registration/declarations", json=form(HUMAN), expect=422)
    assert heard.leaks() == [], "nothing is planted yet"

    system.programs["registration"].output += f"declaration_refused name='{HUMAN.full_name}'\n"
    monkeypatch.setattr(_Service, "metrics", f'vss_seen{{code="{HUMAN.bhxh_code}"}} 1\n')
    monkeypatch.setattr(_Service, "refusal", f'{{"detail": "{HUMAN.phone} is taken"}}')
    web.call("GET", "/registration/declarations", params={"email": str(HUMAN.email)}, expect=422)
    with broker.channel(system.amqp_uri) as channel:
        properties = pika.BasicProperties(headers={"cloudEvents:subject": HUMAN.id_number})
        channel.basic_publish("public.events", "registration.declaration_submitted", b"{}", properties)

    places = {(place, leak.kind) for place, leak in heard.leaks()}
    assert places >= {
        ("log of registration", "full_name"),
        ("metrics of registration", "bhxh_code"),
        ("refusals", "phone"),
        ("addresses", "email"),
        ("public facts", "id_number"),
    }
