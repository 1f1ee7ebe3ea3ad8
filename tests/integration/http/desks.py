"""The services' applications without bus and processes, each with something in it; and what their OpenAPI documents name."""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from services.chassis.discovery import load
from services.chassis.seal import generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.settings import Secret
from services.chassis.web.auth import InvalidToken, Principal, Verifier
from tests.stand import desk
from tests.stand.tokens import with_second_factor

SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
ROLES = ("citizen", "newcomer", "officer", "approver", "director", "board", "support", "admin")
UNKNOWN_NO, UNKNOWN_ID = "261121-999999-4", "019aa5b5-c0de-7000-a000-0000000000ff"
#: what everybody here would use up together, from one address and with one code
_LIMIT = re.compile(r"(lookups|tracking|filing|uploads|sign_ins|drafts|submissions|complaints|wrong_codes)_per_")
#: what no answer may repeat
PRIVATE = "Nguyễn Bí Mật 0987654321"

FORM = {
    "kind": "register", "route": "portal", "channel": "web", "guardian": None, "office_code": "01", "filing": "counter",
    "registered_at": "portal",
    "subject": {"full_name": "Nguyễn Thành Biên", "bhxh_code": "0113099841", "id_type": "cccd", "id_number": "111349876090"},
    "contact": {
        "phone": "0983847986",
        "address": {"map": "before-2025-07", "province_code": "01", "district_code": "272", "ward_code": "09763", "text": "Thôn 4"},
    },
}  # fmt: skip
STAFF = {
    "username": "can.bo.thu", "full_name": "Trần Thị Thử", "phone": "0912345678", "role": "officer", "office": "01", "province": "01",
    "reason": "Phân công mới",
}  # fmt: skip


COMPLAINT = {
    "channel": "counter", "office_code": "01", "category_code": "khac", "subject_line": "Sai quá trình tham gia BHXH",
    "body": "Sổ BHXH không ghi nhận các tháng tôi đã làm việc năm 2019.", "contact": {"phone": "0983847986"},
}  # fmt: skip


