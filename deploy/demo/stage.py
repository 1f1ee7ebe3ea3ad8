"""What every chapter has at hand: the system, the people, and what they do again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deploy.demo.narrator import Narrator
from deploy.demo.phone import Phone, otp_in
from deploy.demo.pictures import jpeg
from deploy.demo.system import SANDBOX, System, new_password
from deploy.demo.web import JPEG, Unexpected, Web, until
from deploy.sandbox.population import Person, people

OFFICE = "79"
OFFICER = "lan.tt"
OFFICER_PHONE = "0901000079"
ADMIN = "quan-tri"
EMAIL = "biennt@vss.gov.vn"
#: the guide's own address, on the map before July 2025 (I10)
ADDRESS = {
    "map": "before-2025-07",
    "province_code": "01",
    "district_code": "272",
    "ward_code": "09763",
    "text": "Thôn 4 Thụ Trai",
}


@dataclass(frozen=True)
class Dossier:
    """What whoever filed keeps: the number, and the tracking code or a token."""

    no: str
    tracking: str | None
    token: str | None = None


class Stage:
    """The running system, and the officer in Ho Chi Minh City."""

    def __init__(self, system: System, tell: Narrator) -> None:
        sandbox = system.url(SANDBOX)
        self.system = system
        self.tell = tell
        self.web = Web({**{name: system.url(name) for name in system.services}, "hgd": sandbox, "inbox": sandbox})
        self._passwords: dict[str, str] = {}
        self._staff: dict[str, dict[str, Any]] = {}
        self._sessions: dict[str, dict[str, Any]] = {}
        self._others = (person for person in people() if not person.is_child and not person.parent_of)

    def another(self) -> Person:
        """An adult whom HGĐ knows and whom no chapter has met."""
        return next(self._others)

    def phone(self, number: str) -> Phone:
        return Phone(self.web, number)

    # The citizen

    def form(self, person: Person, **changes: Any) -> dict[str, Any]:
        """Form 01 of an adult at the portal; `changes` replace whole parts."""
        subject = {
            "full_name": person.full_name,
            "bhxh_code": person.bhxh_code,
            "id_type": "cccd",
            "id_number": person.personal_id,
            "date_of_birth": person.date_of_birth.isoformat(),
        }
        form = {
            "kind": "register",
            "route": "portal",
            "channel": "web",
            "subject": subject,
            "contact": {"phone": person.phone, "address": ADDRESS},
            "guardian": None,
            "office_code": "01",
            "filing": "counter",
            "registered_at": "portal",
        }
        return form | changes

    def files(self, form: dict[str, Any], *, pictures: tuple[str, ...] = (), token: str | None = None) -> Dossier:
        """Fill in, add pictures, agree to the commitment, send."""
        made = self.web.call("POST", "/registration/declarations", expect=201, token=token, json=form)
        dossier = Dossier(made["dossier_no"], made["tracking_code"], token)
        path = f"/registration/declarations/{dossier.no}"
        for kind in pictures:
            photo = jpeg(kind, form["subject"]["bhxh_code"])
            to, media_type = f"{path}/attachments/{kind}", {"Content-Type": JPEG}
            self.web.call("PUT", to, tracking=dossier.tracking, token=token, data=photo, headers=media_type)
        agreed = {"commitment": True}
        self.web.call("POST", f"{path}/submit", expect=202, tracking=dossier.tracking, token=token, json=agreed)
        return dossier

    def declaration(self, dossier: Dossier) -> dict[str, Any]:
        """What the portal says about it."""
        path = f"/registration/declarations/{dossier.no}"
        return dict(self.web.call("GET", path, tracking=dossier.tracking, token=dossier.token))

    def until_declaration(self, dossier: Dossier, status: str) -> dict[str, Any]:
        """Wait until the portal says so."""
        return until(lambda: self.declaration(dossier), lambda seen: seen["status"] == status, f"{dossier.no} {status}")

    # The account

    def signs_in(self, username: str, password: str, device: str) -> dict[str, Any]:
        body = {"username": username, "password": password, "device_id": device}
        return dict(self.web.call("POST", "/accounts/sessions", expect=201, json=body))

    def changes_password(self, token: str, old: str, new: str, phone: Phone) -> tuple[dict[str, Any], dict[str, Any]]:
        """Both halves; the OTP is taken from the SMS. The SMS, and the new session."""
        body = {"current_password": old, "new_password": new}
        challenge = self.web.call("POST", "/accounts/password/change", expect=202, token=token, json=body)["challenge"]
        message = phone.wait("OTP")
        body = {"challenge": challenge, "otp": otp_in(message)}
        return message, self.web.call("POST", "/accounts/password/confirm", token=token, json=body)

    def keep_session(self, bhxh_code: str, session: dict[str, Any]) -> None:
        """For a later chapter."""
        self._sessions[bhxh_code] = session

    def session_of(self, bhxh_code: str) -> dict[str, Any]:
        """Of somebody who signed in in an earlier chapter."""
        return self._sessions[bhxh_code]

    # The officer

    def opens_the_office(self) -> None:
        """The first administrator by the command for it, the password through a pipe; the officer by the administrator."""
        password = self._passwords[ADMIN] = new_password()
        named = ["--name", "Quản trị hệ thống", "--phone", "0901000001", "--role", "admin", "--password-stdin"]
        self.system.vss("accounts", "staff", "add", ADMIN, *named, stdin=f"{password}\n")
        self.staff_signs_in(ADMIN)
        self.hires(OFFICER, "Trần Thị Lan", OFFICER_PHONE, role="approver", office=OFFICE, province=OFFICE)

    def hires(self, username: str, name: str, number: str, **post: str) -> None:
        """The administrator opens the account; its holder sets the password with an OTP, so that nobody else ever knew it (A12).

        :param post: role, and what it needs: office and province, or board.
        """
        person = {"username": username, "full_name": name, "phone": number} | post
        self.web.call("POST", "/accounts/staff", expect=201, token=self.token_of(ADMIN), json=person)
        asked = self.web.call("POST", "/accounts/password/reset", expect=202, json={"username": username})
        password = self._passwords[username] = new_password()
        code = otp_in(self.phone(number).wait("OTP"))
        body = {"challenge": asked["challenge"], "otp": code, "new_password": password}
        self.web.call("POST", "/accounts/password/reset/confirm", expect=204, json=body)

    def officer_signs_in(self) -> dict[str, Any]:
        """At the start, and again whenever the clock was moved past the end of the session."""
        return self.staff_signs_in(OFFICER)

    def staff_signs_in(self, username: str) -> dict[str, Any]:
        """Somebody whom the story has hired; one session each, and the last one counts (A7)."""
        session = self._staff[username] = self.signs_in(username, self._passwords[username], f"máy của {username}")
        return session

    def token_of(self, username: str) -> str:
        """Of a member of staff who has signed in."""
        return str(self._staff[username]["token"])

    def officer(self, method: str, path: str, **how: Any) -> Any:
        """A request of the officer to verification."""
        return self.web.call(method, f"/verification/cases{path}", token=self.token_of(OFFICER), **how)

    def finds(self, bhxh_code: str) -> dict[str, Any]:
        """Search by BHXH code, which stands in a header and never in an address."""
        found = until(
            lambda: self.officer("GET", "", headers={"X-Bhxh-Code": bhxh_code})["items"], bool, f"a case of {bhxh_code}"
        )
        return dict(found[0])

    def scans(self, no: str, *kinds: str) -> dict[str, Any]:
        """Add what is missing; the standing after the last one."""
        standing: dict[str, Any] = {}
        for kind in kinds:
            path = f"/{no}/attachments/{kind}"
            standing = self.officer("PUT", path, data=jpeg(kind, no), headers={"Content-Type": JPEG})
        return standing

    def decides(self, no: str, outcome: str = "valid", expect: int = 202, **more: Any) -> dict[str, Any]:
        """Ghi nhận."""
        return dict(self.officer("POST", f"/{no}/decision", expect=expect, json={"outcome": outcome, **more}))

    def receives_and_approves(self, no: str) -> dict[str, Any]:
        """The person is here with the ID; everything is scanned in; valid."""
        self.officer("POST", f"/{no}/receive", json={"id_shown": True})
        self.scans(no, "id_front", "id_back", "portrait", "signed_form")
        return self.decides(no)

    def case(self, no: str) -> dict[str, Any]:
        return dict(self.officer("GET", f"/{no}"))

    def until_case(self, no: str, status: str) -> dict[str, Any]:
        """Wait until the officer sees it so."""
        return until(lambda: self.case(no), lambda seen: seen["status"] == status, f"case {no} {status}")

    # HGĐ

    def hgd_is(self, mode: str) -> None:
        self.web.call("PUT", "/hgd/faults", json={"mode": mode})

    # In the end

    def nothing_is_parked(self) -> None:
        """No service has set a message aside because it could not handle it."""
        for service in self.system.services:
            if count := self.system.messages_in(f"{service}.parked"):
                raise Unexpected(f"{count} messages of {service} are parked: see `vss parked list -s {service}`")

    def arrivals(self) -> tuple[int, int]:
        """How many SMS and e-mails came to anybody."""
        messages = self.web.call("GET", "/inbox")["messages"]
        sms = sum(message["channel"] == "sms" for message in messages)
        return sms, len(messages) - sms
