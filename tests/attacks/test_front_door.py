"""The front door of compose, as it is deployed: nobody chooses their own address, and nobody reaches what is inside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from playground.door import FRONT, Door
from playground.system import SERVICES
from services.chassis.testing import free_port
from services.chassis.web.problem import Problem

#: a file of pages that only the service asked last has
ONLY_LAST = "/s/last-1a2b3c.css"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class _Service(BaseHTTPRequestHandler):
    """Stands in for a service: tells what it was asked, and has no files of pages."""

    def do_GET(self) -> None:
        if self.path.startswith("/s/") and not self.has(self.path):
            self.send_error(404)
            return
        body = json.dumps({"path": self.path, "headers": list(self.headers.items())}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
        self.send_header("Referrer-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(body)

    def has(self, path: str) -> bool:
        return False

    def log_message(self, *_: object) -> None: ...


class _LastService(_Service):
    def has(self, path: str) -> bool:
        return path == ONLY_LAST


@contextmanager
def _standing_in(handler: type[_Service]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The deployed configuration, with TLS and its limits, before services that stand in; feedback's is away."""
    door = Door(tmp_path_factory.mktemp("door"), tls=True, limits=True)
    with _standing_in(_Service) as one, _standing_in(_LastService) as last:
        services = dict.fromkeys(SERVICES, one) | {"notifications": last, "feedback": f"http://127.0.0.1:{free_port()}"}
        try:
            door.start(services)
            yield door
        finally:
            door.stop()


def ask(door: Door, path: str, **headers: str) -> requests.Response:
    return requests.get(f"{door.url}{path}", headers=headers, verify=False, timeout=10)  # its own, made here


pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")


def test_a_client_cannot_claim_another_address_so_each_has_a_bucket_of_its_own(door: Door) -> None:
    claimed = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}
    told = ask(door, "/registration/offices", **claimed).json()
    addresses = [value for name, value in told["headers"] if name.lower() == "x-forwarded-for"]
    assert addresses == ["127.0.0.1"], "one entry, written by the door: TRUSTED_PROXIES=1"
    assert not [value for name, value in told["headers"] if name.lower() == "forwarded"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/registration", "/registration/../metrics"])
def test_what_is_for_the_inside_stays_there(door: Door, path: str) -> None:
    with requests.Session() as session:
        request = requests.Request("GET", door.url).prepare()
        request.url = f"{door.url}{path}"
        answer = session.send(request, verify=False, timeout=10, allow_redirects=False)
    assert answer.status_code in (301, 404)


def test_a_browser_that_comes_without_tls_is_sent_to_it_and_remembers(door: Door) -> None:
    sent = requests.get(
        f"http://127.0.0.1:{door.plain_port}/accounts/sessions", headers=HTML, timeout=10, allow_redirects=False
    )
    assert (sent.status_code, sent.headers["Location"]) == (308, "https://127.0.0.1/accounts/sessions")
    answer = ask(door, "/accounts/sessions")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert not re.search(r"\d", answer.headers.get("Server", ""))
    gone = ask(door, "/nothing")
    assert gone.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert gone.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "headers"),
    [("GET", {"Accept": "application/json"}), ("GET", {"Accept": "*/*", "X-Tracking-Code": "x"}), ("POST", HTML)],
)
def test_a_program_that_comes_without_tls_is_refused_so_that_its_maker_notices(
    door: Door, method: str, headers: dict[str, str]
) -> None:
    answer = requests.request(
        method, f"http://127.0.0.1:{door.plain_port}/accounts/sessions", headers=headers, timeout=10, allow_redirects=False
    )
    assert (answer.status_code, answer.headers.get("Location")) == (403, None)