#: a good body of each operation that takes an Idempotency-Key, by the end of its path
GOOD: dict[str, dict[str, Any]] = {
    "/submit": {"commitment": True}, "/cases/{no}/phone": {"phone": "0983847986"}, "/declarations": FORM, "/staff": STAFF, "/decision": {"outcome": "valid"},
    "/complaints": COMPLAINT, "/complaints/acknowledge": {"complaint_nos": ["PA-261121-999999-4"]}, "/route": {"unit": "Phòng Thu"},
    "/recategorise": {"category_code": "khac", "reason": "Thuộc loại khác."}, "/about": {"about": None, "reason": "Không phải về cán bộ."},
    "/{email_id}/confirm": {name: value for name, value in COMPLAINT.items() if name != "channel"}, "/attach": {"complaint_no": "PA-261121-999999-4"},
    "/discard": {"reason": "Thư quảng cáo."}, "/ask": {"question": "Tên đơn vị cũ?"},
    "/coordinate": {"office_code": "79", "question": "Đề nghị đối chiếu."}, "/answer/approve": {"version": 1},
    "/answer/return": {"remark": "Nêu rõ căn cứ."}, "/coordinations/{coordination_id}/answer": {"words": "Đã đối chiếu."},
    "/answer": {"text": "Đã bổ sung quá trình đóng."}, "/remind": {}, "/reply": {"words": "Công ty may"},
    "/reopen": {"reason": "Chưa xong việc."}, "/rate": {"rating": 5}, "/messages": {"words": "Xin hỏi thêm."},
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """One method of one path; `doc` is what the OpenAPI document says of it."""

    service: str
    method: str
    path: str
    doc: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def takes(self) -> list[str]:
        """The media types of its body."""
        return list(self.doc.get("requestBody", {}).get("content", {}))

    @property
    def schema(self) -> dict[str, Any] | None:
        content = self.doc.get("requestBody", {}).get("content", {})
        return content["application/json"]["schema"] if "application/json" in content else None

    @property
    def token(self) -> str:
        """`required`, `optional` or `none`."""
        security = self.doc.get("security") or []
        return "none" if not security else "optional" if {} in security else "required"

    @property
    def good(self) -> dict[str, Any]:
        """A body that is taken."""
        return next((body for end, body in GOOD.items() if self.path.endswith(end)), {})

    def parameters(self, place: str) -> list[dict[str, Any]]:
        return [each for each in self.doc.get("parameters", ()) if each.get("in") == place]

    def at(self, **values: str) -> str:
        return re.sub(r"{(\w+)}", lambda match: values[match[1]], self.path)


class Desk(desk.Desk):
    """One service's application on SQLite; `known` has the ids of what is in it: a dossier, or a member of staff."""

    def __init__(self, service: str, folder: Path) -> None:
        self.service = load(service)
        self.blueprints = importlib.import_module(f"services.{service}.service").BLUEPRINTS
        pair = generate_keypair()
        given: dict[str, Any] = {
            "accounts": {"seal_public_key": Secret(pair.public_key), "secrets_key": generate_key()},
            "notifications": {"seal_private_key": pair.private_key},
            "feedback": {"seal_public_key": Secret(pair.public_key)},
            "registration": {"seal_public_key": Secret(pair.public_key)},
        }.get(service, {})
        limits = [each.name for each in dataclasses.fields(self.service.settings) if _LIMIT.search(each.name)]
        super().__init__(f"sqlite:///{folder / service}.db", **given | dict.fromkeys(limits, 0))
        self.headers: dict[str, str] = {}
        self._roles: dict[str, str] = {}
        self.known = {
            "no": UNKNOWN_NO, "kind": "weekly" if service == "feedback" else "portrait", "account_id": UNKNOWN_ID, "session_id": UNKNOWN_ID,
            "coordination_id": UNKNOWN_ID, "email_id": UNKNOWN_ID, "number": "1", "passkey_id": UNKNOWN_ID, "slot": "1", "code": "khac", "name": "2026-W45", "token": "ABCDEFGHJKLMNPQR",
            "file": "report.csv",
        }  # fmt: skip

    def migrate(self) -> None:
        """Left to `filled()`: a document needs no database."""

    def verifier(self) -> Verifier:
        return _principal

    def ask(self, method: str, path: str, *, role: str | None = None, **options: Any) -> TestResponse:
        """A request; `role` is the caller's, None for nobody."""
        headers = {**self.headers, **options.pop("headers", {})}
        if role:
            headers["Authorization"] = f"Bearer {role}"
        return self.client.open(path, method=method, headers=headers, **options)

    def role_for(self, operation: Operation) -> str | None:
        """Somebody who is let in, or nobody where nobody need be. Found by trying, once for each operation."""
        if operation.token != "required":
            return None
        if operation.id not in self._roles:
            self._roles[operation.id] = self._let_in(operation)
        return self._roles[operation.id]

    def _let_in(self, operation: Operation) -> str:
        answers = {
            role: self.ask(operation.method, operation.at(**self.known), role=role, json={}).status_code
            for role in (*ROLES[2:], *ROLES[:2])
        }
        # an operation on one's own session has room for every role, and answers 401 as nobody here has one
        return next((role for role, status in answers.items() if status not in (401, 403)), None) or next(
            role for role, status in answers.items() if status != 403
        )

    def filled(self) -> Desk:
        """With a database, and something in it."""
        super().migrate()
        if self.service.name == "registration":
            made = self.ask("POST", "/registration/declarations", json=FORM)
            assert made.status_code == 201, made.text
            self.known["no"] = made.get_json()["draft_id"]
            self.headers = {"X-Tracking-Code": made.get_json()["tracking_code"]}
        elif self.service.name == "verification":
            self.known["no"] = self._tell_verification()
        elif self.service.name == "accounts":
            made = self.ask("POST", "/accounts/staff", role="admin", json=STAFF)
            assert made.status_code == 201, made.text
            self.known["account_id"] = made.get_json()["id"]
        elif self.service.name == "feedback":
            self._complain()
        return self

    def _complain(self) -> None:
        """A complaint, and another office that is asked for help with it."""
        made = self.ask("POST", "/feedback/complaints", role="officer", json=COMPLAINT)
        assert made.status_code == 201, made.text
        self.known["no"] = made.get_json()["complaint_no"]
        self.headers = {"X-Tracking-Code": made.get_json()["tracking_code"]}
        question = {"office_code": "79", "question": "Đề nghị đối chiếu quá trình đóng."}
        asked = self.ask("POST", f"/feedback/complaints/{self.known['no']}/coordinate", role="officer", json=question)
        assert asked.status_code == 201, asked.text
        self.known["coordination_id"] = asked.get_json()["coordination_id"]

    def _tell_verification(self) -> str:
        """A submitted declaration, as registration tells it; its number."""
        from services.registration.events import DeclarationSubmitted

        self.handle(self.reader("declaration_submitted"), DeclarationSubmitted.example)
        return str(DeclarationSubmitted.example["dossier_no"])

    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = self.open("GET", "/openapi.json").get_json()
        return document


def operations(service: str, folder: Path) -> list[Operation]:
    """All that the service's document names, references to schemas filled in."""
    document = Desk(service, folder).document()
    return [
        Operation(service, method.upper(), path, filled_in(each, document))
        for path, item in document["paths"].items()
        for method, each in item.items()
        if method != "parameters"
    ]


def filled_in(node: Any, document: dict[str, Any]) -> Any:
    """The same without `$ref`."""
    if isinstance(node, list):
        return [filled_in(inner, document) for inner in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        found: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        # responses have schemas that go round (a page of pages); requests here do not
        return filled_in(found, document)
    return {key: filled_in(inner, document) for key, inner in node.items()}


def fields(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every field of a body, with its path from the top."""
    for name, inner in schema.get("properties", {}).items():
        own = next((each for each in inner.get("anyOf", ()) if each.get("type") != "null"), inner)
        nullable = own is not inner or "null" in own.get("type", ())
        yield (*path, name), {**own, "nullable": nullable, "required": name in schema.get("required", ())}
        yield from fields(own, (*path, name))


def nested(path: tuple[str, ...], value: Any) -> Any:
    """`("contact", "phone"), 5` → `{"contact": {"phone": 5}}`."""
    for name in reversed(path):
        value = {name: value}
    return value


def _principal(token: str) -> Principal:
    """Tokens of these tests are the role itself."""
    if token not in ROLES:
        raise InvalidToken("no role")
    claims = {"sub": UNKNOWN_ID, "sid": UNKNOWN_ID, "role": token, "office": "01", "province": "01", "board": "cntt"}
    return Principal(UNKNOWN_ID, token, claims | with_second_factor())
