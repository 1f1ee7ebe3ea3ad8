"""What the tests of feedback stand on: the service's application, its sweeps and jobs on a real database; only the bus is left out."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from PIL import Image

from services.chassis import clock
from services.chassis.bus import outbox
from services.chassis.database import Database
from services.chassis.jobs import JobRunner, State, counts
from services.chassis.resources import Resources, collect
from services.chassis.sweeps import SweepRunner
from services.chassis.testing.documents import MemoryDocuments
from services.chassis.testing.processes import wait_until
from services.chassis.web.app import create_app
from services.chassis.web.auth import InvalidToken, Principal
from services.feedback.categories import tree
from services.feedback.complaints.rules import Complaint
from services.feedback.service import BLUEPRINTS, JOBS, SWEEPS, Feedback
from services.feedback.settings import Settings
from tests.stand.migrated import migrate

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

#: a token is `role:account:office:province:board` here
OFFICER, APPROVER, DIRECTOR = "officer:lan:79:79:", "approver:hoa:79:79:", "director:minh:79:79:"
ELSEWHERE, ELSEWHERE_DIRECTOR = "officer:an:01:01:", "director:binh:01:01:"
THU, BHYT, CENTRE = "board:thu:::thu-so-the", "board:y:::chinh-sach-bhyt", "board:it:::cntt"
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
    if len(rest) != 4:
        raise InvalidToken("no token of these tests")
    names = ("sub", "office", "province", "board")
    claims = {"role": role} | {name: value for name, value in zip(names, rest, strict=True) if value}
    return Principal(rest[0], role, claims)


def picture(colour: str = "navy") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(target, "JPEG")
    return target.getvalue()


class Desk:
    """Feedback without its bus."""

    def __init__(self, database_url: str, **settings: Any) -> None:
        outbox.publish_as("feedback")
        self.db = Database(database_url)
        migrate(self.db, Feedback.migrations)
        self.documents = MemoryDocuments()
        self.resources = Resources("feedback", Settings(**settings), self.db)
        self.resources.__dict__["documents"] = self.documents
        self.app = create_app(self.resources, *BLUEPRINTS, verifier=tokens)
        self.client = self.app.test_client()

    # ------------------------------------------------------------ people

    def call(self, method: str, path: str, *, token: str | None = None, code: str | None = None, **kwargs: Any) -> Any:
        headers = kwargs.pop("headers", {})
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"X-Tracking-Code": code} if code else {}
        return self.client.open(f"/feedback{path}", method=method, headers=headers, **kwargs)

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

    def facts(self, name: str | None = None) -> list[SimpleNamespace]:
        """What was recorded, oldest first."""
        with self.db.read() as session:
            rows = session.execute(sa.select(outbox.outbox).order_by(outbox.outbox.c.seq)).all()
        return [
            SimpleNamespace(
                fact=row.fact, body=json.loads(row.body), public=row.public_body, headers=json.loads(row.headers)
            )
            for row in rows
            if name in (None, row.fact)
        ]

    def sweep(self) -> None:
        """One round of each sweep."""
        SweepRunner(self.db, collect(self.resources, SWEEPS)).round()

    def run_jobs(self) -> None:
        """Run all jobs that are due, to their end."""
        runner = JobRunner(self.db, collect(self.resources, JOBS), service="feedback")
        runner.start()
        try:
            assert wait_until(lambda: not self._open_jobs(), 20)
        finally:
            runner.stop(10)

    def _open_jobs(self) -> int:
        with self.db.read() as session:
            found = counts(session)
        return sum(number for (_, state), number in found.items() if state in (State.WAITING, State.RUNNING))

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


class Later:
    """Moves the clock: `later(days=8)`, or `later.to(moment)`."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __call__(self, **how: float) -> None:
        clock.move_to(self._file, timedelta(**how).total_seconds())
        clock.use_offset_file(self._file)

    def on(self, **how: float) -> None:
        """From where it stands."""
        self.to(clock.now() + timedelta(**how))

    def to(self, moment: Any) -> None:
        self(seconds=(moment - datetime.now(UTC)).total_seconds())
