"""Act as an officer at the console: find a dossier, receive the person, add what is missing, decide."""

from __future__ import annotations

from typing import Any

from playground.pictures import photo
from playground.web import JPEG, Status, Web

_CASES = "/verification/cases"


class Officer:
    """One member of staff, signed in."""

    def __init__(self, web: Web, token: str, office: str, role: str) -> None:
        self.web = web
        self.token = token
        self.office = office
        self.role = role

    def call(self, method: str, path: str, **how: Any) -> Any:
        """Call verification's cases."""
        return self.web.call(method, f"{_CASES}{path}", **{"token": self.token} | how)

    def finds(self, **search: str) -> list[Any]:
        """Return the work list."""
        return list(self.call("GET", "", params=search)["items"])

    def finds_by_code(self, bhxh_code: str) -> Any:
        """Wait for a case with this BHXH code, which is sent in a header and never in a URL."""
        search = {"X-Bhxh-Code": bhxh_code}
        return self.web.until(lambda: self.call("GET", "", headers=search)["items"], bool, f"a case of {bhxh_code}")[0]

    def until_here(self, no: str) -> Any:
        """Wait until the dossier has reached verification."""
        return self.web.until(lambda: self.finds(dossier_no=no), bool, f"{no} a case")[0]

    def opens(self, no: str, expect: Status = 200) -> Any:
        return self.call("GET", f"/{no}", headers={"X-Purpose": "Cong dan dang o quay"}, expect=expect)

    def claims(self, no: str, expect: Status = 200) -> Any:
        return self.call("POST", f"/{no}/claim", expect=expect)

    def releases(self, no: str, expect: Status = 200) -> Any:
        return self.call("POST", f"/{no}/release", expect=expect)

    def receives(self, no: str, *, id_shown: bool = True, parent_id_shown: bool = False, expect: Status = 200) -> Any:
        """Record that the person has come; ask for their phone if nobody has proved it."""
        self.until_here(no)
        shown = {"id_shown": id_shown} | ({"parent_id_shown": True} if parent_id_shown else {})
        received = self.call("POST", f"/{no}/receive", json=shown, expect=expect)
        if expect == 200 and not self.opens(no).get("phone_proved", True):
            self.confirms_phone(no)
        return received

    def confirms_phone(self, no: str, phone: str | None = None, expect: Status = 200) -> Any:
        """Record that the person has the phone on the form, or this one instead."""
        return self.call("POST", f"/{no}/phone", json={"phone": phone} if phone else {}, expect=expect)

    def adds(self, no: str, kind: str, content: bytes | None = None, content_type: str = JPEG, expect: Status = 200) -> Any:
        """Upload a scan."""
        data = content if content is not None else photo(kind, f"{no} scanned")
        return self.call("PUT", f"/{no}/attachments/{kind}", data=data, content_type=content_type, expect=expect)

    def opens_letter(self, no: str, posted_on: str, *, identity_checked: bool = False, expect: Status = 200) -> Any:
        """Record that the papers have come by post."""
        self.until_here(no)
        letter = {"posted_on": posted_on, "consignment_no": "EA123456789VN", "identity_checked": identity_checked}
        return self.call("POST", f"/{no}/letter", json=letter, expect=expect)

    def corrects(self, no: str, expect: Status = 200, **fields: Any) -> Any:
        """Correct what the form says."""
        return self.call("POST", f"/{no}/correction", json=fields, expect=expect)

    def scans(self, no: str, *kinds: str) -> Any:
        """Add scans of these kinds, by default the missing ones; return the state of the case."""
        return [self.adds(no, kind) for kind in kinds][-1]

    def decides(self, no: str, outcome: str = "valid", expect: Status = 202, **more: Any) -> Any:
        """Record the decision ("Ghi nhận")."""
        return self.call("POST", f"/{no}/decision", json={"outcome": outcome, **more}, expect=expect)

    def approves_at_the_counter(self, no: str) -> Any:
        """Do all that 702 §2 requires: ID shown, signed Form 01 scanned, then valid."""
        self.receives(no)
        self.adds(no, "signed_form")
        return self.decides(no, id_shown=True)

    def until(self, no: str, *statuses: str, seconds: float | None = None) -> Any:
        """Wait until the case has one of these statuses."""
        what = f"case {no} {' or '.join(statuses)}"
        return self.web.until(lambda: self.opens(no), lambda seen: seen["status"] in statuses, what, seconds)

    def history(self, no: str) -> list[Any]:
        """Return the history of the case."""
        answer = self.call("GET", f"/{no}/history")
        return list(answer["items"] if isinstance(answer, dict) else answer)
