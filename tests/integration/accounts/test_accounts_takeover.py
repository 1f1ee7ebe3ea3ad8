"""A second device is warned first, and the code is sent only when the person goes on (A7, decision 69); why a session ended."""

from datetime import datetime

import pytest

from services.accounts.sessions.sign_in import sign_in
from services.accounts.sessions.tokens import SignedToken
from services.accounts.throttles.sources import Asker
from services.chassis import clock
from tests.integration.accounts.conftest import problem
from tests.integration.accounts.desk import CODE, Desk, other_than
from tests.integration.accounts.running import NEW_PASSWORD
from tests.integration.accounts.strangers import at


def warned(house: Desk, **options):
    body = {"username": CODE, "password": NEW_PASSWORD, "device_id": "tablet", "warn_first": True}
    return house.ask("POST", "/sessions", body, **options)


def go_on(house: Desk, challenge: str):
    return house.ask("POST", "/sessions/takeover/code", {"challenge": challenge})


def take_over(house: Desk, challenge: str, code: str):
    return house.ask("POST", "/sessions/takeover", {"challenge": challenge, "otp": code})


@pytest.mark.rule("A7")
def test_the_warning_comes_before_any_code(house: Desk):
    house.settled()
    first = house.token()
    answer = warned(house)
    assert (answer.status_code, problem(answer), answer.json["code_sent"]) == (409, "another-device", False)
    assert "otp_issued" not in house.names()
    assert answer.json["phone_end"] in answer.json["detail"]
    assert take_over(house, answer.json["challenge"], "000000").status_code == 422
    sent = go_on(house, answer.json["challenge"])
    assert sent.status_code == 202
    assert house.bodies("otp_issued")[-1]["purpose"] == "takeover"
    assert take_over(house, sent.json["challenge"], house.code()).status_code == 201
    assert house.ask("POST", "/sessions/current/refresh", token=first).status_code == 401


def test_clients_of_before_get_their_code_at_once(lite: Desk):
    lite.settled()
    lite.token()
    answer = lite.sign_in(device_id="tablet")
    assert answer.json["code_sent"] is True
    assert take_over(lite, answer.json["challenge"], lite.code()).status_code == 201


def test_a_code_that_did_not_come_is_sent_again_and_the_earlier_one_is_void(lite: Desk):
    lite.settled()
    lite.token()
    challenge = warned(lite).json["challenge"]
    first, first_code = go_on(lite, challenge), lite.code()
    second = go_on(lite, challenge)
    assert problem(take_over(lite, first.json["challenge"], first_code)) == "otp-replaced"
    assert take_over(lite, second.json["challenge"], lite.code()).status_code == 201


def test_one_warning_has_five_codes(lite: Desk):
    lite.settled()
    lite.token()
    challenge = warned(lite).json["challenge"]
    assert [go_on(lite, challenge).status_code for _ in range(6)] == [202] * 5 + [422]
    assert len(lite.bodies("otp_issued")) == 5


def test_a_warning_that_is_too_old_sends_nothing(lite: Desk, later):
    lite.settled()
    lite.token()
    challenge = warned(lite).json["challenge"]
    later(seconds=301)
    answer = go_on(lite, challenge)
    assert (answer.status_code, problem(answer)) == (422, "takeover-over")
    assert "otp_issued" not in lite.names()


def test_a_made_up_warning_sends_nothing(lite: Desk):
    lite.settled()
    lite.token()
    warned(lite)
    assert go_on(lite, "019aa5b5-c0de-7000-a000-00000000000c").status_code == 422
    assert "otp_issued" not in lite.names()


def test_the_step_of_a_warning_is_no_second_factor(lite: Desk):
    lite.settled()
    lite.token()
    challenge = warned(lite).json["challenge"]
    answer = lite.ask("POST", "/sessions/second-factor", {"step": challenge, "totp": "123456"})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", [CODE, "0999999999", "khong.co.ai"])
def test_tries_left_are_told_from_three_down_and_alike_for_names_that_nobody_has(lite: Desk, name: str):
    lite.settled()
    answers = [lite.sign_in(f"sai {n}", name, f"stranger-{n}", **at("198.51.100.7")) for n in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert [answer.json.get("tries_left") for answer in answers[:10]] == [None] * 6 + [3, 2, 1, 0]
    assert "Còn 3 lần thử trước khi tạm khóa 15 phút" in answers[6].json["detail"]


def test_whoever_holds_the_token_of_an_ended_session_learns_when_and_why(lite: Desk):
    lite.settled()
    first = lite.token()
    assert lite.ask("GET", "/sessions/current/end", token=first).json["state"] == "open"
    answer = lite.sign_in(device_id="tablet")
    take_over(lite, answer.json["challenge"], lite.code())
    told = lite.ask("GET", "/sessions/current/end", token=first).json
    assert (told["state"], told["reason"]) == ("ended", "takeover")
    assert datetime.fromisoformat(told["at"])


def test_an_idle_session_is_told_as_such_and_a_forged_token_nothing(lite: Desk, later):
    lite.settled()
    token = lite.token()
    later(seconds=1801)
    told = lite.ask("GET", "/sessions/current/end", token=token).json
    assert (told["state"], told["reason"]) == ("idle", None)
    assert lite.ask("GET", "/sessions/current/end").status_code == 401
    assert lite.ask("GET", "/sessions/current/end", token=f"{token[:-4]}AAAA").status_code == 401
    later(days=8)
    assert lite.ask("GET", "/sessions/current/end", token=token).status_code == 401


def browser() -> Asker:
    return Asker("198.51.100.7", None, browser=True)


def lifetime(signed: SignedToken) -> float:
    return (signed.expires_at - clock.now()).total_seconds()


def test_a_citizens_browser_has_a_token_as_long_as_the_session_may_idle(lite: Desk):
    lite.settled()
    with lite.app.app_context():
        signed = sign_in(lite.resources, CODE, NEW_PASSWORD, "b" * 32, browser())
    assert 1790 <= lifetime(signed) <= 1800
    renewed = lite.ask("POST", "/sessions/current/refresh", token=signed.token).json
    assert (datetime.fromisoformat(renewed["expires_at"]) - signed.expires_at).total_seconds() >= 0


def test_tokens_of_staff_name_their_holder_and_those_of_citizens_nobody(lite: Desk):
    staff = lite.staff("can.bo", "officer", full_name="Trần Thị Bưởi")
    assert lite.verifier()(staff).claims["name"] == "Trần Thị Bưởi"
    lite.settled()
    assert "name" not in lite.verifier()(lite.token()).claims


def test_a_wrong_code_after_a_warning_leaves_the_first_device_signed_in(lite: Desk):
    lite.settled()
    first = lite.token()
    sent = go_on(lite, warned(lite).json["challenge"])
    assert take_over(lite, sent.json["challenge"], other_than(lite.code())).status_code == 422
    assert lite.ask("POST", "/sessions/current/refresh", token=first).status_code == 201
