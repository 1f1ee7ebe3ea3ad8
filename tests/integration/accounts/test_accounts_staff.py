"""Staff: who may add whom, and what their tokens say (A12, V11)."""

import pyotp
import pytest
import sqlalchemy as sa

from services.accounts.offices import rules as offices
from services.chassis import clock
from services.chassis.web import auth
from tests.integration.accounts.conftest import problem
from tests.integration.accounts.desk import Desk
from tests.integration.accounts.running import NEW_PASSWORD
from tests.integration.accounts.test_accounts_keys import other_service

LAN = {
    "username": "lan.nt",
    "full_name": "Nguyễn Thị Lan",
    "phone": "0912 345 679",
    "role": "officer",
    "office": "01",
    "province": "01",
    "reason": "Tiếp nhận hồ sơ tại quầy",
}
WHY = {"reason": "Phân công lại"}


def add(house: Desk, token: str | None, **changes):
    return house.ask("POST", "/staff", LAN | changes, token)


@pytest.mark.rule("A12")
def test_the_token_of_staff_says_role_office_and_province(lite: Desk):
    token = lite.staff("approver", "approver", office="79", province="79")
    who: auth.Principal = other_service(lite)(token)
    assert (who.role, who.claims["office"], who.claims["province"]) == ("approver", "79", "79")


@pytest.mark.rule("A12")
def test_an_administrator_adds_staff_anywhere_who_set_their_own_password_by_a_code(house: Desk):
    token = house.staff("admin", "admin", office=None, province=None)
    answer = add(house, token)
    assert (answer.status_code, answer.json["phone"], answer.json["active"]) == (201, "+84912345679", True)
    assert house.sign_in(username="lan.nt").status_code == 401
    sheet = house.ask("POST", f"/staff/{answer.json['id']}/sheet", WHY, token).json["code"]
    challenge = house.ask("POST", "/password/reset", {"username": "Lan.NT"}).json["challenge"]
    assert house.bodies("otp_issued")[-1]["contact"]["phone"] == "+84912345679"
    body = {"challenge": challenge, "otp": house.code(), "new_password": NEW_PASSWORD}
    asked = house.ask("POST", "/password/reset/confirm", body)
    assert (asked.status_code, asked.json["factors"]) == (409, ["enrolment_code"])
    proof = {"step": asked.json["step"], "enrolment_code": sheet}
    assert house.ask("POST", "/password/reset/second-factor", proof).status_code == 204
    asked = house.sign_in_alone(username="lan.nt").json
    begun = house.ask("POST", "/sessions/second-factor", {"step": asked["step"], "enrolment_code": sheet}).json
    assert begun["role"] == "enrolling"
    secret = house.ask("POST", "/second-factor/totp", token=begun["token"]).json["secret"]
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    enrolled = house.ask("POST", "/second-factor/totp/confirm", {"totp": code}, begun["token"]).json
    assert (enrolled["token"]["role"], len(enrolled["recovery_codes"])) == ("officer", 10)


@pytest.mark.rule("V11", "A12")
def test_a_director_delegates_receiving_and_approving_in_the_own_province_only(house: Desk):
    token = house.staff("director", "director")
    assert add(house, token).status_code == 201
    assert add(house, token, username="approver", role="approver").status_code == 201
    for changes in ({"province": "79"}, {"province": None}, {"role": "director"}, {"role": "admin"}, {"role": "support"}):
        answer = add(house, token, username="another", **changes)
        assert (answer.status_code, problem(answer)) == (403, "not-yours-to-grant")


@pytest.mark.rule("V11")
def test_a_director_changes_only_officers_and_approvers_of_the_own_province_and_keeps_them_there(house: Desk):
    admin = house.staff("admin", "admin", office=None, province=None)
    token = house.staff("director", "director")
    mine = add(house, token).json["id"]
    elsewhere = add(house, admin, username="elsewhere", office="79", province="79").json["id"]
    colleague = add(house, admin, username="colleague", role="director").json["id"]

    def change(id_, **body):
        return house.ask("PATCH", f"/staff/{id_}", WHY | body, token)

    assert change(mine, role="approver").json["role"] == "approver"
    assert change(mine, role="director").status_code == 403
    assert change(mine, province="79").status_code == 403
    assert change(elsewhere, active=False).status_code == 403
    assert change(colleague, active=False).status_code == 403
    assert [one["username"] for one in house.ask("GET", "/staff", token=token).json["items"]] == [
        "colleague",
        "lan.nt",
        "director",
    ]


@pytest.mark.rule("A12")
@pytest.mark.parametrize(
    "role", ["admin", "director", "officer", "approver", "board", "support", "citizen", "newcomer", None]
)
def test_administrators_and_directors_manage_staff_and_nobody_else(lite: Desk, role):
    """Each endpoint with what succeeds for those who may: 201, 201, 200, 200, 200; 403 for everybody else, 401 for who is not signed in."""
    colleague = lite.staff("colleague", "officer")
    id_ = other_service(lite)(colleague).id
    token = caller(lite, role)
    answers = [
        lite.ask("POST", f"/staff/{id_}/sheet", WHY, token).status_code,
        add(lite, token).status_code,
        lite.ask("GET", "/staff", token=token).status_code,
        lite.ask("GET", f"/staff/{id_}/rights", token=token).status_code,
        lite.ask("PATCH", f"/staff/{id_}", WHY | {"role": "approver"}, token).status_code,
    ]
    assert answers == ([201, 201, 200, 200, 200] if role in ("admin", "director") else [403] * 5 if role else [401] * 5)


