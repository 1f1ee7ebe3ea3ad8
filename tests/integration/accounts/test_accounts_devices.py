"""One device at a time, and how sessions end (A7)."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from tests.integration.accounts.conftest import problem
from tests.integration.accounts.desk import CODE, Desk, other_than


def take_over(house: Desk, challenge: str, code: str):
    return house.ask("POST", "/sessions/takeover", {"challenge": challenge, "otp": code})


def refresh(house: Desk, token: str):
    return house.ask("POST", "/sessions/current/refresh", token=token)


@pytest.mark.rule("A7")
def test_a_second_device_is_warned_and_takes_over_by_a_code(house: Desk):
    house.settled()
    first = house.sign_in().json
    warned = house.sign_in(device_id="tablet")
    assert (warned.status_code, problem(warned)) == (409, "another-device")
    assert "thiết bị khác" in warned.json["detail"]
    assert house.bodies("otp_issued")[-1]["purpose"] == "takeover"
    assert refresh(house, first["token"]).status_code == 201  # not yet
    second = take_over(house, warned.json["challenge"], house.code())
    assert second.status_code == 201
    [fact] = house.bodies("session_revoked")
    assert (fact["session_id"], fact["reason"]) == (first["session_id"], "takeover")
    assert refresh(house, first["token"]).status_code == 401
    assert house.ask("GET", "/me", token=second.json["token"]).status_code == 200


@pytest.mark.rule("A7")
def test_no_service_takes_a_token_of_the_first_device_until_it_has_ended(house: Desk):
    house.settled()
    first = house.sign_in().json
    warned = house.sign_in(device_id="tablet")
    take_over(house, warned.json["challenge"], house.code())
    [fact] = house.bodies("session_revoked")
    assert datetime.fromisoformat(fact["tokens_until"]) >= datetime.fromisoformat(first["expires_at"])
    time.sleep(1.05)  # revoked sessions are read once a second
    assert house.ask("GET", "/me", token=first["token"]).status_code == 401


@pytest.mark.rule("A7")
def test_a_wrong_code_leaves_the_first_device_signed_in(lite: Desk):
    lite.settled()
    token = lite.token()
    warned = lite.sign_in(device_id="tablet")
    assert take_over(lite, warned.json["challenge"], other_than(lite.code())).status_code == 422
    assert refresh(lite, token).status_code == 201


@pytest.mark.rule("A7")
def test_the_same_device_signs_in_again_without_a_code(lite: Desk):
    lite.settled()
    first, second = lite.token(), lite.token()
    assert refresh(lite, first).status_code == 401
    assert refresh(lite, second).status_code == 201
    assert "otp_issued" not in lite.names()


@pytest.mark.rule("A7")
def test_two_devices_at_once_do_not_both_get_in(house: Desk):
    house.settled()

    def enter(number: int) -> int:
        body = {"username": CODE, "password": "Hoa sen nở tháng Sáu", "device_id": f"device-{number}"}
        return int(house.client.application.test_client().post("/accounts/sessions", json=body).status_code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(enter, range(4))) == [201, 409, 409, 409]


def test_after_signing_out_another_device_needs_no_code(lite: Desk):
    lite.settled()
    token = lite.token()
    assert lite.ask("DELETE", "/sessions/current", token=token).status_code == 204
    assert lite.bodies("session_revoked")[0]["reason"] == "signed_out"
    assert lite.sign_in(device_id="tablet").status_code == 201
    assert lite.ask("POST", "/sessions/current/refresh", token=token).status_code == 401


def test_an_idle_session_ends_and_is_in_nobodys_way(lite: Desk, later):
    lite.settled()
    token = lite.token()
    later(seconds=850)
    token = refresh(lite, token).json["token"]  # taking a token is no idling
    later(seconds=850)
    assert refresh(lite, token).status_code == 201
    later(seconds=1801)
    assert refresh(lite, token).status_code == 401
    assert lite.sign_in(device_id="tablet").status_code == 201
    # its tokens have long ended, so there is nothing to tell
    assert lite.bodies("session_revoked") == []


def test_a_session_ends_after_twelve_hours_however_busy(lite: Desk, later):
    lite.settled()
    token = lite.token()
    for _ in range(51):
        later(seconds=840)
        answer = refresh(lite, token)
        assert answer.status_code == 201
        token = answer.json["token"]
    later(seconds=361)  # twelve hours and a second
    assert refresh(lite, token).status_code == 401


def test_no_token_outlives_its_session(lite: Desk, later):
    lite.configure(session_max_seconds=1200, session_idle_seconds=1200)
    lite.settled()
    answer = lite.sign_in()
    later(seconds=600)
    later_one = refresh(lite, answer.json["token"]).json
    ends = [datetime.fromisoformat(one["expires_at"]) for one in (answer.json, later_one)]
    assert 298 <= (ends[1] - ends[0]).total_seconds() <= 301  # not 600
