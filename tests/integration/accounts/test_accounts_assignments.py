"""Verification is told where staff work and the address to write to (N11, V11): of changes, of those who leave, and of staff from before."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.accounts.accounts.rules import Account
from tests.integration.accounts.desk import Desk
from tests.integration.accounts.test_accounts_keys import other_service
from tests.integration.accounts.test_accounts_staff import WHY, add

FACT = "staff_assigned"


def told_of(house: Desk, id_: str) -> list[dict[str, Any]]:
    return [body for body in house.bodies(FACT) if body["account_id"] == id_]


@pytest.mark.rule("N11", "V11")
def test_who_is_added_changed_and_disabled_is_told_of_with_address_office_and_dates(house: Desk):
    admin = house.staff("admin", "admin", office=None, province=None)
    id_ = add(house, admin, email="lan.nt@hanoi.vss.example", valid_until="2030-12-31").json["id"]
    (added,) = told_of(house, id_)
    assert (added["email"], added["active"], added["valid_until"]) == ("lan.nt@hanoi.vss.example", True, "2030-12-31")
    assert house.ask("PATCH", f"/staff/{id_}", WHY | {"role": "approver"}, admin).status_code == 200
    assert house.ask("PATCH", f"/staff/{id_}", WHY | {"active": False}, admin).status_code == 200
    assert house.ask("PATCH", f"/staff/{id_}", WHY | {"active": False}, admin).status_code == 200
    assert [(body["role"], body["active"]) for body in told_of(house, id_)] == [
        (added["role"], True),
        ("approver", True),
        ("approver", False),
    ]


@pytest.mark.rule("N11", "V11")
def test_an_address_can_be_given_changed_and_taken_away_which_is_told_and_signs_nobody_out(house: Desk):
    director = house.staff("director", "director")
    officer = house.staff("officer", "officer")
    id_ = other_service(house)(officer).id
    for email in ("lan.nt@hanoi.vss.example", "lan@hanoi.vss.example", "lan@hanoi.vss.example", None):
        answer = house.ask("PATCH", f"/staff/{id_}", {"email": email, "reason": "Địa chỉ thư công vụ"}, director)
        assert (answer.status_code, answer.json["email"]) == (200, email)
    told = [body["email"] for body in told_of(house, id_)]
    assert told[1:] == ["lan.nt@hanoi.vss.example", "lan@hanoi.vss.example", None]
    history = house.ask("GET", f"/staff/{id_}/rights", token=director).json["items"][1:]
    assert [entry["reason"] for entry in history] == ["Địa chỉ thư công vụ"] * 3
    assert {entry["granted_by"] for entry in history} == {other_service(house)(director).id}
    assert house.bodies("session_revoked") == []


@pytest.mark.rule("N11")
def test_what_is_no_address_is_refused_with_its_field(house: Desk):
    director = house.staff("director", "director")
    id_ = add(house, director, email="lan.nt@hanoi.vss.example").json["id"]
    answer = house.ask("PATCH", f"/staff/{id_}", WHY | {"email": "lan.nt"}, director)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["email"]
    assert len(told_of(house, id_)) == 1


@pytest.mark.rule("N11", "V11")
def test_an_address_outside_the_own_province_is_not_a_directors_to_change(house: Desk):
    admin = house.staff("admin", "admin", office=None, province=None)
    director = house.staff("director", "director")
    id_ = add(house, admin, office="79", province="79").json["id"]
    assert house.ask("PATCH", f"/staff/{id_}", WHY | {"email": "lan@example.vn"}, director).status_code == 403


@pytest.mark.rule("N11")
def test_no_other_agency_hears_of_staff(house: Desk):
    admin = house.staff("admin", "admin", office=None, province=None)
    add(house, admin)
    assert [told.public for told in house.facts(FACT)] == [""] * len(house.facts(FACT))


@pytest.mark.rule("N11")
def test_staff_from_an_earlier_release_are_told_of_once_and_citizens_never(house: Desk):
    house.citizen()
    admin = house.staff("admin", "admin", office=None, province=None)
    id_ = add(house, admin).json["id"]
    with house.db.write() as session:
        session.execute(sa.update(Account).values(assignment_told_at=None))
    before = len(house.bodies(FACT))
    for _ in range(2):
        house.sweep()
    again = house.bodies(FACT)[before:]
    staff = {str(account.id) for account in house.accounts() if account.is_staff}
    assert id_ in staff
    assert sorted(body["account_id"] for body in again) == sorted(staff)
