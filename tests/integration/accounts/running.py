"""A process of accounts with its neighbours played by the test: verification tells, notifications reads."""

from __future__ import annotations

import copy
import http.client
import json
import uuid
from contextlib import closing
from typing import Any, NamedTuple

from services.chassis.ids import uuid7
from services.chassis.seal import Opener, generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.testing import free_port
from services.verification.events import IdentityVerified
from tests.stand import broker
from tests.stand.messages import PREFIX, Message
from tests.stand.place import Place, eventually

ACCOUNTS = "services.accounts.service:Accounts"
NEW_PASSWORD = "Hoa sen nở tháng Sáu"


class Answer(NamedTuple):
    status: int
    body: Any
    headers: dict[str, str]


def verified(dossier_no: str = "261121-000001-8", *, kind: str = "register", **changes: Any) -> dict[str, Any]:
    """The body of identity_verified; `subject_…` and `contact_…` change those inside."""
    body: dict[str, Any] = copy.deepcopy(IdentityVerified.example) | {"dossier_no": dossier_no, "kind": kind}
    for name, value in changes.items():
        outer, _, inner = name.partition("_")
        if outer in ("subject", "contact") and inner:
            body[outer][inner] = value
        else:
            body[name] = value
    return body


def told(body: dict[str, Any], message_id: str | None = None) -> Message:
    """The message that verification sends."""
    id_ = message_id or str(uuid7())
    headers = {
        "specversion": "1.0",
        "id": id_,
        "source": "/vss/verification",
        "type": "vn.vss.verification.identity_verified.v1",
        "subject": body["dossier_no"],
        "time": "2026-11-23T03:06:00.000000Z",
        "revision": 1,
        "correlationid": body["dossier_no"],
        "traceparent": f"00-{uuid.uuid4().hex}-00f067aa0ba902b7-01",
    }
    named = {PREFIX + name: value for name, value in headers.items()}
    return Message("verification.events", "identity_verified", json.dumps(body, ensure_ascii=False).encode(), named, id_)


class Running:
    """Accounts, running in a place; `facts` are what notifications would have read."""

    def __init__(self, place: Place, **settings: Any) -> None:
        self.place, self.keys, self.port = place, generate_keypair(), free_port()
        self.opener = Opener(self.keys.private_key)
        self.settings = {
            "seal_public_key": self.keys.public_key,
            "secrets_key": generate_key().reveal(),
            "http_address": f"127.0.0.1:{self.port}",
            **settings,
        }
        self.program = self.start()
        broker.listen(place.amqp_uri, "accounts.events", "#", "told")
        self.facts: list[tuple[str, dict[str, Any]]] = []
        self.raw: list[bytes] = []

    def start(self, **changes: Any) -> Any:
        settings = {name.upper(): value for name, value in (self.settings | changes).items()}
        return self.place.start(ACCOUNTS, **settings).ready()

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with closing(connection):
            raw = None if body is None else json.dumps(body).encode()
            sent = {"Content-Type": "application/json"} if raw is not None else {}
            sent |= {"Authorization": f"Bearer {token}"} if token else {}
            connection.request(method, f"/accounts{path}", raw, sent | headers)
            answer = connection.getresponse()
            text = answer.read()
            return Answer(answer.status, json.loads(text) if text else None, dict(answer.headers))

    def hear(self, fact: str, count: int = 1) -> list[dict[str, Any]]:
        """The latest `count` facts of a name, once there are so many more than were heard before."""
        heard: list[dict[str, Any]] = []

        def enough() -> bool:
            for taken in self.place.take("told"):
                self.raw.append(taken.body)
                self.facts.append((taken.routing_key, json.loads(taken.body)))
            waiting = [found for found in self.facts if found[0] == fact]
            if len(waiting) >= count:
                for found in waiting[:count]:
                    self.facts.remove(found)
                    heard.append(found[1])
            return bool(heard)

        eventually(enough, f"{count} {fact}")
        return heard

    def code(self) -> str:
        """The code of the next OTP, as notifications opens it."""
        [fact] = self.hear("otp_issued")
        return str(self.opener.open(fact["sealed_code"], f"otp:{fact['otp_id']}")["code"])

    def first_password(self) -> str:
        [fact] = self.hear("account_activated")
        context = f"first-password:{fact['account_id']}"
        return str(self.opener.open(fact["sealed_credential"], context)["password"])

    def sign_in(self, password: str, username: str = "0113099841", device_id: str = "điện thoại 1") -> Answer:
        return self.ask("POST", "/sessions", {"username": username, "password": password, "device_id": device_id})
