"""Stand-ins that speak over real sockets: an HTTP server shaped like Twilio's API, and an SMTP server."""

from __future__ import annotations

import base64
import email.message
import email.policy
import json
import ssl
import threading
import time
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from twilio.request_validator import RequestValidator

from services.chassis.testing import free_port

SID, TOKEN = "AC" + "5a" * 16, "sandbox"


@dataclass
class Taken:
    """One SMS that the provider took."""

    sid: str
    to: str
    from_: str
    body: str
    callback: str
    form: dict[str, str]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class Fault:
    """What the next sends meet: an answer, no answer in time (after taking it or before), or a broken line."""

    status: int = 0
    code: int = 0
    retry_after: str | None = None
    hang_seconds: float = 0.0
    take_first: bool = False
    cut: bool = False
    times: int = 1


class Twilio:
    """`with Twilio() as provider: … provider.url … provider.taken`."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self.connections = 0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                provider.connections += 1
                super().setup()

            def do_POST(self) -> None:
                provider._take(self)

            def do_GET(self) -> None:
                provider._list(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """Connections from now on begin with a handshake."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    def texts(self, to: str | None = None) -> list[str]:
        return [sms.body for sms in self.taken if to in (None, sms.to)]

    def call_back(
        self, sms: Taken, status: str, error: str | None = None, *, url: str | None = None, token: str = TOKEN
    ) -> int:
        """POST a status as Twilio does, signed; the answer's status. `url`: where it really goes, if there is a proxy."""
        values = {
            "MessageSid": sms.sid,
            "MessageStatus": status,
            "To": sms.to,
            "AccountSid": SID,
            "ApiVersion": "2010-04-01",
        }
        if error:
            values["ErrorCode"] = error
        signature = RequestValidator(token).compute_signature(sms.callback, values)
        body = urllib.parse.urlencode(values).encode()
        where = url or sms.callback
        request = urllib.request.Request(where, body, {"X-Twilio-Signature": signature})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error_:
            return int(error_.code)

    def _take(self, http: BaseHTTPRequestHandler) -> None:
        raw = http.rfile.read(int(http.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(raw))
        self.requests.append(("POST", http.path))
        if not self._known(http):
            return
        fault = self._fault()
        if fault is None or fault.take_first:
            sms = Taken(
                "SM" + uuid.uuid4().hex, form["To"], form.get("From", ""), form["Body"], form.get("StatusCallback", ""), form
            )
            self.taken.append(sms)
        if fault is None:
            _answer(http, 201, _shown(sms))
            return
        time.sleep(fault.hang_seconds)
        if fault.cut or not fault.status:
            http.close_connection = True
            http.connection.close()
            return
        headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        about = {"code": fault.code, "message": f"about {form['To']}", "more_info": "", "status": fault.status}
        _answer(http, fault.status, about, headers)

    def _list(self, http: BaseHTTPRequestHandler) -> None:
        self.requests.append(("GET", http.path.partition("?")[0]))
        if not self._known(http):
            return
        query = dict(urllib.parse.parse_qsl(http.path.partition("?")[2]))
        found = [_shown(sms) for sms in reversed(self.taken) if query.get("To") in (None, sms.to)]
        about = {"messages": found, "page": 0, "page_size": 50, "next_page_uri": None, "uri": http.path}
        _answer(http, 200, about)

    def _known(self, http: BaseHTTPRequestHandler) -> bool:
        expected = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if http.headers["Authorization"] == expected and http.path.startswith(f"/2010-04-01/Accounts/{SID}/Messages.json"):
            return True
        _answer(http, 401, {"code": 20003, "message": "Authenticate", "more_info": "", "status": 401})
        return False

    def _fault(self) -> Fault | None:
        if not self.faults:
            return None
        fault = self.faults[0]
        fault.times -= 1
        if fault.times <= 0:
            self.faults.pop(0)
        return fault


def _shown(sms: Taken) -> dict[str, Any]:
    return {
        "sid": sms.sid,
        "to": sms.to,
        "from": sms.from_,
        "body": sms.body,
        "status": "queued",
        "date_created": format_datetime(sms.at),
        "date_sent": None,
        "date_updated": format_datetime(sms.at),
        "num_segments": "1",
        "error_code": None,
        "error_message": None,
        "direction": "outbound-api",
        "account_sid": SID,
        "api_version": "2010-04-01",
        "uri": f"/2010-04-01/Accounts/{SID}/Messages/{sms.sid}.json",
        "subresource_uris": {},
    }


def _answer(http: BaseHTTPRequestHandler, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
    body = json.dumps(content).encode()
    http.send_response(status)
    http.send_header("Content-Type", "application/json")
    http.send_header("Content-Length", str(len(body)))
    for name, value in (headers or {}).items():
        http.send_header(name, value)
    http.end_headers()
    http.wfile.write(body)


class MailServer:
    """`with MailServer() as server: … server.port … server.mails`. `replies` are what the next steps answer instead of 250."""

    def __init__(self, *, user: str = "", password: str = "") -> None:
        self.mails: list[email.message.EmailMessage] = []
        self.replies: dict[str, str] = {}
        self._login = (user.encode(), password.encode())
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=free_port(),
            auth_required=bool(user),
            auth_require_tls=False,
            authenticator=self._authenticate if user else None,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        self.port: int = self._controller.port
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == self._login, handled=False)

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]) -> str:
        if "RCPT" in self.replies:
            return self.replies["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Envelope) -> str:
        reply = self.replies.get("DATA", "250 OK")
        if reply in ("250 OK", "take and cut"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if reply.endswith("cut"):
            server.transport.abort()
        return reply
