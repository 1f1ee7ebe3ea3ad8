"""A document store that a process was not given, or that is away: `/readyz` says why, and requests that need it are answered 503."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from services.chassis.documents.opening import from_url
from services.chassis.documents.s3 import S3Documents
from tests.integration.feedback.desk import Desk as Feedback
from tests.integration.registration.desk import Desk as Registration
from tests.integration.verification.desk import NO
from tests.integration.verification.desk import Desk as Verification

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


def _registration(desk: Registration) -> list[Callable[[], Any]]:
    draft = desk.create()
    desk.put(draft)
    sent = desk.submitted()
    return [lambda: desk.put(draft), lambda: desk.put(draft, "id_front"), lambda: desk.put(sent, "portrait")]


def _verification(desk: Verification) -> list[Callable[[], Any]]:
    desk.submit()
    desk.put("portrait")
    path = f"/{NO}/attachments/portrait"
    return [lambda: desk.put("id_back"), lambda: desk.ask("GET", path, "officer:mai:79")]


def _feedback(desk: Feedback) -> list[Callable[[], Any]]:
    complaint = desk.filed()
    assert desk.put(complaint, code=complaint.code).status_code == 200
    path = f"/complaints/{complaint.no}/attachments/1"
    return [lambda: desk.put(complaint, 2, code=complaint.code), lambda: desk.call("GET", path, code=complaint.code)]


KINDS: dict[str, tuple[Any, Callable[[Any], list[Callable[[], Any]]]]] = {
    "registration": (Registration, _registration),
    "verification": (Verification, _verification),
    "feedback": (Feedback, _feedback),
}


@pytest.fixture(params=KINDS)
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Any, list[Callable[[], Any]]]]:
    """A service's desk with something in it, and requests that need its documents."""
    kind, prepare = KINDS[request.param]
    desk = kind(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    requests = prepare(desk)
    assert [ask().status_code for ask in requests] == [200] * len(requests)
    for need in desk.service.http.needs:
        need(desk.resources)
    yield desk, requests
    desk.close()


@contextlib.contextmanager
def s3(status: int, code: str, only: str = "HEAD GET PUT DELETE") -> Iterator[S3Documents]:
    """A store that answers these methods so, and all others well."""

    class Answer(BaseHTTPRequestHandler):
        def do(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            wrong = self.command in only
            body = f"<Error><Code>{code}</Code></Error>".encode() if wrong and self.command != "HEAD" else b""
            self.send_response(status if wrong else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_HEAD = do_PUT = do_DELETE = do  # noqa: N815  # the library's names

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield S3Documents("dossiers", endpoint_url=f"http://127.0.0.1:{server.server_port}", attempts=1)
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", *CREDENTIALS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))


@pytest.fixture
def credentials(environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def ready(desk: Any) -> tuple[int, dict[str, Any]]:
    """Ask until the store's check has ended in time: on a busy machine its client takes longer to be made than a report waits."""
    for _ in range(30):
        answer = desk.app.test_client().get("/readyz")
        assert answer.json is not None
        part = answer.json["parts"]["documents"]
        if "no answer after" not in str(part.get("problem")):
            break
        time.sleep(1)
    return answer.status_code, part


def all_wait(requests: list[Callable[[], Any]], seconds: str) -> None:
    for ask in requests:
        answer = ask()
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, seconds), answer.get_data(as_text=True)
        assert answer.json["type"] == "urn:vss:problem:documents-unavailable"
        assert "Kho tài liệu" in answer.json["detail"]


def test_without_credentials_no_request_is_sent_to_the_process(asked: Any) -> None:
    desk, requests = asked
    desk.resources.documents = from_url("s3://dossiers", endpoint_url="http://127.0.0.1:1")
    status, part = ready(desk)
    assert (status, part["critical"]) == (503, True)
    assert "NoCredentialsError" in part["problem"]
    assert "credentials" in part["problem"]
    all_wait(requests, "60")


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AccessDenied"), (404, "NoSuchBucket"), (403, "SignatureDoesNotMatch"), (400, "SomethingNew")]
)
def test_a_store_that_refuses_us_from_the_beginning_is_named(asked: Any, credentials: None, status: int, code: str) -> None:
    desk, requests = asked
    with s3(status, code) as desk.resources.documents:
        found, part = ready(desk)
        assert (found, part["ok"], part["critical"]) == (503, False, True)
        assert "DOCUMENTS_URL" in part["problem"]
        for ask in requests:
            assert ask().status_code in (503, 404)  # S3's 404 to a GET of an object may only mean that


def test_rights_to_list_and_not_to_write_are_not_enough(asked: Any, credentials: None) -> None:
    desk, _ = asked
    with s3(403, "AccessDenied", only="PUT") as desk.resources.documents:
        found, part = ready(desk)
        assert (found, part["ok"]) == (503, False)
        assert "AccessDenied" in part["problem"]


def test_a_store_that_is_away_takes_no_process_out(asked: Any, credentials: None) -> None:
    desk, requests = asked
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        desk.resources.documents = S3Documents(
            "dossiers", endpoint_url=f"http://127.0.0.1:{closed.getsockname()[1]}", attempts=1
        )
        found, part = ready(desk)
        assert (found, part["ok"], part["critical"]) == (200, False, False)
        assert "EndpointConnectionError" in part["problem"]
        all_wait(requests, "5")


def test_a_store_that_refuses_us_later_takes_no_process_out_and_is_seen(asked: Any, credentials: None) -> None:
    desk, requests = asked
    with s3(200, "", only="none") as desk.resources.documents:
        desk.resources.documents.check()  # boto3's first client takes longer than readiness waits
        assert ready(desk)[1]["ok"]
    with s3(403, "ExpiredToken", only="PUT") as refusing:
        desk.resources.documents._endpoint_url = refusing._endpoint_url  # noqa: SLF001  # the same store, its answers changed
        desk.resources.documents._client = None  # noqa: SLF001
        put = requests[0]()
        assert (put.status_code, put.headers["Retry-After"]) == (503, "60")
        desk.resources.health._report = None  # noqa: SLF001  # a second later
        found, part = ready(desk)
        assert (found, part["ok"], part["critical"]) == (200, False, False)
        assert "ExpiredToken" in part["problem"]


def test_a_folder_that_may_not_be_written_to_is_named(asked: Any, tmp_path: Path) -> None:
    desk, requests = asked
    (tmp_path / "file").write_text("no folder")
    desk.resources.documents = from_url(f"file:{tmp_path / 'file'}")
    found, part = ready(desk)
    assert (found, part["critical"]) == (503, True)
    assert "DOCUMENTS_URL" in part["problem"]
    all_wait(requests[:1], "60")


def test_without_a_key_to_seal_with_readiness_says_so_and_codes_are_503(tmp_path: Path) -> None:
    desk = Registration(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    desk.configure(seal_public_key=None)
    for need in desk.service.http.needs:
        need(desk.resources)
    answer = desk.app.test_client().get("/readyz")
    assert answer.json is not None
    assert (answer.status_code, answer.json["degraded"]) == (200, ["seal"])
    assert "SEAL_PUBLIC_KEY" in answer.json["parts"]["seal"]["problem"]
    asked = desk.ask("POST", desk.create(), "/phone/code")
    assert (asked.status_code, asked.headers["Retry-After"]) == (503, "5")
    desk.close()
