"""The front door of compose, as it is deployed: nobody chooses their own address, and nobody reaches what is inside."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from services.chassis.testing import free_port
from services.chassis.testing.processes import accepts, wait_until

CONFIGURATION = Path(__file__).parents[2] / "deploy/front/nginx.conf"


_BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Door(NamedTuple):
    """A running door."""

    url: str
    #: where it listens without TLS
    plain: str
    log: Path


class _Service(BaseHTTPRequestHandler):
    """Stands in for a service: tells what it was asked."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "headers": list(self.headers.items())}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The deployed configuration, with this machine's ports, folders and services in it."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.fail("nginx is not installed. Run: apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("door")
    service = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    plain, secure = free_port(), free_port()
    key: list[str | Path] = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    files: list[str | Path] = ["-subj", "/CN=localhost", "-keyout", folder / "tls_key", "-out", folder / "tls_certificate"]
    subprocess.run([*key, *files], check=True, capture_output=True)
    text = CONFIGURATION.read_text(encoding="utf-8")
    for ours, here in {
        r"listen 8080": f"listen 127.0.0.1:{plain}",
        r"listen 8443": f"listen 127.0.0.1:{secure}",
        r"/tmp/": f"{folder}/",  # the container's
        r"/run/secrets/": f"{folder}/",
        r"http://\w+:810\d;": f"http://127.0.0.1:{service.server_port};",
        r"/dev/std\w+": f"{folder}/log",
    }.items():
        text, count = re.subn(ours, here, text)
        assert count, ours
    configuration = folder / "nginx.conf"
    configuration.write_text(text, encoding="utf-8")
    folder.chmod(0o755)
    tested = subprocess.run([nginx, "-t", "-c", configuration], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    running = subprocess.Popen([nginx, "-c", configuration, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        assert wait_until(lambda: accepts(secure), 20)
        yield Door(f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{plain}", folder / "log")
    finally:
        running.terminate()
        running.wait(10)
        service.shutdown()


def ask(door: Door, path: str, **headers: str) -> requests.Response:
    return requests.get(f"{door.url}{path}", headers=headers, verify=False, timeout=10)  # its own, made here


pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")


def test_a_client_cannot_claim_another_address_so_each_has_a_bucket_of_its_own(door: Door) -> None:
    claimed = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}
    told = ask(door, "/registration/offices", **claimed).json()
    addresses = [value for name, value in told["headers"] if name.lower() == "x-forwarded-for"]
    assert addresses == ["127.0.0.1"], "one entry, written by the door: TRUSTED_PROXIES=1"
    assert not [value for name, value in told["headers"] if name.lower() == "forwarded"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/", "/registration", "/registration/../metrics"])
def test_what_is_for_the_inside_stays_there(door: Door, path: str) -> None:
    with requests.Session() as session:
        request = requests.Request("GET", door.url).prepare()
        request.url = f"{door.url}{path}"
        answer = session.send(request, verify=False, timeout=10, allow_redirects=False)
    assert answer.status_code in (301, 404)


def test_a_browser_that_comes_without_tls_is_sent_to_it_and_remembers(door: Door) -> None:
    sent = requests.get(f"{door.plain}/accounts/sessions", headers=_BROWSER, timeout=10, allow_redirects=False)
    assert (sent.status_code, sent.headers["Location"]) == (308, "https://127.0.0.1/accounts/sessions")
    answer = ask(door, "/accounts/sessions")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert not re.search(r"\d", answer.headers.get("Server", ""))
    gone = ask(door, "/nothing")
    assert gone.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert gone.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "headers"),
    [("GET", {"Accept": "application/json"}), ("GET", {"Accept": "*/*", "X-Tracking-Code": "x"}), ("POST", _BROWSER)],
)
def test_a_program_that_comes_without_tls_is_refused_so_that_its_maker_notices(
    door: Door, method: str, headers: dict[str, str]
) -> None:
    answer = requests.request(method, f"{door.plain}/accounts/sessions", headers=headers, timeout=10, allow_redirects=False)
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
    port = int(door.plain.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as idle:
        idle.settimeout(20)
        assert idle.recv(1) == b""
