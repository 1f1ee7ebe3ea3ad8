"""What the tests of feedback stand on: the service's application, its sweeps and jobs on a real database; only the bus is left out."""

from __future__ import annotations

import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from PIL import Image

from services.chassis.web.auth import InvalidToken, Principal, Verifier
from services.feedback.background import JOBS, SWEEPS
from services.feedback.categories import tree
from services.feedback.complaints.rules import Complaint
from services.feedback.service import BLUEPRINTS, Feedback
from tests.stand import desk
from tests.stand.tokens import with_second_factor

PREFIX = "/feedback/complaints"
COMPLAINT = {
    "channel": "web",
    "office_code": "79",
    "category_code": "khac",
    "subject_line": "Sai quá trình tham gia BHXH năm 2019",
    "body": "Tôi làm việc từ tháng 3 năm 2019 tại Hà Nội nhưng sổ BHXH không ghi nhận các tháng này.",
    "contact": {"full_name": "Nguyễn Thành Biên", "phone": "0983 847 986", "email": "biennt@vss.gov.vn"},
    "bhxh_code": "0113099841",
}
ANSWER = "Quá trình đóng năm 2019 của ông/bà đã được bổ sung từ tháng 3 đến tháng 8."

#: a token is `role:account:office:province:board`, and perhaps `:name`, here
OFFICER, APPROVER, DIRECTOR = "officer:lan:79:79:", "approver:hoa:79:79:", "director:minh:79:79:"
ELSEWHERE, ELSEWHERE_DIRECTOR = "officer:an:01:01:", "director:binh:01:01:"
THU, BHXH = "board:thu:::thu-so-the", "board:xa:::chinh-sach-bhxh"
BHYT, CENTRE = "board:y:::chinh-sach-bhyt", "board:it:::cntt"
SUPPORT, ADMIN, CITIZEN = "support:ho-tro:::", "admin:root:::", "citizen:account-1:::"
TOKENS = {
    "officer": OFFICER,
    "approver": APPROVER,
    "director": DIRECTOR,
    "board": THU,
    "support": SUPPORT,
    "admin": ADMIN,
    "citizen": CITIZEN,
}


def tokens(token: str) -> Principal:
    """Anybody may forge one."""
    role, *rest = token.split(":")
    if not 4 <= len(rest) <= 5:
        raise InvalidToken("no token of these tests")
    names = ("sub", "office", "province", "board", "name")
    claims = {"role": role} | with_second_factor() | {name: value for name, value in zip(names, rest, strict=False) if value}
    return Principal(rest[0], role, claims)


def picture(colour: str = "navy") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(target, "JPEG")
    return target.getvalue()


class Desk(desk.Desk):
    """Feedback without its bus."""

    service, blueprints, jobs, sweeps = Feedback, BLUEPRINTS, JOBS, SWEEPS

    def configure(self, **settings: Any) -> None:
        # everybody here has one address and one phone
        super().configure(**({"complaints_per_address_hour": 0, "complaints_per_phone_address_day": 0} | settings))

    def verifier(self) -> Verifier:
        return tokens

    # ------------------------------------------------------------ people

    def call(self, method: str, path: str, *, token: str | None = None, code: str | None = None, **kwargs: Any) -> Any:
        headers = kwargs.pop("headers", {}) | ({"X-Tracking-Code": code} if code else {})
        return self.open(method, path, token=token, headers=headers, **kwargs)

    def file(self, *, token: str | None = None, **changes: Any) -> Any:
        """Answer of `POST /complaints`."""
        return self.call("POST", "/complaints", token=token, json=COMPLAINT | changes)

    def filed(self, *, token: str | None = None, **changes: Any) -> SimpleNamespace:
        answer = self.file(token=token, **changes)
        assert answer.status_code == 201, answer.text
        return SimpleNamespace(no=answer.json["complaint_no"], code=answer.json["tracking_code"])

    def do(self, complaint: SimpleNamespace, what: str, data: Any = None, *, token: str = OFFICER, **kwargs: Any) -> Any:
        """What staff do."""
        return self.call("POST", f"/complaints/{complaint.no}/{what}", token=token, json=data or {}, **kwargs)

    def say(self, complaint: SimpleNamespace, what: str, data: Any) -> Any:
        """What the citizen does, by tracking code."""
        return self.call("POST", f"/complaints/{complaint.no}/{what}", code=complaint.code, json=data)

    def show(self, complaint: SimpleNamespace, *, token: str | None = None, code: str | None = None) -> Any:
        """What a member of staff sees; by default the citizen."""
        code = complaint.code if code is None and token is None else code
        answer = self.call("GET", f"/complaints/{complaint.no}", token=token, code=code)
        assert answer.status_code == 200, answer.text
        return answer.json

    def routed(self, **changes: Any) -> SimpleNamespace:
        complaint = self.filed(**changes)
        assert self.do(complaint, "route", {"unit": "Phòng Quản lý Thu"}).status_code == 200
        return complaint

    def answered(self, complaint: SimpleNamespace | None = None, text: str = ANSWER, **changes: Any) -> SimpleNamespace:
        complaint = complaint or self.routed(**changes)
        draft = self.do(complaint, "answer", {"text": text})
        assert draft.status_code == 202, draft.text
        approved = self.do(complaint, "answer/approve", {"version": draft.json["version"]}, token=DIRECTOR)
        assert approved.status_code == 200, approved.text
        return complaint

    def put(self, complaint: SimpleNamespace, slot: int = 1, content: bytes | None = None, **kwargs: Any) -> Any:
        data = picture() if content is None else content
        content_type = kwargs.pop("content_type", "image/jpeg")
        path = f"/complaints/{complaint.no}/attachments/{slot}"
        return self.call("PUT", path, data=data, content_type=content_type, **kwargs)

    # ------------------------------------------------------------ what follows

    def category_of(self, board: str) -> str:
        """The first open category that this board watches."""
        return self.categories_of(board)[0]

    def categories_of(self, board: str) -> list[str]:
        """The open categories that this board watches."""
        with self.db.read() as session:
            return [each.code for each in tree.list_all(session) if each.board == board]

    def change_category(self, code: str, **days: Any) -> None:
        """Give a category days of its own."""
        with self.db.write() as session:
            found = tree.find(session, code)
            assert found is not None
            tree.put(session, [replace(found, **days)], reason="thử nghiệm")

    def row(self, complaint: SimpleNamespace) -> Complaint:
        with self.db.read() as session:
            found = Complaint.of(session, complaint.no)
            assert found is not None
            return found
