"""Verification is told where staff work and the address to write to (N11, V11): of changes, of those who leave, and of staff from before."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.accounts.accounts.rules import Account
from tests.integration.accounts.desk import Desk
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
