"""Every endpoint × every role: who may, and who is told 403 with a reason (F2 to F6, F8).

One table, one line for each endpoint, one column for each kind of caller. `+` succeeds with the status that stands before (the
complaint stands where the endpoint wants it), `-` is refused with 403 and a reason, `!` has to sign in, `.` sees what all staff see, `?` is told
what whoever asks for a number that nobody has is told.
"""

import uuid
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.feedback.mailbox.rules import IncomingEmail
from tests.integration.feedback.desk import (
    ADMIN,
    ANSWER,
    APPROVER,
    BHYT,
    CENTRE,
    CITIZEN,
    COMPLAINT,
    DIRECTOR,
    ELSEWHERE,
    OFFICER,
    SUPPORT,
    THU,
    Desk,
    picture,
)
from tests.integration.feedback.test_feedback_letters import scan
from tests.stand.later import Later

ASKED, ASKED_DIRECTOR = "officer:tam:04:04:", "director:son:04:04:"
#: name → how the caller shows who it is
CALLERS: dict[str, dict[str, Any]] = {
    "stranger": {},
    "holder of the code": {"code": True},
    "citizen": {"token": CITIZEN},
    "newcomer": {"token": "newcomer:moi:::"},
    "officer": {"token": OFFICER},
    "approver": {"token": APPROVER},
    "director": {"token": DIRECTOR},
    "officer elsewhere": {"token": ELSEWHERE},
    "officer asked": {"token": ASKED},
    "director asked": {"token": ASKED_DIRECTOR},
    "its board": {"token": THU},
    "another board": {"token": BHYT},
    "IT centre": {"token": CENTRE},
    "support": {"token": SUPPORT},
    "admin": {"token": ADMIN},
}
TABLE = """
                                              on + str hol cit new off app dir els ask das brd oth itc sup adm
GET  /complaints                               200 !   !   -   -   +   +   +   +   +   +   +   +   +   -   -
GET  /history?about={no}                       200 !   !   -   -   -   -   +   -   -   +   -   -   -   -   +
GET  /complaints/{no}                          200 !   +   ?   ?   +   +   +   .   +   +   +   .   +   .   .
POST /complaints:counter                       201 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints:hotline                       201 !   !   -   -   +   +   +   -   -   -   -   -   -   +   -
POST /complaints/acknowledge                   200 !   !   -   -   +   +   +   +   +   +   +   +   +   -   -
POST /complaints/{no}/acknowledge              200 !   !   -   -   +   +   +   -   -   -   +   -   +   -   -
POST /complaints/{no}/route                    200 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/recategorise             200 !   !   -   -   +   +   +   -   -   -   +   -   +   -   -
POST /complaints/{no}/about                    200 !   !   -   -   +   +   +   -   -   -   +   -   +   -   -
POST /complaints/{no}/ask                      200 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/coordinate               201 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/answer                   202 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/answer/approve           200 !   !   -   -   -   -   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/answer/return            200 !   !   -   -   -   -   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/remind                   200 !   !   -   -   -   -   -   -   -   -   +   -   +   -   -
POST /complaints/{no}/reply                    200 !   + ?   ?   -   -   -   -   -   -   -   -   -   -   -
POST /complaints/{no}/reopen                   200 !   + ?   ?   -   -   -   -   -   -   -   -   -   -   -
POST /complaints/{no}/rate                     200 !   + ?   ?   -   -   -   -   -   -   -   -   -   -   -
GET  /desk                                     200 !   !   -   -   +   +   +   +   +   +   +   +   +   -   -
GET  /desk/counts                              200 !   !   -   -   +   +   +   +   +   +   +   +   +   -   -
POST /desk/search                              200 !   !   -   -   +   +   +   +   +   +   +   +   +   -   -
GET  /desk/duty                                200 !   !   -   -   +   +   +   +   +   +   -   -   -   -   -
POST /complaints/{no}/take                     200 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/give-back                200 !   !   -   -   +   -   +   -   -   -   -   -   -   -   -
GET  /complaints/{no}/draft                    200 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
PUT  /complaints/{no}/draft                    200 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
PUT  /complaints/{no}/attachments/1            200 !   + ?   ?   +   +   +   -   -   -   -   -   -   -   -
GET  /complaints/{no}/attachments/1            200 !   + ?   ?   +   +   +   -   +   +   -   -   -   -   -
GET  /complaints/{no}/letter                   200 !   + ?   ?   +   +   +   -   -   -   -   -   -   -   -
PUT  /complaints/{no}/letter                   200 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
GET  /mailbox                                  200 !   !   -   -   -   -   -   -   -   -   -   -   -   +   -
GET  /mailbox/{email}                          200 !   !   -   -   -   -   -   -   -   -   -   -   -   +   -
GET  /mailbox/{email}/files/1                  200 !   !   -   -   -   -   -   -   -   -   -   -   -   +   -
POST /mailbox/{email}/confirm                  201 !   !   -   -   -   -   -   -   -   -   -   -   -   +   -
POST /mailbox/{email}/attach                   200 !   !   -   -   -   -   -   -   -   -   -   -   -   +   -
POST /mailbox/{email}/discard                  200 !   !   -   -   -   -   -   -   -   -   -   -   -   +   -
GET  /faq                                      200 +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
GET  /faq/quen-mat-khau                        200 +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
GET  /faq/all                                  200 !   !   -   -   -   -   -   -   -   -   -   -   +   -   +
PUT  /faq/tu-bang                              200 !   !   -   -   -   -   -   -   -   -   -   -   +   -   +
GET  /coordinations                            200 !   !   -   -   +   +   +   +   +   +   -   -   -   -   -
GET  /coordinations/{id}                       200 !   !   -   -   +   +   +   -   +   +   -   -   -   -   -
POST /coordinations/{id}/messages              201 !   !   -   -   +   +   +   -   +   +   -   -   -   -   -
POST /coordinations/{id}/answer                200 !   !   -   -   -   -   -   -   +   +   -   -   -   -   -
POST /coordinations/{id}/withdraw              200 !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
GET  /offices                                  200 +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
GET  /categories                               200 +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
POST /categories/suggestions                   200 !   !   -   -   +   +   +   +   +   +   +   +   +   +   +
GET  /categories/list.csv                      200 !   !   -   -   -   -   -   -   -   -   +   +   +   -   +
GET  /categories/khac                          200 !   !   -   -   +   +   +   +   +   +   +   +   +   +   +
GET  /categories/khac/history                  200 !   !   -   -   +   +   +   +   +   +   +   +   +   +   +
PUT  /categories/tu-bang                       200 !   !   -   -   -   -   -   -   -   -   -   -   +   -   +
GET  /reports/complaints                       200 !   !   -   -   -   -   +   -   -   +   +   +   +   -   +
GET  /reports/complaints.csv                   200 !   !   -   -   -   -   +   -   -   +   +   +   +   -   +
GET  /reports/complaints.xlsx                  200 !   !   -   -   -   -   +   -   -   +   +   +   +   -   +
GET  /reports/complaints.svg                   200 !   !   -   -   -   -   +   -   -   +   +   +   +   -   +
GET  /reports/complaints?province=79           200 !   !   -   -   -   -   +   -   -   -   +   +   +   -   +
GET  /reports/complaints?board=thu-so-the      200 !   !   -   -   -   -   +   -   -   +   +   -   +   -   +
GET  /reports/periodic                         200 !   !   -   -   -   -   -   -   -   -   +   +   +   -   +
GET  /reports/periodic/{report}                200 !   !   -   -   -   -   -   -   -   -   +   +   +   -   +
GET  /reports/periodic/{report}/report.xlsx    200 !   !   -   -   -   -   -   -   -   -   +   +   +   -   +
"""
BODIES = {
    "POST /desk/search": {"query": "quá trình tham gia"},
    "POST /complaints/{no}/take": {},
    "PUT /complaints/{no}/draft": {"text": "Đang đối chiếu."},
    "POST /complaints:counter": COMPLAINT | {"channel": "counter"},
    "POST /complaints:hotline": COMPLAINT | {"channel": "hotline"},
    "POST /complaints/{no}/route": {"unit": "Phòng Quản lý Thu"},
    "POST /complaints/{no}/recategorise": {"category_code": "khac", "reason": "Thuộc loại khác."},
    "POST /complaints/{no}/about": {"about": None, "reason": "Không phải về cán bộ."},
    "POST /complaints/{no}/ask": {"question": "Tên đơn vị cũ?"},
    "POST /complaints/{no}/coordinate": {"office_code": "08", "question": "Đề nghị đối chiếu."},
    "POST /complaints/{no}/answer": {"text": "Đã bổ sung quá trình đóng."},
    "POST /complaints/{no}/answer/approve": {"version": 1},
    "POST /complaints/{no}/answer/return": {"remark": "Nêu rõ căn cứ."},
    "POST /complaints/{no}/remind": {},
    "POST /complaints/{no}/reply": {"words": "Công ty may"},
    "POST /complaints/{no}/reopen": {"reason": "Chưa xong việc."},
    "POST /complaints/{no}/rate": {"rating": 5},
    "POST /mailbox/{email}/confirm": {name: value for name, value in COMPLAINT.items() if name != "channel"},
    "POST /mailbox/{email}/discard": {"reason": "Thư quảng cáo."},
    "PUT /faq/tu-bang": {"theme": "khac", "question": "Từ bảng quyền?", "answer": "Thử quyền.", "reason": "Thử quyền"},
    "POST /categories/suggestions": {"text": "Sai quá trình tham gia."},
    "PUT /categories/tu-bang": {
        "parent": "khac",
        "board": "cntt",
        "name": "Từ bảng quyền",
        "reason": "Thử quyền",
        **dict.fromkeys(("acknowledge_days", "route_days", "answer_days", "warn_days", "board_days", "centre_days")),
    },
    "POST /coordinations/{id}/messages": {"words": "Xin hỏi thêm."},
    "POST /coordinations/{id}/answer": {"words": "Đã đối chiếu."},
}