def caller(house: Desk, role: str | None) -> str | None:
    """A token of somebody of that role."""
    if role == "newcomer":
        return house.token(password=house.citizen())
    if role == "citizen":
        house.settled()
        return house.token()
    return house.staff("somebody", role, board="cntt" if role == "board" else None) if role else None


@pytest.mark.rule("A12")
def test_staff_who_are_disabled_or_change_their_role_are_signed_out(house: Desk):
    admin = house.staff("admin", "admin", office=None, province=None)
    officer = house.staff("officer", "officer")
    id_ = other_service(house)(officer).id
    revoked = lambda: [fact["reason"] for fact in house.bodies("session_revoked")]  # noqa: E731
    assert house.ask("PATCH", f"/staff/{id_}", WHY, admin).status_code == 200
    assert revoked() == []
    house.ask("PATCH", f"/staff/{id_}", WHY | {"role": "approver"}, admin)
    assert revoked() == ["signed_out"]
    assert house.sign_in(username="officer").json["role"] == "approver"
    answer = house.ask("PATCH", f"/staff/{id_}", WHY | {"active": False}, admin)
    assert answer.json["active"] is False
    assert revoked()[-1] == "locked"
    assert house.sign_in(username="officer").status_code == 401
    house.ask("PATCH", f"/staff/{id_}", WHY | {"active": True}, admin)
    assert house.sign_in(username="officer").status_code == 201


def test_a_user_name_is_given_once(house: Desk):
    token = house.staff("admin", "admin", office=None, province=None)
    assert add(house, token).status_code == 201
    answer = add(house, token)
    assert (answer.status_code, problem(answer)) == (409, "username-taken")


def test_adding_staff_again_with_the_same_key_adds_nobody_twice(lite: Desk):
    token = lite.staff("admin", "admin", office=None, province=None)
    again = [lite.ask("POST", "/staff", LAN, token, headers={"Idempotency-Key": "12345678-a"}) for _ in range(2)]
    assert [answer.status_code for answer in again] == [201, 201]
    assert again[0].json == again[1].json


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "0113099841"}, "username"),
        ({"username": "lan,nt"}, "username"),
        ({"phone": "0212345678"}, "phone"),
        ({"phone": "+1 650 253 0000"}, "phone"),
        ({"role": "citizen"}, "role"),
        ({"office": None}, "office"),
        ({"role": "board"}, "board"),
        ({"office": "999"}, "office"),
        ({"office": "79"}, "office"),
        ({"province": "1"}, "province"),
        ({"province": "001"}, "province"),
        ({"province": "thu-so-the"}, "province"),
        ({"province": "99"}, "province"),
        ({"role": "support", "office": None, "province": "1"}, "province"),
        ({"reason": ""}, "reason"),
        ({"own_id": "12345"}, "own_id"),
        ({"valid_from": "2026-12-02", "valid_until": "2026-12-01"}, "valid_until"),
    ],
)
def test_what_is_missing_or_wrong_about_staff_is_told_by_field(lite: Desk, changes, field):
    token = lite.staff("admin", "admin", office=None, province=None)
    answer = add(lite, token, **changes)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_citizens_account_is_none_of_staff(lite: Desk):
    token = lite.staff("admin", "admin", office=None, province=None)
    citizen_id = lite.settled()
    assert lite.ask("PATCH", f"/staff/{citizen_id}", WHY | {"active": False}, token).status_code == 404
    assert len(lite.ask("GET", "/staff", token=token).json["items"]) == 1


def test_a_province_without_its_zero_is_told_as_that(lite: Desk):
    token = lite.staff("admin", "admin", office=None, province=None)
    (error,) = add(lite, token, province="1").json["errors"]
    assert (error["message_vi"], error["message_en"]) == (
        "Mã tỉnh gồm đúng 2 chữ số, ví dụ 01 chứ không phải 1.",
        "A province has two digits: 01, not 1.",
    )
    id_ = add(lite, token).json["id"]
    assert lite.ask("PATCH", f"/staff/{id_}", WHY | {"province": "1"}, token).json["errors"][0]["field"] == "province"
    assert lite.ask("GET", "/staff?province=1", token=token).status_code == 422


def test_somebody_whose_office_has_closed_can_still_be_disabled(lite: Desk):
    token = lite.staff("admin", "admin", office=None, province=None)
    id_ = add(lite, token).json["id"]
    with lite.db.write() as session:
        session.execute(sa.update(offices.table).values(open=False))
    assert lite.ask("PATCH", f"/staff/{id_}", WHY | {"office": "01"}, token).status_code == 422
    assert lite.ask("PATCH", f"/staff/{id_}", WHY | {"active": False}, token).json["active"] is False
