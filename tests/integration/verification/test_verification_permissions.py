"""Every endpoint × every kind of caller: who succeeds, and who is refused and changes nothing (V2, V11).

One table, one line for each endpoint. `+` succeeds, `-` is refused with 403, `!` has to sign in.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis import clock
from services.chassis.bus.outbox import outbox
from services.chassis.calendar import VIETNAM
from services.verification.cases.rules import Case
from tests.integration.verification.desk import NAME, NO, Desk, dossier_no, picture

pytestmark = pytest.mark.rule("V2", "V11")

#: name → token (`role:account:office`); the form names office 01
CALLERS = {
    "stranger": None,
    "citizen": "citizen:an:",
    "newcomer": "newcomer:an:",
    "officer": "officer:mai:01",
    "approver": "approver:lan:01",
    "director": "director:son:01",
    "officer elsewhere": "officer:mai:48",
    "approver elsewhere": "approver:lan:48",
    "officer without office": "officer:mai:",
    "board": "board:an:79",
    "support": "support:an:79",
    "admin": "admin:an:79",
}
TABLE = """
                                  str cit new off app dir ofe ape ofw brd sup adm
GET  /cases                       !   -   -   +   +   +   +   +   -   -   -   -
GET  /cases?dossier_no={no}       !   -   -   +   +   +   +   +   -   -   -   -
GET  /history?about={no}          !   -   -   -   -   +   -   -   -   -   -   +
GET  /cases/reasons               !   -   -   +   +   +   +   +   +   -   -   -
GET  /cases/{no}                  !   -   -   +   +   +   +   +   -   -   -   -
GET  /cases/{no}/history          !   -   -   +   +   +   +   +   +   -   -   -
GET  /cases/{no}/attachments/{kind} !   -   -   +   +   +   +   +   -   -   -   -
PUT  /cases/{no}/attachments/{kind} !   -   -   +   +   +   +   +   -   -   -   -
POST /cases/{no}/claim            !   -   -   +   +   +   +   +   -   -   -   -
POST /cases/{no}/release          !   -   -   +   +   +   +   +   -   -   -   -
POST /cases/{no}/receive          !   -   -   +   +   +   +   +   -   -   -   -
POST /cases/{no}/phone            !   -   -   +   +   +   +   +   -   -   -   -
POST /cases/{no}/pictures/request !   -   -   +   +   +   +   +   -   -   -   -
POST /cases/{no}/letter           !   -   -   +   +   +   +   +   -   -   -   -
POST /cases/{no}/password         !   -   -   -   +   +   -   +   -   -   -   -
POST /cases/{no}/correction       !   -   -   -   +   +   -   +   -   -   -   -
POST /cases/{no}/decision         !   -   -   -   +   +   -   +   -   -   -   -
POST /cases/{no}/decision:invalid !   -   -   -   +   +   -   +   -   -   -   -
"""
#: for these an officer's role is refused before the office is looked at
ROLE_FIRST = ("POST /cases/{no}/password", "POST /cases/{no}/correction", "POST /cases/{no}/decision", "GET /history")
CORRECTED = "Nguyễn Thành Biển"
BODIES = {
    "POST /cases/{no}/receive": {"id_shown": True},
    "POST /cases/{no}/phone": {"phone": "0912345678"},
    "POST /cases/{no}/letter": {"posted_on": f"{clock.now().astimezone(VIETNAM):%Y-%m-%d}"},
    "POST /cases/{no}/password": {"id_shown": True, "phone": "0912345678"},
    "POST /cases/{no}/correction": {"full_name": CORRECTED},
    "POST /cases/{no}/decision": {"outcome": "valid", "id_shown": True},
    "POST /cases/{no}/decision:invalid": {"outcome": "invalid", "reason_code": "id_differs"},
}
#: endpoint → what its success shows, out of the answer, the case afterwards and the caller's account
SUCCEEDED: dict[str, Callable[[Any, Any, str], bool]] = {
    "GET /cases": lambda answer, _case, _who: NO in {item["dossier_no"] for item in answer.json["items"]},
    "GET /cases?dossier_no={no}": lambda answer, _case, _who: answer.json["items"][0]["full_name"] == NAME,
    "GET /history?about={no}": lambda answer, _case, _who: (
        "viewed" in {item["action"] for item in answer.json["items"]} or _who == "son"
    ),
    "GET /cases/reasons": lambda answer, _case, _who: "id_differs" in {item["code"] for item in answer.json["items"]},
    "GET /cases/{no}": lambda answer, _case, _who: answer.json["subject"]["full_name"] == NAME,
    "GET /cases/{no}/history": lambda answer, _case, _who: answer.json["items"][0]["action"] == "opened",
    "GET /cases/{no}/attachments/{kind}": lambda answer, _case, _who: answer.mimetype == "image/jpeg",
    "PUT /cases/{no}/attachments/{kind}": lambda answer, _case, _who: answer.json["kind"] == "portrait",
    "POST /cases/{no}/claim": lambda answer, case, who: answer.json["holder"] == case["claim"]["holder"] == who,
    "POST /cases/{no}/release": lambda _answer, case, _who: case["claim"] is None,
    "POST /cases/{no}/phone": lambda _answer, case, _who: case["contact"]["phone"] == "+84912345678",
    "POST /cases/{no}/receive": lambda _answer, case, _who: (case["status"], case["id_shown"]) == ("received", True),
    "POST /cases/{no}/pictures/request": lambda answer, case, _who: answer.json["missing"] == case["awaited"] != [],
    "POST /cases/{no}/letter": lambda _answer, case, _who: (case["status"], case["letter"] is None) == ("received", False),
    "POST /cases/{no}/password": lambda _answer, case, _who: (
        (case["contact"]["phone"], case["password_failure"]) == ("+84912345678", None)
    ),
    "POST /cases/{no}/correction": lambda _answer, case, _who: case["subject"]["full_name"] == CORRECTED,
    "POST /cases/{no}/decision": lambda _answer, case, who: (case["status"], case["assessed_by"]) == ("checking", who),
    "POST /cases/{no}/decision:invalid": lambda _answer, case, who: (
        (case["status"], case["assessed_by"]) == ("rejected", who)
    ),
}


def _endpoint(line: str) -> str:
    return " ".join(line.split()[: -len(CALLERS)])


LINES = [line for line in TABLE.splitlines()[2:] if line]
PAIRS = [
    pytest.param(_endpoint(line), caller, expected, id=f"{_endpoint(line)} · {caller}")
    for line in LINES
    for caller, expected in zip(CALLERS, line.split()[-len(CALLERS) :], strict=True)
]


class Office:
    """A bureau with one case for each endpoint, in the state that the endpoint is for."""

    def __init__(self, url: str) -> None:
        self.bureau = Desk(url)
        self._number = 1
        self._cases: dict[str, str] = {}
        self.bureau.submit(NO)
        self.bureau.put("portrait", NO)
        self.bureau.ask("POST", f"/{NO}/release", "officer:mai:79")

    def case_for(self, endpoint: str) -> str:
        if endpoint.startswith("GET"):
            return NO
        if endpoint not in self._cases:
            self._cases[endpoint] = self._prepared(endpoint.rpartition("/")[2])
        return self._cases[endpoint]

    def used(self, endpoint: str) -> None:
        """Have the next caller get another case."""
        self._cases.pop(endpoint, None)

    def _prepared(self, step: str) -> str:
        self._number += 1
        bureau, no = self.bureau, dossier_no(self._number)
        if step == "request":
            return bureau.submit_child(no, attachments=[])
        changes: dict[str, dict[str, Any]] = {
            "correction": {"subject": {"bhxh_code": "0113099840"}},
            "letter": {"filing": "post"},
        }
        bureau.submit(no, **changes.get(step, {}))
        if step.startswith("decision") or step == "correction":
            bureau.complete(no)
            bureau.ask("POST", f"/{no}/release")
        if step == "password":
            bureau.approve(no)
            failed = {"outcome": "failed", "code": "invalid_number", "reported_at": "2026-11-23T10:06:04+07:00"}
            bureau.tell("password_delivery_reported", {"dossier_no": no, **failed})
        if step == "correction":
            bureau.decide(no)
            bureau.look_up()  # HGĐ does not know this code
        return no

    def call(self, endpoint: str, no: str, token: str | None) -> Any:
        method, _, path = endpoint.partition(" ")
        path = path.partition(":")[0].format(no=no, kind="portrait").removeprefix("/cases")
        if endpoint.endswith("/release") and token is not None and token.startswith(("officer", "approver", "director")):
            self.bureau.ask("POST", f"/{no}/claim", token)
        body: dict[str, Any] = {}
        if method == "PUT":
            body = {"data": picture()}
        elif method == "POST":
            body = {"json": BODIES.get(endpoint, {})}
        if path.startswith("/history"):
            return self.bureau.open(method, path, token=token)
        return self.bureau.ask(method, path, token, **body)

    def state(self, no: str) -> Any:
        """All of the case, what is told, and how much its history and the document store hold."""
        with self.bureau.db.read() as session:
            told = session.scalar(sa.select(sa.func.count()).select_from(outbox))
            case = Case.of(session, no)
            row = {column.name: getattr(case, column.name) for column in Case.__table__.columns}
        return row, told, len(self.bureau.history(no)), len(self.bureau.documents)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(f"sqlite:///{tmp_path_factory.mktemp('permissions') / 'verification.db'}")
    yield made
    made.bureau.close()


@pytest.mark.parametrize(("endpoint", "caller", "expected"), PAIRS)
def test_who_may_and_who_may_not(office: Office, endpoint: str, caller: str, expected: str) -> None:
    no, token = office.case_for(endpoint), CALLERS[caller]
    before = office.state(no)
    answer = office.call(endpoint, no, token)
    if expected == "+":
        office.used(endpoint)
        assert answer.status_code == (202 if "/decision" in endpoint or "/request" in endpoint else 200), answer.text
        account = str(token).split(":")[1]
        assert SUCCEEDED[endpoint](answer, office.bureau.case(no), account), answer.text
        return
    assert office.state(no) == before, "a refusal changes nothing"
    if expected == "!":
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    else:
        assert answer.status_code == 403
        lacks_office = caller == "officer without office" and not endpoint.startswith(ROLE_FIRST)
        assert answer.json["type"] == f"urn:vss:problem:{'no-office' if lacks_office else 'forbidden'}"
        assert answer.json["detail"] != answer.json["detail_en"]


def test_the_table_has_a_line_for_every_endpoint(office: Office) -> None:
    document = office.bureau.openapi()
    documented = {
        f"{method.upper()} {path.removeprefix('/verification')}"
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert {_endpoint(line).partition("?")[0].partition(":")[0] for line in LINES} == documented