#: where a complaint has to stand for these to succeed; for the others it is routed, with a co-ordination request and a picture
STEPS = {
    "POST /complaints/acknowledge": "received",
    "POST /complaints/{no}/acknowledge": "received",
    "POST /complaints/{no}/answer/approve": "drafted",
    "POST /complaints/{no}/answer/return": "drafted",
    "POST /complaints/{no}/give-back": "taken",
    "GET /complaints/{no}/letter": "lettered",
    "PUT /complaints/{no}/letter": "drafted",
    "POST /complaints/{no}/reply": "waiting",
    "POST /complaints/{no}/reopen": "answered",
    "POST /complaints/{no}/rate": "answered",
}
#: who takes note of a complaint, and why the others, who may ask for many at once, do not
TAKES_NOTE = ("officer", "approver", "director", "its board", "IT centre")
REPORT = "weekly/2026-W45"


def _endpoint(line: str) -> str:
    return " ".join(line.split()[: -len(CALLERS) - 1])


LINES = [line for line in TABLE.splitlines()[2:] if line]
CASES = [
    pytest.param(_endpoint(line), caller, int(status) if mark == "+" else mark, id=f"{_endpoint(line)} · {caller}")
    for line in LINES
    for status, *marks in [line.split()[-len(CALLERS) - 1 :]]
    for caller, mark in zip(CALLERS, marks, strict=True)
]


