"""Rights of staff (V11): with dates, for offices that exist, with a history that only grows; and whose own ID they have (V14)."""

import json
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from services.accounts.accounts.rules import Account
from services.accounts.offices import rules as offices
from services.accounts.staff.rights import RightsEntry
from services.chassis.calendar import VIETNAM, today_in_vietnam
from tests.integration.accounts.conftest import problem
from tests.integration.accounts.desk import Desk
from tests.integration.accounts.running import NEW_PASSWORD
from tests.integration.accounts.test_accounts_keys import other_service
from tests.integration.accounts.test_accounts_staff import LAN, WHY, add

#: the trigger says the first; the desk's user on PostgreSQL, who owns no table, is not even let so far
REFUSED = "only grows|permission denied for table rights_history"


def give_password(house: Desk, id_: str) -> None:
    house.give_password(id_, NEW_PASSWORD)


@pytest.mark.rule("V11")
def test_a_director_hires_for_offices_that_exist_in_the_own_province(house: Desk):
    token = house.staff("director", "director", office="79", province="79")
    mine = LAN | {"province": "79"}
    for office in ("999", "01"):
        answer = house.ask("POST", "/staff", mine | {"office": office}, token)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "office")
    assert house.ask("POST", "/staff", mine | {"office": "7901"}, token).status_code == 422
    with house.db.write() as session:
        imported = [offices.Office("7901", "BHXH cơ sở Thủ Đức", "79")]
        assert offices.store(session, imported) == {"added": ["7901"], "changed": [], "closed": []}
    made = house.ask("POST", "/staff", mine | {"office": "7901"}, token)
    assert made.status_code == 201
    assert house.ask("PATCH", f"/staff/{made.json['id']}", WHY | {"office": "01"}, token).status_code == 422


@pytest.mark.rule("V11")
def test_rights_before_their_first_and_after_their_last_day_let_nobody_act(house: Desk):
    admin = house.staff("admin", "admin", office=None, province=None)
    today = today_in_vietnam()
    dates = {"valid_from": (today + timedelta(days=1)).isoformat(), "valid_until": (today + timedelta(days=2)).isoformat()}
    id_ = add(house, admin, **dates).json["id"]
    give_password(house, id_)

    def at(days: int, hour: int, minute: int = 0) -> datetime:
        day = today + timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=VIETNAM)

    for moment, status in ((at(0, 23), 403), (at(1, 0, 1), 201), (at(2, 23, 50), 201), (at(3, 0, 1), 403)):
        with time_machine.travel(moment, tick=True):
            answer = house.sign_in(username="lan.nt")
            assert answer.status_code == status, moment
            if status == 403:
                assert problem(answer) == "rights-not-in-force"
    with time_machine.travel(at(2, 23, 50), tick=True):
        signed_in = house.sign_in(username="lan.nt").json
        # the token ends with the rights, and is not renewed
        assert datetime.fromisoformat(signed_in["expires_at"]) == at(3, 0)
    with time_machine.travel(at(3, 0, 1), tick=True):
        assert house.ask("GET", "/me", token=signed_in["token"]).status_code == 401


@pytest.mark.rule("V11")
def test_a_session_is_not_extended_beyond_the_rights(house: Desk):
    admin = house.staff("admin", "admin", office=None, province=None)
    id_ = add(house, admin).json["id"]
    give_password(house, id_)
    token = house.sign_in(username="lan.nt").json["token"]
    with house.db.write() as session:  # without the API, which would end the session
        yesterday = today_in_vietnam() - timedelta(days=1)
        session.execute(sa.update(Account).where(Account.username == "lan.nt").values(valid_until=yesterday))
    answer = house.ask("POST", "/sessions/current/refresh", None, token)
    assert (answer.status_code, problem(answer)) == (403, "rights-not-in-force")


