"""Act as the citizen who filed a complaint (`Complaint`), and as staff who deal with it (`Desk`)."""

from __future__ import annotations

import uuid
from typing import Any

from playground.citizen import Human
from playground.inbox import Message
from playground.web import Status, Web

_COMPLAINTS = "/feedback/complaints"
_COORDINATIONS = "/feedback/coordinations"
#: a category of the shipped list, watched by the board `thu-so-the`
PARTICIPATION = "thieu-thoi-gian-dong"
SUBJECT = "Thiếu quá trình đóng năm 2019"
BODY = "Từ tháng 3 đến tháng 8 năm 2019 tôi làm việc tại Hà Nội nhưng quá trình đóng không được ghi nhận."


def complaint_of(human: Human | None, channel: str = "web", office: str = "79", **changes: Any) -> dict[str, Any]:
    """Return the body of a complaint, anonymous without `human`; `changes` replace fields."""
    contact = None
    if human is not None:
        contact = {"full_name": human.full_name, "phone": human.phone, "email": human.email}
    body: dict[str, Any] = {
        "channel": channel,
        "office_code": office,
        "category_code": PARTICIPATION,
        "subject_line": SUBJECT,
        "body": BODY,
        "anonymous": human is None,
        "contact": contact,
        "bhxh_code": human.bhxh_code if human else None,
    }
    return body | changes


class Complaint:
    """One complaint, with its tracking code or a token."""

    def __init__(self, web: Web, no: str, tracking: str | None, token: str | None = None) -> None:
        self._web = web
        self.no = no
        self.tracking = tracking
        self.token = token
        #: the response to filing it: number, tracking code, due dates
        self.filed: dict[str, Any] = {}

    @classmethod
    def file(cls, web: Web, body: dict[str, Any], token: str | None = None, key: str | None = None) -> Complaint:
        """File it, safe to repeat with the same key. `token`: of a citizen's account, or of the clerk who writes it down."""
        made = web.call("POST", _COMPLAINTS, expect=201, token=token, json=body, key=key or str(uuid.uuid4()))
        complaint = cls(web, made["complaint_no"], made["tracking_code"])
        complaint.filed = made
        return complaint

    def call(self, method: str, path: str = "", **how: Any) -> Any:
        """Call feedback about it, as its filer."""
        mine = {"tracking": self.tracking, "token": self.token}
        return self._web.call(method, f"{_COMPLAINTS}/{self.no}{path}", **mine | how)

    def follow(self) -> Any:
        """Return steps, dates and who is accountable, as its filer sees them."""
        return self.call("GET")

    def content(self, **who: Any) -> Any:
        """Return the conversation, as its filer or as `who`; None without permission."""
        return self.call("GET", **who)["content"]

    def replies(self, words: str, expect: Status = 200) -> Any:
        return self.call("POST", "/reply", json={"words": words}, expect=expect)

    def reopens(self, reason: str, expect: Status = 200) -> Any:
        return self.call("POST", "/reopen", json={"reason": reason}, expect=expect)

    def rates(self, rating: int, comment: str | None = None, expect: Status = 200) -> Any:
        return self.call("POST", "/rate", json={"rating": rating, "comment": comment}, expect=expect)

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of its public steps, in order."""
        return [step["kind"] for step in self.follow()["steps"]]

    def until(self, *statuses: str) -> Any:
        """Wait until it has one of these statuses."""
        what = f"{self.no} {' or '.join(statuses)}"
        return self._web.until(self.follow, lambda seen: seen["status"] in statuses, what)

    def until_step(self, kind: str, **details: Any) -> Any:
        """Wait until its history has this step; return the public view then."""

        def there(seen: Any) -> bool:
            return any(step["kind"] == kind and details.items() <= step.items() for step in seen["steps"])

        return self._web.until(self.follow, there, f"{kind} {details} a step of {self.no}")


class Desk:
    """One member of staff who deals with complaints."""

    def __init__(self, web: Web, token: str) -> None:
        self.web = web
        self.token = token

    def call(self, method: str, path: str, **how: Any) -> Any:
        return self.web.call(method, path, **{"token": self.token} | how)

    def on(self, no: str, what: str, body: dict[str, Any] | None = None, expect: Status = 200) -> Any:
        """Do something with a complaint."""
        return self.call("POST", f"{_COMPLAINTS}/{no}/{what}", json=body, expect=expect)

    def opens(self, no: str) -> Any:
        """Return the complaint as this member of staff sees it; `content` and `work` are None without permission."""
        return self.call("GET", f"{_COMPLAINTS}/{no}")

    def finds(self, **search: str) -> list[str]:
        """Return the numbers in this member of staff's list, in its order."""
        found = self.call("GET", _COMPLAINTS, params={"limit": "100"} | search)["items"]
        return [one["complaint_no"] for one in found]

    def acknowledges(self, no: str, expect: Status = 200) -> Any:
        return self.on(no, "acknowledge", expect=expect)

    def routes(self, no: str, unit: str = "Phòng Quản lý Thu - Sổ, Thẻ", expect: Status = 200) -> Any:
        return self.on(no, "route", {"unit": unit}, expect)

    def takes_up(self, no: str) -> None:
        """Acknowledge it and route it to the department."""
        self.acknowledges(no)
        self.routes(no)

    def recategorises(self, no: str, category: str, reason: str = "Nội dung thuộc loại khác.", expect: Status = 200) -> Any:
        return self.on(no, "recategorise", {"category_code": category, "reason": reason}, expect)

    def asks(self, no: str, question: str, expect: Status = 200) -> Any:
        return self.on(no, "ask", {"question": question}, expect)

    def coordinates(self, no: str, office: str, question: str, expect: Status = 201) -> Any:
        """Ask another office; return the request's id."""
        made = self.on(no, "coordinate", {"office_code": office, "question": question}, expect)
        return made.get("coordination_id")

    def requests(self, **search: str) -> list[Any]:
        """Return the co-ordination requests that this office has made or received."""
        return list(self.call("GET", _COORDINATIONS, params=search)["items"])

    def says(self, coordination: str, words: str, expect: Status = (200, 201)) -> Any:
        return self.call("POST", f"{_COORDINATIONS}/{coordination}/messages", json={"words": words}, expect=expect)

    def helps(self, coordination: str, words: str, expect: Status = 200) -> Any:
        """Answer a request for co-ordination."""
        return self.call("POST", f"{_COORDINATIONS}/{coordination}/answer", json={"words": words}, expect=expect)

    def drafts(self, no: str, text: str, expect: Status = 202) -> Any:
        return self.on(no, "answer", {"text": text}, expect)

    def approves(self, no: str, version: int | None = None, expect: Status = 200) -> Any:
        """Approve the draft of this version, by default the latest."""
        if version is None:
            version = self.opens(no)["work"]["draft"]["version"]
        return self.on(no, "answer/approve", {"version": version}, expect)

    def gives_back(self, no: str, remark: str, expect: Status = 200) -> Any:
        return self.on(no, "answer/return", {"remark": remark}, expect)

    def reminds(self, no: str, words: str | None = None, expect: Status = 200) -> Any:
        return self.on(no, "remind", {"words": words}, expect)


def code_in(message: Message) -> str:
    """Return the tracking code in an SMS."""
    return message.text.split("ma theo doi ")[1].split()[0].rstrip(".,")
