"""A real service process, asked over real connections: what it answers, what it refuses, how it stops."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PROGRAM = Path(__file__).parent / "programs" / "web_service.py"
GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
NOTE = {"full_name": "Nguyễn Thị Lan", "at": "2026-11-21T09:00:00+07:00"}


class Answer(NamedTuple):
    status: int
    headers: Any
    body: bytes


class Service:
    """The program, running."""

    def __init__(self, log, database_url, *limits, port=0):
        self.log = log
        command = [sys.executable, "-W", "ignore", str(PROGRAM), str(port), database_url, *limits]
        with log.open("wb") as out:
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        self.port = self._wait_for_port()

    def _wait_for_port(self):
        for _ in range(300):
            for line in self.log.read_text().splitlines():
                if line.startswith("listening "):
                    return int(line.split()[1])
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def connect(self, timeout=20):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def ask(self, method, path, body=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            if body is not None and not isinstance(body, bytes):
                body = json.dumps(body).encode()
                headers = {"Content-Type": "application/json"} | dict(headers)
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def json(self, method, path, body=None, headers=()):
        return json.loads(self.ask(method, path, body, headers).body)

    def post_note(self, key=None, **changes):
        return self.ask("POST", "/notes/notes", NOTE | changes, {"Idempotency-Key": key} if key else {})

    def notes(self, full_name=NOTE["full_name"]):
        from urllib.parse import quote

        return self.json("GET", f"/notes/notes?full_name={quote(full_name)}")["items"]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    limits = ["http_max_body_bytes=100000", "http_head_seconds=1", "http_body_seconds=1", "http_idle_seconds=2"]
    running = Service(folder / "log", f"sqlite:///{folder / 'web.db'}", *limits)
    yield running
    assert running.stop() == 0


@pytest.fixture
def own(tmp_path):
    """Starts a service with limits of the test's own."""
    started: list[Service] = []

    def start(*limits, **options):
        started.append(Service(tmp_path / f"log{len(started)}", f"sqlite:///{tmp_path / 'web.db'}", *limits, **options))
        return started[-1]

    yield start
    for running in started:
        running.stop()


def exchange(service, raw, timeout=20):
    """Send bytes, read to the end."""
    with service.connect(timeout) as connection:
        connection.sendall(raw)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


# ---------------------------------------------------------------- answers


def test_a_process_that_turns_is_alive_and_ready(service):
    assert service.json("GET", "/healthz") == {"status": "alive", "service": "notes"}
    assert service.json("GET", "/readyz")["status"] == "ready"


def test_readiness_names_the_part_that_is_unwell_and_what_to_do(own):
    service = own("unwell=1")
    answer = service.ask("GET", "/readyz")
    assert answer.status == 503
    assert "Start it" in json.loads(answer.body)["parts"]["database"]["problem"]
    assert 'vss_part_ok{part="database",service="notes"} 0.0' in service.ask("GET", "/metrics").body.decode()


def test_a_process_stays_ready_without_what_requests_do_not_need_and_says_so(own):
    service = own("unwell=2")
    assert 'vss_part_ok{part="broker",service="notes"} 0.0' in service.ask("GET", "/metrics").body.decode()
    body = service.json("GET", "/readyz")
    assert (body["status"], body["degraded"]) == ("ready", ["broker"])
    assert body["parts"]["broker"]["critical"] is False


def test_requests_are_counted_by_route_and_never_by_path(service):
    service.ask("GET", "/notes/notes/12345/file")
    service.ask("PUT", "/notes/notes/12345/file", b"x")
    text = service.ask("GET", "/metrics").body.decode()
    assert 'vss_http_request_seconds_count{method="PUT",route="/notes/notes/<int:number>/file",service="notes",' in text
    assert "12345" not in text


def test_a_request_stays_in_its_callers_trace_and_the_answer_names_it(service):
    answer = service.ask("GET", "/notes/notes/slow", headers={"traceparent": GIVEN})
    inside = json.loads(answer.body)["trace"]
    assert inside.startswith(GIVEN[:36])
    assert inside != GIVEN
    assert answer.headers["Trace-Id"] == GIVEN[3:35]
    assert f'"trace_id": "{GIVEN[3:35]}"' in service.log.read_text()


