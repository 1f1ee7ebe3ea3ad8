"""Documents in S3: the port's suite against a real HTTP server, and what happens when S3 does not behave."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest

from services.chassis.documents import Corrupted, DocumentStore, StoreMisconfigured, StoreUnavailable
from services.chassis.documents.encrypted import EncryptedDocuments
from services.chassis.documents.opening import from_url
from services.chassis.documents.s3 import S3Documents
from services.chassis.secretbox import SecretBox, generate_key
from services.chassis.testing.aws import aws
from services.chassis.testing.document_store_suite import MAX_BYTES, PORTRAIT, DocumentStoreSuite

pytestmark = pytest.mark.slow

ANY_ID = "0" * 32 + "-" + "0" * 32


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with aws() as url:
        yield url


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def bucket(endpoint: str, credentials: None) -> Any:
    bucket = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1").Bucket("dossiers")
    bucket.create()
    return bucket


class TestS3(DocumentStoreSuite):
    @pytest.fixture
    def store(self, endpoint: str, bucket: Any) -> DocumentStore:
        self.bucket = bucket
        return from_url("s3://dossiers/portraits", endpoint_url=endpoint, max_bytes=MAX_BYTES)

    def tamper(self, store: DocumentStore, document_id: str, content: bytes) -> None:
        stored = self.bucket.Object(f"portraits/{document_id}")
        stored.put(Body=content, ContentType=stored.content_type, Metadata=stored.metadata)

    def test_an_object_without_its_hash_is_corrupted(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        self.bucket.Object(f"portraits/{document.document_id}").put(Body=PORTRAIT)
        with pytest.raises(Corrupted, match="sha256"):
            store.get(document.document_id)

    def test_encryption_at_rest_is_asked_for(self, store: DocumentStore, endpoint: str) -> None:
        document = from_url("s3://dossiers?sse=aws:kms&kms_key_id=k1", endpoint_url=endpoint).put(PORTRAIT, "image/jpeg")
        stored = self.bucket.Object(document.document_id)
        assert (stored.server_side_encryption, stored.ssekms_key_id) == ("aws:kms", "k1")

    def test_a_missing_bucket_is_for_an_operator(self, store: DocumentStore, endpoint: str) -> None:
        elsewhere = from_url("s3://nowhere", endpoint_url=endpoint)
        for call in (elsewhere.check, lambda: elsewhere.put(PORTRAIT, "image/jpeg"), lambda: elsewhere.get(ANY_ID)):
            with pytest.raises(StoreMisconfigured, match="DOCUMENTS_URL"):
                call()

    def test_many_threads_share_one_store(self, store: DocumentStore) -> None:
        got: list[bytes] = []

        def work(number: int) -> None:
            got.append(store.get(store.put(bytes([number]), "image/jpeg").document_id))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(got) == [bytes([number]) for number in range(8)]


class TestS3ThatDoesNotBehave:
    def calls(self, store: DocumentStore) -> list[Callable[[], object]]:
        return [
            store.check,
            lambda: store.put(PORTRAIT, "image/jpeg"),
            lambda: store.get(ANY_ID),
            lambda: store.delete(ANY_ID),
        ]

    def test_an_s3_that_is_away_is_worth_another_try(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            store = S3Documents("dossiers", endpoint_url=f"http://127.0.0.1:{closed.getsockname()[1]}", attempts=1)
            for call in self.calls(store):
                with pytest.raises(StoreUnavailable):
                    call()

    def test_an_s3_that_never_answers_is_given_up_in_time(self) -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            store = S3Documents("dossiers", endpoint_url=url, connect_seconds=0.2, read_seconds=0.2, attempts=1)
            began = time.monotonic()
            for call in self.calls(store):
                with pytest.raises(StoreUnavailable):
                    call()
            assert time.monotonic() - began < 5

    @pytest.mark.parametrize("status", [500, 503, 429])
    def test_a_server_in_trouble_is_worth_another_try(self, status: int) -> None:
        with _answering(status, b"<Error><Code>Trouble</Code></Error>") as url:
            for call in self.calls(S3Documents("dossiers", endpoint_url=url, attempts=1)):
                with pytest.raises(StoreUnavailable):
                    call()

    def test_throttling_is_worth_another_try_whatever_its_status(self) -> None:
        with (
            _answering(400, b"<Error><Code>SlowDown</Code></Error>") as url,
            pytest.raises(StoreUnavailable, match="SlowDown"),
        ):
            S3Documents("dossiers", endpoint_url=url, attempts=1).put(PORTRAIT, "image/jpeg")

    def test_a_refusal_is_for_an_operator_and_does_not_show_the_id(self) -> None:
        with _answering(403, b"<Error><Code>AccessDenied</Code><Key>" + ANY_ID.encode() + b"</Key></Error>") as url:
            for call in self.calls(S3Documents("dossiers", endpoint_url=url, attempts=1)):
                with pytest.raises(StoreMisconfigured) as caught:
                    call()
                assert ANY_ID not in str(caught.value)

    def test_no_credentials_are_for_an_operator(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        with pytest.raises(StoreMisconfigured, match="NoCredentials"):
            S3Documents("dossiers", endpoint_url="http://127.0.0.1:1").check()

    @pytest.mark.parametrize("endpoint", ["http://", "not a url", "http://exa mple"])
    def test_an_impossible_endpoint_is_for_an_operator(self, endpoint: str) -> None:
        with pytest.raises(StoreMisconfigured, match="S3_ENDPOINT_URL"):
            S3Documents("dossiers", endpoint_url=endpoint, attempts=1).check()

    def test_an_answer_cut_off_is_worth_another_try(self) -> None:
        head = {
            "x-amz-meta-sha256": "0" * 64,
            "x-amz-meta-size": "1000",
            "Content-Length": "1000",
            "Content-Type": "image/jpeg",
        }
        with _answering(200, b"half", head) as url, pytest.raises(StoreUnavailable):
            S3Documents("dossiers", endpoint_url=url, attempts=1).get(ANY_ID)

    def test_a_server_that_recovers_within_the_attempts_is_not_noticed(self) -> None:
        with _answering(500, b"", then=(200, b"", {})) as url:
            S3Documents("dossiers", endpoint_url=url, attempts=2).put(PORTRAIT, "image/jpeg")

    def test_metadata_in_capitals_is_understood(self) -> None:
        head = {
            "X-Amz-Meta-Sha256": hashlib.sha256(PORTRAIT).hexdigest(),
            "X-Amz-Meta-Size": str(len(PORTRAIT)),
            "Content-Type": "image/jpeg",
        }
        with _answering(200, PORTRAIT, head) as url:
            assert S3Documents("dossiers", endpoint_url=url).get(ANY_ID) == PORTRAIT


@contextmanager
def _answering(
    status: int, body: bytes, headers: dict[str, str] | None = None, *, then: tuple[int, bytes, dict[str, str]] | None = None
) -> Iterator[str]:
    """A server that gives every request the same answer, or `then` from the second one on."""
    answers = [(status, body, headers or {})]

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body, headers = answers[0]
            answers[:] = [then or answers[0]]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            self.close_connection = True

        do_GET = do_PUT = do_HEAD = do_DELETE = answer  # noqa: N815  http.server looks for these names

        def log_message(self, *args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


GREEN = """
import eventlet
eventlet.monkey_patch()
import sys, time
from services.chassis.documents.encrypted import EncryptedDocuments
from services.chassis.documents.opening import from_url
store, ticks, sizes = from_url("s3://dossiers/green", endpoint_url=sys.argv[1]), [], []

