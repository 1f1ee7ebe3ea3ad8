"""A first password that did not arrive is the task of whoever has the person in front of them (A2; inputs.md, row 43)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.verification.desk import Desk

pytestmark = pytest.mark.rule("A2")
HERE = {"id_shown": True}


def failed(bureau: Desk, code: str = "unreachable_number", *, held: bool = False) -> str:
    """An approved dossier whose first password did not arrive."""
    no = bureau.submit()
    bureau.approve(no)
    report = {"dossier_no": no, "outcome": "failed", "code": code, "held": held, "reported_at": "2026-11-23T10:06:04+07:00"}
    bureau.tell("password_delivery_reported", report)
    return no


def requests(bureau: Desk) -> list[dict[str, Any]]:
    return [each.body for each in bureau.facts("password_requested")]


def test_the_officer_corrects_the_phone_and_has_it_sent_anew(bureau: Desk) -> None:
    no = failed(bureau)
    answer = bureau.ask("POST", f"/{no}/password", json={**HERE, "phone": "0912 345 678"})
    assert answer.status_code == 200, answer.text
    [asked] = requests(bureau)
    assert (asked["dossier_no"], asked["phone"]) == (no, "+84912345678")
    case = bureau.case(no)
    assert (case["password_failure"], case["contact"]["phone"]) == (None, "+84912345678")
    assert bureau.ask("GET", "?password_failed=true").json["items"] == []
    assert bureau.actions(no)[-2:] == ["claimed", "password_requested"]


def test_the_phone_may_be_right_after_all(bureau: Desk) -> None:
    no = failed(bureau)
    assert bureau.ask("POST", f"/{no}/password", json=HERE).status_code == 200
    assert [each["phone"] for each in requests(bureau)] == [None]


def test_one_that_is_only_held_says_so(bureau: Desk) -> None:
    no = failed(bureau, "route", held=True)
    shown = bureau.case(no)["password_failure"]
    assert (shown["code"], shown["held"]) == ("route", True)


def test_it_goes_only_to_somebody_who_is_here_and_only_if_it_did_not_arrive(bureau: Desk) -> None:
    no = failed(bureau)
    assert bureau.ask("POST", f"/{no}/password", json={}).status_code == 422
    refused = bureau.ask("POST", f"/{no}/password", json={"id_shown": False})
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "id_shown"
    assert bureau.ask("POST", f"/{no}/password", json=HERE).status_code == 200
    again = bureau.ask("POST", f"/{no}/password", json=HERE)
    assert (again.status_code, again.json["type"].rpartition(":")[2]) == (409, "password-not-failed")
    assert len(requests(bureau)) == 1


def test_before_the_approval_there_is_none(bureau: Desk) -> None:
    no = bureau.submit()
    assert bureau.ask("POST", f"/{no}/password", json=HERE).status_code == 409