def test_a_bug_is_answered_without_details_and_found_again_by_its_trace_id(service):
    answer = service.ask("GET", "/notes/notes/broken")
    body = json.loads(answer.body)
    assert (answer.status, body["type"]) == (500, "urn:vss:problem:internal-error")
    assert "KeyError" not in str(body)
    lines = [json.loads(line) for line in service.log.read_text().splitlines() if body["trace_id"] in line]
    [failure] = [line for line in lines if line["event"] == "http_request_failed"]
    assert failure["error"] == "KeyError"
    assert failure["frames"][-1].endswith(":broken")


def test_an_outage_is_answered_with_when_to_come_back(service):
    answer = service.ask("GET", "/notes/notes/database-gone")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


def test_the_log_holds_no_query_no_body_and_no_error_text(service):
    service.post_note(key="log-test-0001")
    service.ask("GET", "/notes/notes?full_name=Quoc%20Bao")
    service.ask("GET", "/notes/notes/broken?phone=0987654321")
    service.ask("GET", "/notes/0987654321")
    text = service.log.read_text()
    assert "http_request" in text
    for personal in ("Nguyễn", "Lan", "Quoc", "Bao", "0987654321", "0912345678", "log-test-0001"):
        assert personal not in text


def test_pages_and_documentation_are_served(service):
    page = service.ask("GET", "/notes/page/")
    assert "Xin chào" in page.body.decode()
    assert service.ask("GET", "/notes/docs/swagger-ui-bundle.js").status == 200
    assert service.json("GET", "/notes/openapi.json")["openapi"].startswith("3.1")