def work(number):
    sizes.append(len(store.get(store.put(bytes(2_000_000 + number), "image/jpeg").document_id)))

def tick():
    while True:
        ticks.append(time.monotonic())
        eventlet.sleep(0.005)

store.check()
ticker = eventlet.spawn(tick)
eventlet.sleep(0)
threads = [eventlet.spawn(work, number) for number in range(5)]
for thread in threads:
    thread.wait()
ticker.kill()
print(sorted(sizes) == [2_000_000 + number for number in range(5)], max(b - a for a, b in zip(ticks, ticks[1:])))
"""


def test_green_threads_go_on_while_documents_travel(endpoint: str, bucket: Any) -> None:
    printed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GREEN, endpoint], capture_output=True, text=True, check=True, timeout=60
    )
    whole, longest_pause = printed.stdout.split()
    assert whole == "True"
    assert float(longest_pause) < 0.5


class TestEncryptedInS3(DocumentStoreSuite):
    @pytest.fixture
    def store(self, endpoint: str, bucket: Any) -> DocumentStore:
        self.bucket = bucket
        boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1").Bucket("keys").create()
        content = from_url("s3://dossiers/papers", endpoint_url=endpoint, max_bytes=MAX_BYTES)
        return EncryptedDocuments(content, from_url("s3://keys/papers", endpoint_url=endpoint), SecretBox(generate_key()))

    def tamper(self, store: DocumentStore, document_id: str, content: bytes) -> None:
        stored = self.bucket.Object(f"papers/{document_id}")
        stored.put(Body=content, ContentType=stored.content_type, Metadata=stored.metadata)

    def test_the_object_tells_nothing_of_the_document(self, store: DocumentStore) -> None:
        document = store.put(PORTRAIT, "image/jpeg")
        stored = self.bucket.Object(f"papers/{document.document_id}")
        assert stored.content_type == "application/octet-stream"
        assert document.sha256 not in str(stored.metadata)
        assert PORTRAIT not in stored.get()["Body"].read()
