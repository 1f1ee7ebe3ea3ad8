"""Sign-ins are recorded, shown to their owner, and told when they come from a new device (A15)."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.accounts.sign_ins.rules import SignInRecord
from services.accounts.staff import rules as staff
from services.accounts.staff.rights import Grant
from services.chassis.history import history_entries
from tests.integration.accounts.desk import CODE, Desk, other_than
from tests.integration.accounts.running import NEW_PASSWORD
from tests.integration.accounts.strangers import (
    ELSEWHERE,
    HOME,
    NEWEST,
    STRANGERS,
    at,
    confirm,
    owner,
    reset,
    signed_in_once,
)

pytestmark = pytest.mark.rule("A15")


def records(house: Desk) -> list[SignInRecord]:
    with house.db.read() as session:
        return list(session.scalars(sa.select(SignInRecord).order_by(SignInRecord.at, SignInRecord.id)))


def shown(house: Desk, token: str, path: str = "/sign-ins") -> list[tuple[str, str, bool]]:
    answer = house.ask("GET", path, token=token)
    assert answer.status_code == 200, answer.json
    return [(each["result"], each["source"], each["this_device"]) for each in answer.json["items"]]


# ------------------------------------------------------------ recorded


def test_sign_ins_good_and_failed_are_recorded_with_account_device_network_and_result(house: Desk):
    account_id = house.settled()
    house.sign_in("wrong password", **at(STRANGERS[0]))
    house.token(**at(HOME))
    house.sign_in(device_id="tablet", **at(ELSEWHERE))
    found = records(house)
    assert [(str(each.account_id), each.result, each.source) for each in found] == [
        (account_id, "refused", "stranger"),
        (account_id, "signed_in", "stranger"),
        (account_id, "other_device", "stranger"),
    ]
    assert len({each.network_hash for each in found}) == 3
    assert found[0].device == found[1].device != found[2].device
    kept = str([vars(each) for each in found])
    assert not [clear for clear in (HOME, STRANGERS[0], "tablet", "wrong password", CODE) if clear in kept]


def test_a_wrong_one_time_code_is_recorded(house: Desk):
    token = owner(house)
    challenge = reset(house, HOME, token).json["challenge"]
    assert confirm(house, challenge, other_than(house.code()), HOME, token).status_code == 422
    assert [(each.result, each.source) for each in records(house)][-1] == ("code_refused", "device")


@pytest.mark.rule("A12")
def test_a_second_factor_that_is_asked_for_and_one_that_is_wrong_are_recorded(house: Desk):
    house.staff("lan.nt", "officer")
    step = house.sign_in_alone(username="lan.nt", **at(ELSEWHERE)).json["step"]
    wrong = house.ask("POST", "/sessions/second-factor", {"step": step, "totp": "000000"}, **at(ELSEWHERE))
    assert wrong.status_code == 422
    last = records(house)[-2:]
    assert [(each.result, each.source) for each in last] == [("factor_asked", "stranger"), ("factor_refused", "stranger")]
    assert last[0].account_id == last[1].account_id is not None
    assert last[0].device == last[1].device is not None


def test_a_name_that_nobody_has_leaves_the_same_row_without_an_account_for_a_day(house: Desk, later):
    house.settled()
    house.sign_in("wrong password", "0199999999", **at(STRANGERS[0]))
    house.sign_in("wrong password", **at(STRANGERS[0]))
    assert [each.account_id is None for each in records(house)] == [True, False]
    later(days=1.1)
    house.sweep()
    assert [each.account_id is None for each in records(house)] == [False]


def test_sign_ins_are_kept_for_sign_ins_days(lite: Desk, later):
    lite.configure(sign_ins_days=30)
    lite.settled()
    lite.token(**at(HOME))
    later(days=29)
    lite.sweep()
    assert len(records(lite)) == 1
    later(days=1.1)
    lite.sweep()
    assert records(lite) == []


# ------------------------------------------------------------ shown


def test_people_see_who_signed_in_and_who_tried_and_nobody_elses(house: Desk):
    house.settled()
    house.settled(dossier_no="261122-000002-6", subject_bhxh_code="0120000001", subject_id_number="001087000001")
    house.sign_in("wrong password", device_id="stranger", **at(STRANGERS[0]))
    house.sign_in("wrong password", "0120000001", **at(STRANGERS[0]))
    token = house.token(**at(HOME))
    assert shown(house, token) == [("signed_in", "stranger", True), ("refused", "stranger", False)]


def test_an_administrator_sees_those_of_staff_a_director_of_the_own_province_and_nobody_those_of_citizens(lite: Desk):
    citizen = lite.settled()
    admin = lite.staff("quantri", "admin", phone="+84912345670")
    director = lite.staff("giamdoc", "director", phone="+84912345671")
    officer = lite.staff("huong", "officer", phone="+84912345672", office="79", province="79")
    ids = {each["username"]: each["id"] for each in lite.ask("GET", "/staff", token=admin).json["items"]}
    assert shown(lite, admin, f"/staff/{ids['huong']}/sign-ins") == [
        ("signed_in", "stranger", False),
        ("factor_asked", "stranger", False),
    ]
    assert len(shown(lite, director, f"/staff/{ids['giamdoc']}/sign-ins")) == 2
    assert lite.ask("GET", f"/staff/{ids['huong']}/sign-ins", token=director).status_code == 404
    assert lite.ask("GET", f"/staff/{citizen}/sign-ins", token=admin).status_code == 404
    assert lite.ask("GET", f"/staff/{ids['huong']}/sign-ins", token=officer).status_code == 403


@pytest.mark.rule("V16")
def test_looking_at_sign_ins_and_rights_of_staff_is_recorded_with_who_looked_and_at_whom(lite: Desk):
    admin = lite.staff("quantri", "admin", phone="+84912345670")
    lite.staff("huong", "officer", phone="+84912345672")
    ids = {each["username"]: each["id"] for each in lite.ask("GET", "/staff", token=admin).json["items"]}
    for what in ("sign-ins", "rights"):
        assert lite.ask("GET", f"/staff/{ids['huong']}/{what}", token=admin).status_code == 200
    with lite.db.read() as session:
        looks = session.execute(sa.select(history_entries).where(history_entries.c.action == "viewed")).all()
    assert [(each.actor, each.kind, each.about) for each in looks] == [
        (ids["quantri"], "sign_ins_of_staff", ids["huong"]),
        (ids["quantri"], "rights_of_staff", ids["huong"]),
    ]


def test_sessions_are_listed_and_ended_by_their_owner(house: Desk):
    house.settled()
    signed_in_once(house)
    answer = house.sign_in(**at(HOME)).json
    listed = house.ask("GET", "/sessions", token=answer["token"]).json["items"]
    assert [(each["current"], each["end_reason"]) for each in listed] == [(True, None), (False, "signed_out")]
    assert house.ask("DELETE", f"/sessions/{listed[1]['session_id']}", token=answer["token"]).status_code == 204
    assert house.ask("DELETE", f"/sessions/{listed[0]['session_id']}", token=answer["token"]).status_code == 204
    assert house.ask("GET", "/sessions", token=answer["token"]).status_code == 401


def test_nobody_ends_the_session_of_somebody_else(house: Desk):
    house.settled()
    house.settled(dossier_no="261122-000002-6", subject_bhxh_code="0120000001", subject_id_number="001087000001")
    theirs = house.sign_in(username="0120000001", **at(HOME)).json
    mine = house.token(**at(HOME))
    assert house.ask("DELETE", f"/sessions/{theirs['session_id']}", token=mine).status_code == 404
    assert house.ask("GET", "/me", token=theirs["token"]).status_code == 200


def test_all_other_devices_are_forgotten_at_one_stroke(house: Desk):
    house.settled()
    signed_in_once(house, device_id="tablet", address=ELSEWHERE)
    token = house.token(**at(HOME))
    assert house.ask("DELETE", "/sessions/others", token=token).status_code == 204
    assert house.ask("GET", "/me", token=token).status_code == 200
    house.ask("DELETE", "/sessions/current", token=token)
    told = len(house.bodies("device_added"))
    signed_in_once(house, address=HOME)
    assert len(house.bodies("device_added")) == told, "this device stays known"
    signed_in_once(house, device_id="tablet", address=ELSEWHERE)
    assert len(house.bodies("device_added")) == told + 1


# ------------------------------------------------------------ told


def test_a_new_device_is_told_to_the_holder_and_a_known_one_is_not(house: Desk):
    token = owner(house)
    assert len(house.bodies("device_added")) == 1
    house.ask("DELETE", "/sessions/current", token=house.token(**at(ELSEWHERE, token)))
    signed_in_once(house)  # the same device shows no token
    assert len(house.bodies("device_added")) == 1
    signed_in_once(house, device_id="thief", address=STRANGERS[0])
    told = house.bodies("device_added")[-1]
    assert told["contact"]["phone"]
    assert (len(house.bodies("device_added")), told["account_hint"]) == (2, "01****9841")


@pytest.mark.rule("A7")
def test_a_takeover_is_told_once(house: Desk):
    house.settled()
    house.token(**at(HOME))
    warned = house.sign_in(device_id="tablet", **at(ELSEWHERE)).json
    house.ask("POST", "/sessions/takeover", {"challenge": warned["challenge"], "otp": house.code()}, **at(ELSEWHERE))
    assert house.names().count("device_added") == 1, "the first device"
    assert house.bodies("session_revoked")[-1]["reason"] == "takeover"


@pytest.mark.rule("A3")
def test_a_first_password_tells_of_no_new_device_as_it_opens_nothing(lite: Desk):
    lite.sign_in(lite.citizen())
    assert lite.bodies("device_added") == []


@pytest.mark.parametrize(("field", "new"), [("phone", "+84900000009"), ("email", "ke.gian@example.com")])
def test_a_changed_phone_or_address_of_staff_is_told_to_the_old_ones(lite: Desk, field: str, new: str):
    lite.staff("huong", "officer", phone="+84912345672", email="huong@example.com")
    with lite.db.write() as session:
        member: Any = staff.by_name(session, "huong")
        staff.change(member, {field: new}, Grant("tests", "tests"))
    [told] = lite.bodies("staff_contact_changed")
    assert told["contact"] == {"phone": "+84912345672", "email": "huong@example.com"}
    assert told["changed"] == [field]


# ------------------------------------------------------------ a lost answer


@pytest.mark.rule("A13")
def test_a_lost_answer_to_a_sign_in_does_not_cost_a_known_device_what_it_knows(house: Desk):
    house.configure(stranger_tries=1)
    token = owner(house)
    # the app forgot to show it, and never got the answer with the new one
    house.sign_in(**at(HOME))
    house.sign_in("wrong password", device_id="x", **at(STRANGERS[0]))
    assert house.sign_in(**at(ELSEWHERE, token)).status_code == 201


@pytest.mark.rule("A13")
def test_a_device_whose_first_answer_was_lost_is_known_by_its_own_random_id_until_it_shows_a_token(house: Desk):
    house.configure(stranger_tries=1)
    house.settled()
    app = "3f0c2d2e-6a55-4b43-8f5e-6b9d2a1c7e10"
    house.sign_in(device_id=app, **at(HOME))  # the answer is lost
    house.sign_in("wrong password", device_id="x", **at(STRANGERS[0]))
    again = house.sign_in(device_id=app, **at(ELSEWHERE))
    assert again.status_code == 201
    token = again.json["device_token"]
    house.sign_in(device_id=app, **at(ELSEWHERE, token))
    assert house.sign_in(device_id=app, **at(STRANGERS[1])).status_code == 429, "now its token is asked for"
    assert house.sign_in(device_id=app, **at(STRANGERS[1], token)).status_code == 201


@pytest.mark.rule("A13")
def test_a_short_id_may_be_a_serial_number_and_makes_nobody_known(house: Desk):
    house.configure(stranger_tries=1)
    house.settled()
    house.sign_in(device_id="SN-0042", **at(HOME))
    house.sign_in("wrong password", device_id="x", **at(STRANGERS[0]))
    assert house.sign_in(device_id="SN-0042", **at(ELSEWHERE)).status_code == 429


# ------------------------------------------------------------ ten days


@pytest.mark.rule("A2-first-ten-days")
def test_a_first_password_is_good_until_the_end_of_the_tenth_day_and_a_reset_helps_afterwards(lite: Desk, later):
    first = lite.citizen()
    told = lite.bodies("account_activated")[-1]
    assert told["password_until"].endswith("T00:00:00+07:00")
    later(days=9)
    assert lite.sign_in(first).status_code == 201
    later(days=2)
    answer = lite.sign_in(first)
    assert (answer.status_code, answer.json["type"]) == (403, "urn:vss:problem:first-password-over")
    assert "Quên mật khẩu" in answer.json["detail_vi"] if "detail_vi" in answer.json else "Quên" in answer.text
    assert lite.sign_in("wrong password").status_code == 401, "who has not got it learns nothing"
    asked = reset(lite, HOME)
    assert confirm(lite, asked.json["challenge"], lite.code(), HOME).status_code == 204
    assert lite.sign_in(NEWEST).json["role"] == "citizen"


def test_a_chosen_password_ends_with_no_first_ten_days(lite: Desk, later):
    lite.settled()
    later(days=11)
    assert lite.sign_in(NEW_PASSWORD).status_code == 201
