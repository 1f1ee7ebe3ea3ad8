"""A small real HTTP server that answers as HGĐ does, and can be told to misbehave; it publishes token keys, too.

In a process of its own: once a service has been imported, `http.server` here may be eventlet's, which no thread can serve with.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

KEY = "a key of the tests"


class HgdServer:
    """The tests' side. `people` maps codes to names."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        self._base = f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self._base}/hgd"

    @property
    def jwks_url(self) -> str:
        return f"{self._base}/jwks.json"

    def set(self, **orders: Any) -> None:
        """`people`, `jwks`; `drop` closes connections instead of answering, `hang_seconds` is waited before an answer.

        `jwks_seconds` is waited before the keys are given, `jwks_failures` are so many 500 in place of them.
        """
        requests.put(f"{self._base}/orders", json=orders, timeout=10).raise_for_status()

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Answer every question with this from now on."""
        self.set(say=[status, base64.b64encode(body).decode(), headers])

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The questions so far: path, key, bhxh_code."""
        asked: list[dict[str, Any]] = requests.get(f"{self._base}/asked", timeout=10).json()
        return asked

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    orders: dict[str, Any] = {  # noqa: RUF012
        "people": {}, "say": None, "drop": False, "hang_seconds": 0, "jwks": {}, "jwks_seconds": 0, "jwks_failures": 0,
    }  # fmt: skip
    asked: list[dict[str, Any]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        if self.path == "/asked":
            self._json(self.asked)
            return
        keys = self.orders["jwks"]  # as they were when they were asked for
        time.sleep(self.orders["jwks_seconds"])
        if self.orders["jwks_failures"] > 0:
            self.orders["jwks_failures"] -= 1
            self._answer(500, b"", {})
        else:
            self._json(keys)

    def do_PUT(self) -> None:
        self.orders.update(self._body())
        self._json({})

    def do_POST(self) -> None:
        question = self._body()
        self.asked.append({"path": self.path, "key": self.headers["X-Api-Key"], **question})
        time.sleep(self.orders["hang_seconds"])
        if self.orders["drop"]:
            self.close_connection = True
        elif self.orders["say"]:
            status, body, headers = self.orders["say"]
            self._answer(status, base64.b64decode(body), headers)
        elif self.headers["X-Api-Key"] != KEY:
            self._answer(401, b"", {})
        elif (name := self.orders["people"].get(question["bhxh_code"])) is None:
            self._json({"found": False})
        else:
            self._json({"found": True, **question, "full_name": name, "date_of_birth": "1987-05-19"})

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _json(self, data: Any) -> None:
        self._answer(200, json.dumps(data, ensure_ascii=False).encode(), {})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing to the tests' output."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    print(server.server_port, flush=True)
    server.serve_forever()