def test_one_connection_serves_many_requests(service):
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    with contextlib.closing(connection):
        for _ in range(20):
            connection.request("POST", "/notes/notes", b"{", {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 400
        sock = connection.sock
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        assert connection.sock is sock


# ---------------------------------------------------------------- refusals


def test_a_body_over_the_limit_is_refused_before_it_is_read_and_the_refusal_arrives(service):
    for size in (200_000, 20_000_000):
        answer = service.ask("POST", "/notes/notes", b"x" * size, {"Content-Type": "application/json"})
        assert answer.status == 413
        assert json.loads(answer.body)["type"] == "urn:vss:problem:content-too-large"


def test_a_client_that_asks_first_is_refused_before_it_sends(service):
    head = b"POST /notes/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90000000\r\n"
    answer = exchange(service, head + b"Expect: 100-continue\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"100 Continue" not in answer


def test_a_view_may_take_more_than_the_rest(service):
    assert service.json("PUT", "/notes/notes/1/file", b"x" * 3_000_000) == {"bytes": 3_000_000}
    assert service.ask("PUT", "/notes/notes/1/file", b"x" * 6_000_000).status == 413


def chunked(total, path="/notes/notes", content_type="application/json"):
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    return head.encode() + chunk * (total // 0x1000) + b"0\r\n\r\n"


def test_a_body_in_chunks_is_read_and_limited_too(service):
    note = json.dumps(NOTE | {"full_name": "chunks"}).encode()
    raw = chunked(0)[:-5] + b"%x\r\n%s\r\n0\r\n\r\n" % (len(note), note)
    assert exchange(service, raw).startswith(b"HTTP/1.1 201")
    for size in (0x19000, 500_000, 20_000_000):
        assert exchange(service, chunked(size)).startswith(b"HTTP/1.1 413")


HEAD = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\n\r\n", 400),  # no Host
        (HEAD + b"Host: y\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
        (HEAD + b"Content-Length: +1\r\n\r\nx", 400),
        (HEAD + b"Content-Length: 1_0\r\n\r\n0123456789", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
        (HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"GET /healthz\r\n\r\n", 400),
        (b"GET /healthz HTTP/9.9\r\n\r\n", 505),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1 x y\r\n\r\n", 400),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (HEAD + b"X: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (HEAD + b"".join(b"X%d: %s\r\n" % (n, b"x" * 4000) for n in range(30)) + b"\r\n", 431),
        (HEAD + b"".join(b"X%d: y\r\n" % n for n in range(200)) + b"\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),  # TLS to a plain port
        (b"GET /notes/%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"G\xc3\x8aT /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
        (HEAD + b"Content-Type: multipart/form-data; boundary=x\r\nno header\r\n\r\n", 400),
        (HEAD + b"Content-Type: multipart/form-data; boundary=x\r\n--x\r\nA: b\r\n\r\n", 400),
        (HEAD + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400),
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_trusted_is_refused_as_a_problem(service, raw, status):
    answer = exchange(service, raw)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ", 2)[1] == str(status).encode(), answer
    assert json.loads(body)["status"] == status
    assert b"application/problem+json" in head
    assert b"Strict-Transport-Security: max-age=63072000; includeSubDomains" in head
    assert b"nosniff" in head
    assert b"Cache-Control: no-store" in head
    assert b"\r\nServer:" not in head


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": 'multipart/mixed; boundary=""'},
        {"Content-Type": "multipart/form-data; boundary=x", "Content-Transfer-Encoding": "base64"},
    ],
)
def test_a_form_with_a_file_is_told_to_send_the_file_itself_and_the_connection_stays(service, headers):
    form = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\n\xff\xd8\xff\r\n--x--\r\n'
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    with contextlib.closing(connection):
        connection.request("PUT", "/notes/notes/1/upload", form, headers)
        answer = connection.getresponse()
        problem = json.loads(answer.read())
        assert (answer.status, problem["type"]) == (415, "urn:vss:problem:form-not-file")
        assert "chính tệp" in problem["detail"]
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200


def test_nothing_after_a_refused_request_is_taken_for_another_one(service):
    raw = HEAD + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    assert exchange(service, raw).count(b"HTTP/1.1 ") == 1


def test_a_head_that_dribbles_in_is_cut_off_in_time(service):
    begun = time.monotonic()
    with service.connect() as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        for _ in range(40):
            connection.sendall(b"X")
            time.sleep(0.1)
            connection.setblocking(False)
            try:
                answer = connection.recv(100)
                break
            except BlockingIOError:
                connection.setblocking(True)
    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - begun < 3


def test_a_body_that_does_not_come_is_cut_off_in_time(service):
    begun = time.monotonic()
    head = b"POST /notes/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    answer = exchange(service, head)
    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - begun < 6


def test_an_idle_connection_is_closed_in_time(service):
    with service.connect() as connection:
        begun = time.monotonic()
        assert connection.recv(1) == b""
        assert time.monotonic() - begun < 4


def test_clients_that_vanish_do_no_harm(service):
    for raw in (b"", b"GE", HEAD, b"POST /notes/notes HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{", HEAD + b"\r\n"):
        for _ in range(5):
            with service.connect() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                connection.sendall(raw)
    time.sleep(0.3)
    assert service.ask("GET", "/healthz").status == 200
    assert "http_connection_failed" not in service.log.read_text()


def test_more_connections_than_allowed_wait_and_idle_ones_make_room(own):
    service = own("http_max_connections=5", "http_idle_seconds=60")
    idle = [service.connect() for _ in range(5)]
    time.sleep(0.3)
    begun = time.monotonic()
    assert service.ask("GET", "/healthz").status == 200
    assert time.monotonic() - begun < 5
    with ThreadPoolExecutor(20) as many:
        answers = list(many.map(lambda _: service.ask("GET", "/notes/notes/slow").status, range(20)))
    assert answers == [200] * 20
    for connection in idle:
        connection.close()


def test_a_taken_port_is_said_and_stops_the_start(service, tmp_path):
    with pytest.raises(AssertionError) as failure:
        Service(tmp_path / "log", f"sqlite:///{tmp_path / 'x.db'}", port=service.port)
    assert f"StartUpError: WEB_SERVER_ADDRESS: cannot listen on 127.0.0.1:{service.port}" in str(failure.value)


# ---------------------------------------------------------------- stopping


def test_a_stop_lets_running_requests_finish_and_takes_no_new_ones(own):
    service = own()
    with ThreadPoolExecutor(10) as many:
        running = [many.submit(service.ask, "GET", "/notes/notes/slow") for _ in range(10)]
        time.sleep(0.3)
        idle = service.connect()
        idle.sendall(HEAD + b"\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200")
        begun = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - begun < 5
        assert [answer.result().status for answer in running] == [200] * 10
        assert all(answer.result().headers["Connection"] == "close" for answer in running)
    assert idle.recv(1) == b""
    idle.close()
    with pytest.raises(OSError):
        service.connect()


def test_a_stop_under_load_breaks_no_request_off(own):
    service = own()
    broken, answered = [], []
    stopped = threading.Event()

    def load():
        while not stopped.is_set():
            try:
                answered.append(service.ask("GET", "/readyz").status)
            except ConnectionRefusedError:
                return
            except Exception as error:  # an answer that broke off
                broken.append(repr(error))
                return

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    assert service.stop() == 0
    stopped.set()
    for thread in threads:
        thread.join()
    assert broken == []
    assert len(answered) > 50


def test_a_request_that_never_ends_does_not_hold_up_the_stop(own):
    service = own("stop_seconds=1")
    with service.connect() as connection:
        connection.sendall(b"PUT /notes/notes/1/file HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        time.sleep(0.3)
        begun = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - begun < 5


# ---------------------------------------------------------------- pages and keys, on both databases


@pytest.fixture
def stored(database_url, tmp_path):
    running = Service(tmp_path / "log", database_url)
    yield running
    assert running.stop() == 0


def test_pages_lists_and_idempotency_keys_work_on_either_database(stored):
    for n in range(7):
        assert stored.post_note(at=f"2026-11-21T09:0{n // 3}:00+07:00").status == 201
    seen, cursor = [], ""
    while cursor is not None:
        page = stored.json("GET", f"/notes/notes?limit=3{cursor and f'&cursor={cursor}'}")
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert stored.ask("GET", "/notes/notes?cursor=nonsense").status == 422

    first, again = stored.post_note("key-00000001", full_name="once"), stored.post_note("key-00000001", full_name="once")
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(stored.notes("once")) == 1

    other = stored.post_note("key-00000001", full_name="other")
    assert (other.status, json.loads(other.body)["type"]) == (422, "urn:vss:problem:idempotency-key-reused")
    assert stored.notes("other") == []

    for key in ("short", "a" * 201, "has space inside", "nguyễn-00000001".encode().decode("latin-1")):
        assert stored.post_note(key).status == 400


def test_a_refused_request_keeps_nothing_and_may_be_corrected_under_its_key(stored):
    assert stored.post_note("key-00000002", full_name="refused").status == 409
    assert stored.notes("refused") == []
    assert stored.post_note("key-00000002", full_name="corrected").status == 201


def test_of_many_requests_at_once_with_one_key_exactly_one_creates(stored):
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: stored.post_note("key-00000003", full_name="slow"), range(8)))
    statuses = sorted(answer.status for answer in answers)
    assert set(statuses) <= {201, 409}
    assert 409 in statuses
    assert next(json.loads(answer.body)["type"] for answer in answers if answer.status == 409).endswith("key-running")
    assert len(stored.notes("slow")) == 1


def test_two_processes_with_one_key_create_once(stored, database_url, tmp_path):
    second = Service(tmp_path / "second", database_url)
    try:
        with ThreadPoolExecutor(8) as many:
            services = [stored, second] * 4
            answers = list(many.map(lambda one: one.post_note("key-00000004", full_name="slow"), services))
        assert {answer.status for answer in answers} <= {201, 409}
        assert len(stored.notes("slow")) == 1
    finally:
        assert second.stop() == 0
