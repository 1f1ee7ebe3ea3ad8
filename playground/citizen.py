"""Act as a citizen at the portal: fill in Form 01, add pictures, submit it, follow it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from playground.inbox import Inbox
from playground.pictures import photo
from playground.web import JPEG, Status, Web

#: the guide's own address, on the map before July 2025
PHUC_HOA = {
    "map": "before-2025-07",
    "province_code": "01",
    "district_code": "272",
    "ward_code": "09763",
    "text": "Thôn 4 Thụ Trai",
}
PICTURES = ("id_front", "id_back", "portrait")
_DECLARATIONS = "/registration/declarations"


@dataclass(frozen=True)
class Human:
    """A person and their contact data. `phone` in E.164."""

    bhxh_code: str
    full_name: str
    date_of_birth: str
    phone: str
    email: str | None = None

    @property
    def id_number(self) -> str:
        """Return twelve digits that differ from person to person."""
        return f"0{self.bhxh_code}1"


def form(human: Human, **changes: Any) -> dict[str, Any]:
    """Return Form 01 as an adult fills it in at the portal; `changes` replace fields, those of `subject` and `contact` one by one."""
    base: dict[str, Any] = {
        "kind": "register",
        "route": "portal",
        "channel": "web",
        "subject": {
            "full_name": human.full_name,
            "bhxh_code": human.bhxh_code,
            "id_type": "cccd",
            "id_number": human.id_number,
            "date_of_birth": human.date_of_birth,
        },
        "contact": {"phone": human.phone, "address": PHUC_HOA, **({"email": human.email} if human.email else {})},
        "guardian": None,
        "office_code": "01",
        "filing": "counter",
        "registered_at": "portal",
    }
    for part in ("subject", "contact"):
        base[part] |= changes.pop(part, {})
    return base | changes


def child_form(human: Human, **changes: Any) -> dict[str, Any]:
    """Return Form 01 for a child that has no ID yet: filed by a guardian, or with the `parent` who comes along."""
    return form(human, **{"subject": {"id_type": None, "id_number": None}} | changes)


def parent_of(human: Human, relationship: str = "father") -> dict[str, str]:
    """Return the parent or guardian who comes to an office with a child, as Form 01 names them."""
    return {
        "full_name": human.full_name,
        "id_type": "cccd",
        "id_number": human.id_number,
        "relationship": relationship,
        "phone": human.phone,
    }


class Dossier:
    """One declaration, in the hands of whoever filed it (with its tracking code, or a token); `no` is the draft's id until submission."""

    def __init__(self, web: Web, no: str, tracking: str | None, token: str | None = None) -> None:
        self._web = web
        self.no = no
        self.tracking = tracking
        self.token = token

    @classmethod
    def draft(cls, web: Web, body: dict[str, Any], token: str | None = None, key: str | None = None) -> Dossier:
        """Open a draft, safe to repeat with the same key."""
        made = web.call("POST", _DECLARATIONS, expect=201, token=token, json=body, key=key or str(uuid.uuid4()))
        return cls(web, made.get("draft_id") or made["dossier_no"], made["tracking_code"], token)

    def call(self, method: str, path: str = "", **how: Any) -> Any:
        """Call registration about this dossier."""
        return self._web.call(
            method, f"{_DECLARATIONS}/{self.no}{path}", **{"tracking": self.tracking, "token": self.token} | how
        )

    def attach(self, kind: str, content: bytes | None = None, content_type: str = JPEG, expect: Status = 200) -> Any:
        """Upload a picture of this kind."""
        data = content if content is not None else photo(kind, self.no)
        return self.call("PUT", f"/attachments/{kind}", data=data, content_type=content_type, expect=expect)

    def prove_phone(self, inbox: Inbox) -> None:
        """Send back the code that comes to the phone of the form."""
        before = inbox.sms()
        self.call("POST", "/phone/code", expect=202)
        self.call("POST", "/phone/confirm", json={"otp": inbox.otp(skip=before)})

    def submit(self, expect: Status = 202) -> Any:
        """Answer "Đồng ý" to the commitment: the dossier is called by its number from then on."""
        answer = self.call("POST", "/submit", json={"commitment": True}, expect=expect)
        self.no = answer.get("dossier_no", self.no)
        return answer

    def look(self) -> Any:
        return self.call("GET")

    @property
    def status(self) -> str:
        return str(self.look()["status"])

    def until(self, *statuses: str, seconds: float | None = None) -> Any:
        """Wait until it has one of these statuses; return it then."""
        what = f"{self.no} {' or '.join(statuses)}"
        return self._web.until(self.look, lambda seen: seen["status"] in statuses, what, seconds)


class Citizen:
    """A person with a phone, with or without an account."""

    def __init__(self, web: Web, human: Human) -> None:
        self.web = web
        self.human = human
        self.inbox = Inbox(web, human.phone)

    def drafts(
        self, body: dict[str, Any] | None = None, pictures: tuple[str, ...] = PICTURES, token: str | None = None
    ) -> Dossier:
        """Create a draft with pictures."""
        dossier = Dossier.draft(self.web, body or form(self.human), token)
        for kind in pictures:
            dossier.attach(kind)
        return dossier

    def files(
        self,
        body: dict[str, Any] | None = None,
        pictures: tuple[str, ...] = PICTURES,
        token: str | None = None,
        *,
        proving: bool = True,
    ) -> Dossier:
        """Create a draft with pictures, prove its phone if it is a portal draft, and submit it."""
        body = body or form(self.human)
        dossier = self.drafts(body, pictures, token)
        if body["route"] == "portal" and proving:
            dossier.prove_phone(Inbox(self.web, body["contact"]["phone"]))
        dossier.submit()
        return dossier