class Place:
    """Complaints of citizens in Ho Chi Minh City, watched by Thu - Sổ, Thẻ, one for each step; Cao Bằng is asked for help."""

    def __init__(self, url: str) -> None:
        self.desk = Desk(url)
        self._complaints: dict[str, SimpleNamespace] = {}

    def complaint_for(self, endpoint: str) -> SimpleNamespace:
        step = STEPS.get(endpoint, "routed")
        if step not in self._complaints:
            self._complaints[step] = self._prepared(step)
        return self._complaints[step]

    def used(self, endpoint: str) -> None:
        """Have the next caller get another complaint: somebody who may has changed this one."""
        if not endpoint.startswith("GET"):
            self._complaints.pop(STEPS.get(endpoint, "routed"), None)

    def _prepared(self, step: str) -> SimpleNamespace:
        desk = self.desk
        complaint = desk.filed(category_code=desk.category_of("thu-so-the"))
        complaint.id = None
        if step == "routed":
            desk.do(complaint, "route", {"unit": "Phòng Quản lý Thu"})
            asked = desk.do(complaint, "coordinate", {"office_code": "04", "question": "Đề nghị đối chiếu."})
            complaint.id = asked.json["coordination_id"]
            desk.put(complaint, code=complaint.code)
        elif step == "drafted":
            desk.do(complaint, "answer", {"text": ANSWER})
        elif step == "taken":
            desk.do(complaint, "take")
        elif step == "waiting":
            desk.do(complaint, "ask", {"question": "Tên đơn vị cũ?"})
        elif step in ("answered", "lettered"):
            desk.answered(complaint)
        if step == "lettered":
            desk.run_jobs()
        return complaint

    def email(self) -> str:
        """An e-mail with a file that nobody has decided on."""
        document = asdict(self.desk.documents.put(picture(), "image/jpeg"))
        given = dict.fromkeys(("sender", "sender_name", "subject_line", "words"), "x")
        with self.desk.db.write() as session:
            row = IncomingEmail(key=uuid.uuid4().hex, taken_at=clock.now(), cut=False, **given)
            row.files = [{"name": "a.jpg"} | document]
            session.add(row)
            session.flush()
            return str(row.id)

    def state(self, complaint: SimpleNamespace) -> Any:
        """All of the complaint, and how much has been told."""
        row = self.desk.row(complaint)
        return {column.name: getattr(row, column.name) for column in row.__table__.columns}, len(self.desk.facts())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """On Monday, 9 November 2026: the report of the week before is made."""
    folder = tmp_path_factory.mktemp("permissions")
    later = Later(folder / "offset")
    later.to(datetime(2026, 11, 2, 9, tzinfo=VIETNAM))
    made = Place(f"sqlite:///{folder / 'feedback.db'}")
    later.to(datetime(2026, 11, 9, 9, tzinfo=VIETNAM))
    made.desk.sweep()
    made.desk.run_jobs()
    yield made
    later.end()
    made.desk.close()


