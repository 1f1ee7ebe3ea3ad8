"""Every endpoint × every role: who may, and who is told 403 with a reason (F2 to F6, F8).

One table, one line for each endpoint, one column for each kind of caller. `+` is let in (whatever the complaint's state then
says), `-` is refused with 403 and a reason, `!` has to sign in, `.` sees what anybody sees.
"""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.bus.outbox import outbox
from tests.integration.feedback.complaint_desk import (
    ADMIN,
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
                                              str hol cit new off app dir els ask das brd oth itc sup adm
GET  /complaints                              !   !   -   -   +   +   +   +   +   +   +   +   +   -   -
GET  /complaints/{no}                         .   +   .   .   +   +   +   .   +   +   +   .   +   .   .
POST /complaints:counter                      !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints:hotline                      !   !   -   -   +   +   +   -   -   -   -   -   -   +   -
POST /complaints/acknowledge                  !   !   -   -   +   +   +   +   +   +   +   +   +   -   -
POST /complaints/{no}/acknowledge             !   !   -   -   +   +   +   -   -   -   +   -   +   -   -
POST /complaints/{no}/route                   !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/recategorise            !   !   -   -   +   +   +   -   -   -   +   -   +   -   -
POST /complaints/{no}/ask                     !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/coordinate              !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/answer                  !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/answer/approve          !   !   -   -   -   -   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/answer/return           !   !   -   -   -   -   +   -   -   -   -   -   -   -   -
POST /complaints/{no}/remind                  !   !   -   -   -   -   -   -   -   -   +   -   +   -   -
POST /complaints/{no}/reply                   !   +   -   -   -   -   -   -   -   -   -   -   -   -   -
POST /complaints/{no}/reopen                  !   +   -   -   -   -   -   -   -   -   -   -   -   -   -
POST /complaints/{no}/rate                    !   +   -   -   -   -   -   -   -   -   -   -   -   -   -
PUT  /complaints/{no}/attachments/1           !   +   -   -   +   +   +   -   -   -   -   -   -   -   -
GET  /complaints/{no}/attachments/1           !   +   -   -   +   +   +   -   +   +   -   -   -   -   -
GET  /coordinations                           !   !   -   -   +   +   +   +   +   +   -   -   -   -   -
GET  /coordinations/{id}                      !   !   -   -   +   +   +   -   +   +   -   -   -   -   -
POST /coordinations/{id}/messages             !   !   -   -   +   +   +   -   +   +   -   -   -   -   -
POST /coordinations/{id}/answer               !   !   -   -   -   -   -   -   +   +   -   -   -   -   -
POST /coordinations/{id}/withdraw             !   !   -   -   +   +   +   -   -   -   -   -   -   -   -
GET  /offices                                 +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
GET  /categories                              +   +   +   +   +   +   +   +   +   +   +   +   +   +   +
POST /categories/suggestions                  !   !   -   -   +   +   +   +   +   +   +   +   +   +   +
GET  /categories/list.csv                     !   !   -   -   -   -   -   -   -   -   +   +   +   -   +
GET  /categories/khac                         !   !   -   -   +   +   +   +   +   +   +   +   +   +   +
GET  /categories/khac/history                 !   !   -   -   +   +   +   +   +   +   +   +   +   +   +
PUT  /categories/tu-bang                         !   !   -   -   -   -   -   -   -   -   -   -   +   -   +
GET  /reports/complaints                      !   !   -   -   -   -   +   -   -   +   +   +   +   -   +
GET  /reports/complaints.csv                  !   !   -   -   -   -   +   -   -   +   +   +   +   -   +
GET  /reports/complaints.xlsx                 !   !   -   -   -   -   +   -   -   +   +   +   +   -   +
GET  /reports/complaints.svg                  !   !   -   -   -   -   +   -   -   +   +   +   +   -   +
GET  /reports/complaints?province=79                   !   !   -   -   -   -   +   -   -   -   +   +   +   -   +
GET  /reports/complaints?board=thu-so-the           !   !   -   -   -   -   +   -   -   +   +   -   +   -   +
GET  /reports/periodic                        !   !   -   -   -   -   -   -   -   -   +   +   +   -   +
GET  /reports/periodic/weekly/2026-W01        !   !   -   -   -   -   -   -   -   -   +   +   +   -   +
GET  /reports/periodic/weekly/2026-W01/report.xlsx !   !   -   -   -   -   -   -   -   -   +   +   +   -   +
"""
BODIES = {
    "POST /complaints:counter": COMPLAINT | {"channel": "counter"},
    "POST /complaints:hotline": COMPLAINT | {"channel": "hotline"},
    "POST /complaints/{no}/route": {"unit": "Phòng Quản lý Thu"},
    "POST /complaints/{no}/recategorise": {"category_code": "khac", "reason": "Thuộc loại khác."},
    "POST /complaints/{no}/ask": {"question": "Tên đơn vị cũ?"},
    "POST /complaints/{no}/coordinate": {"office_code": "08", "question": "Đề nghị đối chiếu."},
    "POST /complaints/{no}/answer": {"text": "Đã bổ sung quá trình đóng."},
    "POST /complaints/{no}/answer/approve": {"version": 1},
    "POST /complaints/{no}/answer/return": {"remark": "Nêu rõ căn cứ."},
    "POST /complaints/{no}/remind": {},
    "POST /complaints/{no}/reply": {"words": "Công ty may"},
    "POST /complaints/{no}/reopen": {"reason": "Chưa xong việc."},
    "POST /complaints/{no}/rate": {"rating": 5},
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


def _endpoint(line):
    return " ".join(line.split()[: -len(CALLERS)])


LINES = [line for line in TABLE.splitlines()[2:] if line]
CASES = [
    pytest.param(endpoint, caller, expected, id=f"{endpoint} · {caller}")
    for line in LINES
    for endpoint, marks in [(_endpoint(line), line.split()[-len(CALLERS) :])]
    for caller, expected in zip(CALLERS, marks, strict=True)
]


class Place:
    """A complaint of a citizen in Ho Chi Minh City, watched by Thu - Sổ, Thẻ, for which Cao Bằng is asked for help."""

    def __init__(self, url):
        self.desk = Desk(url)
        self.fresh()

    def fresh(self):
        """Another one: somebody who may has changed the last."""
        desk = self.desk
        complaint = desk.routed(category_code=desk.category_of("thu-so-the"))
        asked = desk.do(complaint, "coordinate", {"office_code": "04", "question": "Đề nghị đối chiếu."})
        desk.put(complaint, code=complaint.code)
        self.no, self.code, self.id = complaint.no, complaint.code, asked.json["coordination_id"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = Place(f"sqlite:///{tmp_path_factory.mktemp('permissions') / 'feedback.db'}")
    yield made
    made.desk.db.dispose()


def call(place, endpoint, caller):
    method, _, path = endpoint.partition(" ")
    path = path.partition(":")[0].format(no=place.no, id=place.id)
    shown = CALLERS[caller]
    options = {"token": shown.get("token"), "code": place.code if shown.get("code") else None}
    if "/attachments/" in path and method == "PUT":
        return place.desk.call(method, path, data=picture(), content_type="image/jpeg", **options)
    body = BODIES.get(endpoint)
    if path.endswith("/acknowledge") and "{no}" not in endpoint:
        body = {"complaint_nos": [place.no]}
    return place.desk.call(method, path, **options, **({} if body is None else {"json": body}))


@pytest.mark.rule("F2", "F3", "F4", "F5", "F6", "F8")
@pytest.mark.parametrize(("endpoint", "caller", "expected"), CASES)
def test_who_may_and_who_may_not(place, endpoint, caller, expected):
    before = state(place)
    answer = call(place, endpoint, caller)
    if expected == "!":
        assert answer.status_code == 401, answer.text
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    elif expected == "-":
        assert answer.status_code == 403
        problem = answer.get_json()
        assert problem["type"].startswith("urn:vss:problem:")
        assert problem["type"] != "urn:vss:problem:forbidden", "a refusal says why"
        assert problem["detail"] != problem["detail_en"]
    elif expected == ".":
        assert answer.status_code == 200, answer.text
        assert (answer.json["content"], answer.json["work"]) == (None, None)
    else:
        # let in: what then stands in the way is the complaint's state, never who is calling
        assert answer.status_code in (200, 201, 202, 404, 409), answer.get_data()
        if endpoint == "GET /complaints/{no}":
            assert answer.json["content"] is not None
    if expected == "+" and not endpoint.startswith("GET"):
        place.fresh()
    else:
        assert state(place) == before, "whoever is refused changes nothing"


def state(place):
    """All of the complaint, and how much has been said and told."""
    row = place.desk.row(SimpleNamespace(no=place.no))
    with place.desk.db.read() as session:
        told = session.scalar(sa.select(sa.func.count()).select_from(outbox))
    return ({column.name: getattr(row, column.name) for column in row.__table__.columns}, told)


#: what stands in the table for the parameters of a path
PARAMETERS = {
    "{id}": "{coordination_id}",
    "attachments/1": "attachments/{slot}",
    "/categories/khac": "/categories/{code}",
    "/categories/tu-bang": "/categories/{code}",
    "/weekly/2026-W01/report.xlsx": "/{kind}/{name}/{file}",
    "/weekly/2026-W01": "/{kind}/{name}",
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


assert len(CASES) == len(list(itertools.product(LINES, CALLERS)))
