"""What journeys leave behind is searched for people and secrets: a leak planted in any place, in any form, is found."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pika
import pytest

from playground.citizen import Human, form
from playground.program import Program
from playground.web import Web
from services.feedback.complaints.vocabulary import COORDINATION
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


class _System(SimpleNamespace):
    """A service that answers, and programs that only write what they are told to."""

    def write(self, name: str, line: str) -> None:
        program = self.programs[name] = Program(name, ["-c", f"print({line!r})"], folder=self.folder, extra={})
        program.start().wait(60)

    def stop(self, name: str) -> None:
        """As if a process went, and its metrics with it."""
        _Service.metrics = "vss_seen 0\n"


@pytest.fixture
def system(amqp_uri: str, tmp_path: Path) -> Iterator[Any]:
    with broker.channel(amqp_uri) as channel:
        channel.exchange_declare("public.events", "topic", durable=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    made = _System(services=("registration",), programs={}, url=lambda _name: url, amqp_uri=amqp_uri, folder=tmp_path)
    made.kill = made.stop
    made.write("registration", "http_request route=/registration/declarations")
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def heard(system: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eavesdropper:
    """Somebody has filed and said who they are; nothing is planted yet."""
    monkeypatch.setattr(_Service, "metrics", "vss_seen 0\n")
    (tmp_path / "below").mkdir()
    (tmp_path / "below/postgres.txt").write_text(f"DETAIL:  Key (phone)=({HUMAN.phone}) already exists.\n")
    web = system.web = Web({"registration": system.url("registration")})
    listening = Eavesdropper(system, web, logs=[tmp_path / "below/postgres.txt"])
    web.call("POST", "/registration/declarations", json=form(HUMAN), expect=422)
    assert listening.leaks() == [], "what the database wrote before was of others"
    return listening


def _log_of_a_program(system: Any, _patch: pytest.MonkeyPatch) -> tuple[str, str]:
    system.write("registration", f"declaration_refused name='{HUMAN.full_name}'")
    return "log of registration", "full_name"


def _log_of_a_program_that_has_ended_and_was_replaced(system: Any, _patch: pytest.MonkeyPatch) -> tuple[str, str]:
    system.write("registration-beside", f"declaration_refused name='{HUMAN.full_name}'")
    del system.programs["registration-beside"]
    return "log of registration-beside", "full_name"


def _log_of_the_database(system: Any, _patch: pytest.MonkeyPatch) -> tuple[str, str]:
    with (system.folder / "below/postgres.txt").open("a") as log:
        log.write(f"DETAIL:  Key (phone)=({HUMAN.phone}) already exists.\n")
    return "log of postgres", "phone"


def _metrics(_system: Any, patch: pytest.MonkeyPatch) -> tuple[str, str]:
    patch.setattr(_Service, "metrics", f'vss_seen{{code="{HUMAN.bhxh_code}"}} 1\n')
    return "metrics of registration", "bhxh_code"


def _metrics_before_the_end(system: Any, patch: pytest.MonkeyPatch) -> tuple[str, str]:
    found = _metrics(system, patch)
    system.stop("registration")
    return found


def _address(system: Any, patch: pytest.MonkeyPatch) -> tuple[str, str]:
    system.web.call("GET", "/registration/declarations", params={"email": str(HUMAN.email)}, expect=422)
    return "addresses", "email"


def _refusal(system: Any, patch: pytest.MonkeyPatch) -> tuple[str, str]:
    patch.setattr(_Service, "refusal", f'{{"detail": "{HUMAN.phone} is taken"}}')
    system.web.call("POST", "/registration/declarations", expect=422)
    return "refusals", "phone"


def _public_fact(system: Any, _patch: pytest.MonkeyPatch) -> tuple[str, str]:
    with broker.channel(system.amqp_uri) as channel:
        properties = pika.BasicProperties(headers={"cloudEvents:subject": HUMAN.id_number})
        channel.basic_publish("public.events", "registration.declaration_submitted", b"{}", properties)
    return "public facts", "id_number"


@pytest.mark.parametrize(
    "plant",
    [
        _log_of_a_program, _log_of_a_program_that_has_ended_and_was_replaced, _log_of_the_database, _metrics, _metrics_before_the_end,
        _address, _refusal, _public_fact,
    ],
    ids=lambda plant: plant.__name__.strip("_"),
)  # fmt: skip
def test_a_leak_is_found_wherever_it_is_planted_and_nowhere_else(
    plant: Callable[[Any, pytest.MonkeyPatch], tuple[str, str]],
    system: Any,
    heard: Eavesdropper,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place, kind = plant(system, monkeypatch)
    found = {(where, leak.kind) for where, leak in heard.leaks()}
    assert (place, kind) in found
    assert {where for where, _ in found} == {place}


def test_the_step_of_a_complaint_is_no_secret_and_that_of_a_sign_in_is_one(system: Any, heard: Eavesdropper) -> None:
    step = "7f0c7a52-3d0e-4d6f-9a40-5f1f1a7d9b11"
    for said in (COORDINATION, step):
        system.web.call("POST", "/registration/declarations", json={"step": said}, expect=422)
    system.write("registration", f"complaint_due_soon step={COORDINATION}")
    assert heard.leaks() == []
    system.write("registration", f"second_factor_refused step={step}")
    assert {(where, leak.word) for where, leak in heard.leaks()} == {("log of registration", step)}


def test_what_could_not_be_read_is_not_called_clean(system: Any, heard: Eavesdropper) -> None:
    deaf = Eavesdropper(system, Web({}))
    system.url = lambda _name: "http://127.0.0.1:9"
    with pytest.raises(AssertionError, match="metrics of registration"):
        deaf.leaks()


def test_every_kind_of_secret_and_person_is_learned_from_what_is_sent(system: Any, heard: Eavesdropper) -> None:
    sent = {
        "step": "0190d4c1-5a7e-7c31-9f40-3b1f0a4c1d2e", "recovery_codes": ["07-k7cm-xr4t-hw3p"], "secret": "JBSWY3DPEHPK3PXP",
        "old_id_number": "111349876", "contact_person": "Trần Thị Hồng Ánh", "subject_line": "Sai quá trình tham gia",
    }  # fmt: skip
    system.web.call("POST", "/registration/declarations", json=sent, expect=422)
    for word in (*(each for each in sent.values() if isinstance(each, str)), "07-k7cm-xr4t-hw3p"):
        assert heard.words.found_in(f"seen={word}"), word
