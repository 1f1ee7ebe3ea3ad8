"""Whoever answers for another machine cannot send our requests, and what they carry, somewhere else."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

import pytest

from services.chassis.fetching import open_url
from services.chassis.settings import Url
from services.chassis.web import ended
from services.chassis.web.tokens import read_jwks
from services.notifications.sns.signature import NoCertificate, NotFromSns, Sns


class Thief(ThreadingHTTPServer):
    """Writes down what it is asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[dict[str, str]] = []


class _Answers(BaseHTTPRequestHandler):
    """`/to/PORT` redirects to that port; whatever else is asked is written down."""

    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.path.split('/')[2]}/stolen")
        else:
            cast("Thief", self.server).asked.append(dict(self.headers))
            self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def thief() -> Iterator[Thief]:
    server = Thief()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_password_does_not_follow_a_redirect(thief: Thief) -> None:
    url = f"http://127.0.0.1:{thief.server_port}/to/{thief.server_port}"
    request = urllib.request.Request(url, headers={"Authorization": "Basic Z3Vlc3Q6Z3Vlc3Q="})
    with pytest.raises(urllib.error.HTTPError) as refused:
        open_url(request, 5)
    refused.value.close()
    assert refused.value.code == 302
    assert thief.asked == []


def test_keys_that_check_tokens_are_taken_from_nowhere_else(thief: Thief) -> None:
    with pytest.raises(OSError, match="302"):
        read_jwks(f"http://127.0.0.1:{thief.server_port}/to/{thief.server_port}")
    assert thief.asked == []


def test_the_list_of_ended_sessions_is_taken_from_nowhere_else(thief: Thief) -> None:
    with pytest.raises(OSError, match="302"):
        ended.read(f"http://127.0.0.1:{thief.server_port}/to/{thief.server_port}/jwks.json")
    assert thief.asked == []


def test_a_forged_receipt_sends_us_to_no_address_of_its_sender(thief: Thief) -> None:
    own = f"http://127.0.0.1:{thief.server_port}"
    sns = Sns("arn:aws:sns:ap-southeast-1:0:topic", sandbox=Url(f"{own}/to/"))
    message = {
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:ap-southeast-1:0:topic",
        "Message": "{}",
        "Timestamp": "2026-11-28T10:00:00.000Z",
        "SignatureVersion": "2",
        "Signature": "AAAA",
    }
    for url in (
        f"{own}/stolen.pem",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://sns.evil.example/x.pem",
    ):
        with pytest.raises(NotFromSns):
            sns.check(message | {"SigningCertURL": url})
    with pytest.raises(NoCertificate):
        sns.check(message | {"SigningCertURL": f"{own}/to/{thief.server_port}/x.pem"})
    assert thief.asked == []