@pytest.mark.rule("V11")
@pytest.mark.parametrize("last_day", [date(9999, 12, 31), date(9999, 12, 30)])
def test_rights_that_an_older_release_stored_until_the_end_of_time_let_somebody_sign_in(house: Desk, last_day):
    admin = house.staff("admin", "admin", office=None, province=None)
    give_password(house, add(house, admin).json["id"])
    with house.db.write() as session:
        session.execute(sa.update(Account).where(Account.username == "lan.nt").values(valid_until=last_day))
    answer = house.sign_in(username="lan.nt")
    assert answer.status_code == 201, answer.text
    assert house.ask("POST", "/sessions/current/refresh", None, answer.json["token"]).status_code == 201


@pytest.mark.rule("V11")
@pytest.mark.parametrize(
    "dates", [{"valid_from": "1999-12-31"}, {"valid_until": "3000-01-01"}, {"valid_until": "9999-12-31"}]
)
def test_a_day_far_from_ours_is_no_day_of_rights(house: Desk, dates):
    admin = house.staff("admin", "admin", office=None, province=None)
    id_ = add(house, admin, valid_until="2999-12-31").json["id"]
    (field,) = dates
    for answer in (add(house, admin, username="hoa.lt", **dates), house.ask("PATCH", f"/staff/{id_}", WHY | dates, admin)):
        assert (answer.status_code, [error["field"] for error in answer.json["errors"]]) == (422, [field])
        assert answer.json["errors"][0]["message_vi"]


@pytest.mark.rule("V11")
def test_the_history_says_who_gave_what_from_when_until_when_and_why(house: Desk):
    director = house.staff("director", "director")
    made = add(house, director, valid_until="2036-12-31").json
    change = {"role": "approver", "reason": "Thay chị Hoa nghỉ thai sản"}
    house.ask("PATCH", f"/staff/{made['id']}", change, director)
    house.ask("PATCH", f"/staff/{made['id']}", change, director)  # changes nothing
    house.ask("PATCH", f"/staff/{made['id']}", {"active": False, "reason": "Nghỉ việc"}, director)
    first, second, third = house.ask("GET", f"/staff/{made['id']}/rights", token=director).json["items"]
    by = other_service(house)(director).id
    assert (first["role"], first["reason"], first["granted_by"]) == ("officer", LAN["reason"], by)
    assert (first["valid_until"], first["office"]) == ("2036-12-31", "01")
    assert (second["role"], second["reason"], second["active"]) == ("approver", change["reason"], True)
    assert (third["active"], third["reason"]) == (False, "Nghỉ việc")
    elsewhere = house.staff("director79", "director", office="79", province="79")
    assert house.ask("GET", f"/staff/{made['id']}/rights", token=elsewhere).status_code == 404


@pytest.mark.rule("V11")
@pytest.mark.parametrize("statement", [sa.delete(RightsEntry), sa.update(RightsEntry).values(reason="anders")])
def test_the_history_of_rights_only_grows(house: Desk, statement):
    add(house, house.staff("admin", "admin", office=None, province=None))
    with pytest.raises(sa.exc.DatabaseError, match=REFUSED), house.db.write() as session:
        session.execute(statement)


@pytest.mark.rule("V14")
def test_the_own_id_of_staff_goes_to_verification_and_into_no_token_and_no_response(house: Desk):
    admin = house.staff("admin", "admin", office=None, province=None)
    answer = add(house, admin, own_id="001087000001")
    assert answer.json["has_own_id"] is True
    assert "001087000001" not in json.dumps(answer.json)
    id_ = answer.json["id"]
    assert house.bodies("staff_identified") == [{"account_id": id_, "own_id": "001087000001"}]
    assert house.facts("staff_identified")[0].public == ""
    give_password(house, id_)
    assert "001087000001" not in str(other_service(house)(house.sign_in(username="lan.nt").json["token"]).claims)
    # told again only where it changes
    house.ask("PATCH", f"/staff/{id_}", WHY | {"role": "approver"}, admin)
    house.ask("PATCH", f"/staff/{id_}", WHY | {"own_id": "001087000002"}, admin)
    assert [fact["own_id"] for fact in house.bodies("staff_identified")] == ["001087000001", "001087000002"]
    # staff from before have none, and nobody takes one away
    assert add(house, admin, username="an.nv").json["has_own_id"] is False
    assert house.ask("PATCH", f"/staff/{id_}", WHY | {"own_id": None}, admin).status_code == 422
