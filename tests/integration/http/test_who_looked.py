"""Every operation that shows staff somebody's data is recorded (V16), and writes an entry when it is called; no list of them is kept by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.history import history_entries
from services.chassis.web import looks
from tests.integration.http.desks import ROLES, SERVICES, Desk, Operation, fields, operations

pytestmark = pytest.mark.rule("V16")

#: fields by which an answer says something of a person, or holds words of one
PERSONAL = {
    *("full_name", "phone", "email", "personal_id", "id_number", "bhxh_code", "date_of_birth", "address", "contact", "contact_person"),
    *("subject", "guardian", "subject_line", "body", "words", "question"),
}  # fmt: skip
PICTURES = ("image/jpeg", "image/png", "image/webp", "application/pdf")
#: GET operations that name people and need no entry
WITHOUT = {
    "accounts GET /accounts/me": "the caller's own account",
    "accounts GET /accounts/me/children": "the caller's own children",
    "feedback GET /feedback/faq/all": "questions that are often asked, and who edited them: nobody's data",
    "registration GET /registration/form01/blank.pdf": "the empty form",
    "registration GET /registration/forms/{token}": "by a link that the person got; no token of staff is looked at",
}
QUERIES = {"/notifications/messages": "?secrets_undelivered=true"}
STAFF = tuple(role for role in ROLES if role not in ("citizen", "newcomer"))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> list[Operation]:
    folder = tmp_path_factory.mktemp("documents")
    return [each for service in SERVICES for each in operations(service, folder)]


@pytest.fixture(scope="module", params=SERVICES)
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(request.param, tmp_path_factory.mktemp("looked")).filled()
    yield made
    made.close()


def _is_recorded(operation: Operation) -> bool:
    return bool(operation.doc.get("x-recorded"))


def _shows_somebody(operation: Operation) -> bool:
    """Whether its success holds a field of a person's, or a picture."""
    if operation.method != "GET" or operation.token == "none":
        return False
    for status, answer in operation.doc["responses"].items():
        for kind, content in answer.get("content", {}).items() if status.startswith("2") else ():
            if kind in PICTURES or any(path[-1] in PERSONAL for path, _ in _all_fields(content.get("schema", {}))):
                return True
    return False


def _all_fields(schema: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield from fields(schema)
    for inner in (schema.get("items"), *schema.get("properties", {}).values()):
        if isinstance(inner, dict):
            yield from _all_fields(inner)


def test_what_shows_staff_somebodys_data_is_recorded(everything: list[Operation]) -> None:
    shown = {f"{each.service} {each.id}" for each in everything if _shows_somebody(each) and not _is_recorded(each)}
    assert shown - WITHOUT.keys() == set()
    assert len([each for each in everything if _is_recorded(each)]) >= 11


def test_what_is_recorded_takes_a_purpose_and_says_when_it_needs_one(everything: list[Operation]) -> None:
    for each in filter(_is_recorded, everything):
        assert looks.HEADER in {parameter["name"] for parameter in each.parameters("header")}, each.id
        assert {"422", "428"} <= each.doc["responses"].keys(), each.id


def test_each_recorded_operation_writes_an_entry_or_shows_nothing(desk: Desk) -> None:
    tried = 0
    for operation in filter(
        _is_recorded, operations(desk.service.name, Path(desk.database_url.removeprefix("sqlite:///")).parent)
    ):
        for role in STAFF:
            before = _entries(desk)
            path = operation.at(**desk.known) + QUERIES.get(operation.path, "")
            answer = desk.ask(operation.method, path, role=role, headers={"X-Tracking-Code": ""})
            shows = (
                answer.status_code == 200 and b'"content": null' not in answer.data and b'"content":null' not in answer.data
            )
            written = _entries(desk) - before
            assert written == 1 if shows else answer.status_code == 404 or written == 0, (
                f"{operation.id} as {role}: {answer.status_code}"
            )
            tried += shows
    assert tried


def test_a_view_that_forgets_the_entry_shows_staff_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    desk = Desk("accounts", tmp_path).filled()
    monkeypatch.setattr(looks, "look_at_list", lambda *_args, **_more: None)
    answer = desk.ask("GET", "/accounts/staff", role="admin")
    assert answer.status_code == 500
    assert "Trần Thị Thử" not in answer.text
    desk.close()


@pytest.mark.parametrize("service", ["registration", "feedback"])
def test_people_who_look_at_their_own_leave_no_entry(tmp_path: Path, service: str) -> None:
    desk = Desk(service, tmp_path).filled()
    place = "declarations" if service == "registration" else "complaints"
    assert desk.ask("GET", f"/{service}/{place}/{desk.known['no']}").status_code == 200
    assert desk.ask("GET", f"/{service}/{place}/{desk.known['no']}", role="citizen").status_code == 200
    assert _entries(desk) == 0
    desk.close()


def test_administrators_and_directors_read_who_looked_and_that_is_recorded_too(tmp_path: Path) -> None:
    desk = Desk("feedback", tmp_path).filled()
    no = desk.known["no"]
    desk.ask("GET", f"/feedback/complaints/{no}", role="officer", headers={"X-Tracking-Code": ""})
    desk.ask("GET", "/feedback/complaints", role="board")
    seen = desk.ask("GET", f"/feedback/history?about={no}", role="admin").get_json()["items"]
    assert [(each["role"], each["action"], each["kind"], each["purpose"]) for each in seen] == [
        ("officer", "viewed", "complaint", "accountable"),
        ("board", "listed", "complaints", "monitoring"),
    ]
    assert all("numbers" not in each["details"] for each in seen)
    again = desk.ask("GET", f"/feedback/history?about={no}", role="director").get_json()["items"]
    assert [each["action"] for each in again] == ["viewed", "listed", "audited"]
    for role in ("citizen", "officer", "approver", "board", "support"):
        assert desk.ask("GET", f"/feedback/history?about={no}", role=role).status_code == 403
    desk.close()


def _entries(desk: Desk) -> int:
    return int(desk.value(sa.select(sa.func.count()).select_from(history_entries)))