@pytest.mark.parametrize(
    ("newest", "ciphers", "taken"),
    [
        (ssl.TLSVersion.TLSv1_3, "DEFAULT", True),
        (ssl.TLSVersion.TLSv1_2, "DEFAULT", True),
        (ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0", False),
        (ssl.TLSVersion.TLSv1, "ALL:@SECLEVEL=0", False),
        # padding before authentication; nobody authenticated
        (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0", False),
        (ssl.TLSVersion.TLSv1_2, "aNULL:@SECLEVEL=0", False),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_only_tls_of_today_with_strong_ciphers_is_spoken(
    door: Door, newest: ssl.TLSVersion, ciphers: str, taken: bool
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    context.set_ciphers(ciphers)
    port = int(door.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        if taken:
            with context.wrap_socket(plain) as spoken:
                assert spoken.version() == newest.name.replace("_", ".")
        else:
            with pytest.raises(ssl.SSLError):
                context.wrap_socket(plain)


def test_the_first_page_is_where_people_sign_in_whatever_port_the_door_has(door: Door) -> None:
    answer = requests.get(f"{door.url}/", verify=False, timeout=10, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/dang-nhap")


def test_a_service_hears_the_address_that_the_browser_has_and_says_its_own_referrer_policy(door: Door) -> None:
    answer = ask(door, "/accounts/dang-nhap")
    told = dict(answer.json()["headers"])
    assert (told["Host"], told["X-Forwarded-Proto"]) == (door.url.removeprefix("https://"), "https")
    # with no-referrer browsers send `Origin: null` with a form, which is then taken for another site's
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_file_of_pages_is_looked_for_in_each_service_also_in_those_behind_one_that_is_away(door: Door) -> None:
    assert ask(door, ONLY_LAST).json()["path"] == ONLY_LAST
    assert ask(door, "/s/nobody-has-it.css").status_code == 404


def test_a_service_that_is_away_is_said_in_both_languages_with_the_hotline_and_the_others_go_on(door: Door) -> None:
    answer = ask(door, "/feedback/ban", **HTML)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    for word in ("Hệ thống tạm thời bận", "Busy for the moment", "tel:19009068", 'lang="vi"', 'lang="en"'):
        assert word in answer.text, word
    assert answer.headers["Cache-Control"] == "no-store"
    assert ask(door, "/accounts/dang-nhap", **HTML).status_code == 200


def test_a_program_hears_of_it_as_of_every_other_problem(door: Door) -> None:
    answer = ask(door, "/feedback/complaints", Accept="application/json")
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["type"] == "urn:vss:problem:unavailable"


@pytest.mark.parametrize(("name", "status"), [("away", 503), ("nothing", 404), ("large", 413), ("fast", 429)])
def test_what_the_door_says_itself_is_what_services_say(name: str, status: int) -> None:
    said = json.loads((FRONT / f"answers/{name}.json").read_text(encoding="utf-8"))
    assert said == Problem(status).members


@pytest.mark.parametrize("name", ["away", "nothing", "large", "fast"])
def test_the_policy_of_the_doors_own_pages_lets_their_style_in_and_nothing_else(name: str) -> None:
    page = (FRONT / f"answers/{name}.html").read_text(encoding="utf-8")
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{hashed}'" in (FRONT / "nginx.conf").read_text(encoding="utf-8")
    assert not re.search(r"<script|style=|src=|https?:", page)


def test_too_large_a_body_is_refused_before_a_service_gets_it(door: Door) -> None:
    answer = requests.post(f"{door.url}/registration/x", data=bytes(13 << 20), headers=HTML, verify=False, timeout=20)
    assert answer.status_code == 413
    assert "Tệp quá lớn" in answer.text
    posted = requests.post(f"{door.url}/feedback/x", data=b"words", headers=HTML, verify=False, timeout=20)
    assert (posted.status_code, "Hệ thống tạm thời bận" in posted.text) == (503, True)


def test_the_log_names_nobody(door: Door) -> None:
    ask(door, "/registration/declarations/261121-000001-6?phone=0912345678")
    text = door.log.read_text(encoding="utf-8")
    assert "GET 200" in text
    assert not [one for one in ("261121", "0912345678", "127.0.0.1") if one in text]


def test_one_address_has_a_burst_and_no_more(door: Door) -> None:
    with requests.Session() as session:
        answers = [session.get(f"{door.url}/registration/offices", verify=False, timeout=10).status_code for _ in range(400)]
    assert answers[:50] == [200] * 50
    assert 429 in answers


@pytest.mark.slow
def test_whoever_says_nothing_loses_the_connection(door: Door) -> None:
    with socket.create_connection(("127.0.0.1", door.plain_port)) as idle:
        idle.settimeout(20)
        assert idle.recv(1) == b""