def call(place: Place, complaint: SimpleNamespace, endpoint: str, caller: str) -> Any:
    method, _, path = endpoint.partition(" ")
    path = path.partition(":")[0].format(
        no=complaint.no, id=complaint.id, report=REPORT, email=place.email() if "{email}" in path else ""
    )
    shown = CALLERS[caller]
    options: dict[str, Any] = {"token": shown.get("token"), "code": complaint.code if shown.get("code") else None}
    if "/attachments/" in path and method == "PUT":
        return place.desk.call(method, path, data=picture(), content_type="image/jpeg", **options)
    if path.endswith("/letter") and method == "PUT":
        return place.desk.call(method, path, data=scan(), content_type="application/pdf", **options)
    body: Any = BODIES.get(endpoint)
    if path.endswith("/attach"):
        body = {"complaint_no": complaint.no}
    if path.endswith("/acknowledge") and "{no}" not in endpoint:
        body = {"complaint_nos": [complaint.no]}
    return place.desk.call(method, path, **options, **({} if body is None else {"json": body}))


@pytest.mark.rule("F2", "F3", "F4", "F5", "F6", "F8")
@pytest.mark.parametrize(("endpoint", "caller", "expected"), CASES)
def test_who_may_and_who_may_not(place: Place, endpoint: str, caller: str, expected: int | str) -> None:
    complaint = place.complaint_for(endpoint)
    before = place.state(complaint)
    answer = call(place, complaint, endpoint, caller)
    if isinstance(expected, int):
        assert answer.status_code == expected, answer.text
        if endpoint == "GET /complaints/{no}":
            assert answer.json["content"] is not None
        if endpoint == "POST /complaints/acknowledge":
            assert answer.json["done"] == ([complaint.no] if caller in TAKES_NOTE else [])
        place.used(endpoint)
        return
    assert place.state(complaint) == before, "whoever is refused changes nothing"
    if expected == "!":
        assert answer.status_code == 401, answer.text
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    elif expected == "?":
        assert (answer.status_code, answer.get_json()["type"]) == (404, "urn:vss:problem:no-such-complaint")
    elif expected == "-":
        assert answer.status_code == 403
        problem = answer.get_json()
        assert problem["type"].startswith("urn:vss:problem:")
        # the history of looks is the chassis' own
        assert problem["type"] != "urn:vss:problem:forbidden" or "/history?" in endpoint, "a refusal says why"
        assert problem["detail"] != problem["detail_en"]
    else:
        assert answer.status_code == 200, answer.text
        assert (answer.json["content"], answer.json["work"]) == (None, None)


#: what stands in the table for the parameters of a path
PARAMETERS = {
    "{id}": "{coordination_id}",
    "{email}": "{email_id}",
    "/files/1": "/files/{number}",
    "/faq/quen-mat-khau": "/faq/{code}",
    "/faq/tu-bang": "/faq/{code}",
    "attachments/1": "attachments/{slot}",
    "/categories/khac": "/categories/{code}",
    "/categories/tu-bang": "/categories/{code}",
    "/{report}/report.xlsx": "/{kind}/{name}/{file}",
    "/{report}": "/{kind}/{name}",
}


def test_the_table_has_a_line_for_every_endpoint(place):
    document = place.desk.client.get("/feedback/openapi.json").get_json()
    told = {
        f"{method.upper()} {path.removeprefix('/feedback')}"
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    lines = {_endpoint(line).partition(":")[0].partition("?")[0] for line in LINES}
    for here, there in PARAMETERS.items():
        lines = {line.replace(here, there) for line in lines}
    assert lines == told


def test_the_table_names_every_role_that_there_is(place):
    from services.accounts.accounts.roles import STAFF_ROLES

    named = {shown["token"].partition(":")[0] for shown in CALLERS.values() if "token" in shown}
    assert {*STAFF_ROLES, "citizen", "newcomer"} <= named


@pytest.mark.parametrize("token", ["officer:x:::", "director:x:79::", "board:x:::"])
def test_staff_without_an_office_or_a_board_are_told_what_their_account_lacks(place, token):
    answer = place.desk.call("GET", "/complaints", token=token)
    assert answer.status_code == 403
    assert answer.json["type"] in ("urn:vss:problem:no-office", "urn:vss:problem:no-board")
