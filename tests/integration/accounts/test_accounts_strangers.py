"""What strangers use up is theirs: the holder of an account gets in, resets and changes the password all the while (A8, A13)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from services.accounts.otp.rules import Otp
from services.accounts.passwords import hashing
from tests.integration.accounts.conftest import problem
from tests.integration.accounts.desk import CODE, Desk
from tests.integration.accounts.running import NEW_PASSWORD
from tests.integration.accounts.strangers import ELSEWHERE, HOME, NEWEST, STRANGERS, at, attack, confirm, owner, reset

pytestmark = pytest.mark.rule("A13")


# ------------------------------------------------------------ nobody is shut out


def test_three_resets_and_ten_wrong_passwords_of_strangers_leave_the_owner_everything(house: Desk):
    token = owner(house)
    assert [reset(house, STRANGERS[0]).status_code for _ in range(3)] == [202] * 3
    for address in STRANGERS:
        assert house.sign_in("wrong password", device_id="another", **at(address)).status_code == 401
    assert house.sign_in(**at(ELSEWHERE, token)).status_code == 201, "a known device, wherever it is"
    assert house.sign_in(**at(HOME)).status_code == 201, "a known address"
    asked = reset(house, ELSEWHERE, token)
    assert asked.status_code == 202
    assert confirm(house, asked.json["challenge"], house.code(), ELSEWHERE, token).status_code == 204
    assert house.sign_in(NEWEST, **at(ELSEWHERE, token)).status_code == 201


@pytest.mark.rule("A8")
def test_strangers_who_ask_for_resets_day_after_day_shut_nobody_out(house: Desk, later):
    token = owner(house)
    for _day in range(11):
        assert [reset(house, address).status_code for address in STRANGERS[:6]] == [202] * 5 + [429]
        later(days=1.01)
    assert len(house.bodies("otp_issued")) == 5 * 11, "SMS that nobody asked for: at most five a day"
    attack(house)
    for address, shown in ((ELSEWHERE, token), (HOME, None)):  # a known device; a known address
        assert house.sign_in(**at(address, shown)).status_code == 201
    asked = reset(house, HOME)
    assert confirm(house, asked.json["challenge"], house.code(), HOME, token).status_code == 204
    assert house.sign_in(NEWEST, **at(ELSEWHERE, token)).status_code == 201


def test_strangers_are_bounded_in_all_and_each_for_itself(house: Desk):
    owner(house)
    answers = attack(house)
    assert (answers[:20].count(202), answers[20:].count(401)) == (5, 30)
    # from nowhere known not even the right password is looked at, or they could go on guessing
    refused = house.sign_in(device_id="new", **at(ELSEWHERE))
    assert (refused.status_code, problem(refused)) == (429, "too-many-tries")
    assert problem(reset(house, ELSEWHERE)) == "too-many-resets"


def test_one_stranger_uses_up_nothing_of_a_new_device_at_another_address(house: Desk):
    owner(house)
    for number in range(12):
        house.sign_in(f"guess {number}", device_id="stranger", **at(STRANGERS[0]))
    assert [reset(house, STRANGERS[0]).status_code for _ in range(5)] == [202] * 3 + [429] * 2
    assert house.sign_in(device_id="new", **at(ELSEWHERE)).status_code == 201
    asked = reset(house, "203.0.113.201")
    assert asked.status_code == 202
    assert confirm(house, asked.json["challenge"], house.code(), "203.0.113.201").status_code == 204


def test_a_stranger_who_asks_again_and_again_does_not_void_the_code_of_the_owner(house: Desk):
    token = owner(house)
    reset(house, STRANGERS[0])
    mine = reset(house, ELSEWHERE, token).json["challenge"]
    code = house.code()
    assert [reset(house, address).status_code for address in STRANGERS[1:4]] == [202] * 3
    assert confirm(house, mine, code, ELSEWHERE, token).status_code == 204
    with house.db.read() as session:
        assert not session.scalars(sa.select(Otp).where(Otp.closed_at.is_(None))).all(), "and then none is open"


def test_of_one_askers_codes_only_the_latest_is_good(house: Desk):
    token = owner(house)
    first = reset(house, HOME, token).json["challenge"]
    first_code = house.code()
    second = reset(house, HOME, token).json["challenge"]
    assert confirm(house, first, first_code, HOME, token).status_code == 422
    assert confirm(house, second, house.code(), HOME, token).status_code == 204


@pytest.mark.rule("A5")
def test_strangers_do_not_keep_who_is_signed_in_from_changing_the_password(house: Desk):
    house.configure(lockout_tries=2, stranger_tries=3)
    house.settled()
    token = house.token(**at(HOME))
    attack(house)
    change = {"current_password": NEW_PASSWORD, "new_password": NEWEST}
    assert house.ask("POST", "/password/change", change, token, **at(ELSEWHERE)).status_code == 202


@pytest.mark.rule("A5", "A7")
def test_who_knows_the_password_uses_up_no_codes_of_the_signed_in_device(house: Desk):
    house.configure(otps_per_hour=2)
    house.settled()
    token = house.token(**at(HOME))
    thief = [house.sign_in(device_id=f"thief-{address}", **at(address)).status_code for address in STRANGERS]
    assert thief == [409, 409] + [429] * 8
    change = {"current_password": NEW_PASSWORD, "new_password": NEWEST}
    challenge = house.ask("POST", "/password/change", change, token, **at(HOME)).json["challenge"]
    done = house.ask("POST", "/password/confirm", {"challenge": challenge, "otp": house.code()}, token, **at(HOME))
    assert done.status_code == 200


def test_neighbours_behind_one_address_do_not_lock_a_known_device_out(lite: Desk):
    lite.configure(address_tries=5)
    token = owner(lite)
    for number in range(5):
        lite.sign_in("wrong password", f"012345678{number}", **at(HOME))
    assert lite.sign_in(**at(HOME)).status_code == 429, "the address is refused"
    assert lite.sign_in(**at(HOME, token)).status_code == 201


def test_strangers_in_parallel_get_no_more_guesses_than_one_after_another(house: Desk):
    house.configure(stranger_tries=4)
    owner(house)

    def guess(address: str) -> int:
        body = {"username": CODE, "password": "wrong password", "device_id": "x"}
        client = house.client.application.test_client()
        return int(client.post("/accounts/sessions", json=body, environ_base={"REMOTE_ADDR": address}).status_code)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(guess, STRANGERS)) == [401] * 4 + [429] * 6


# ------------------------------------------------------------ what counts against the person, and what nobody learns


@pytest.mark.rule("A8")
def test_a_confirmed_reset_counts_against_the_person_and_a_code_that_was_only_asked_for_does_not(house: Desk):
    token = owner(house)
    for number in range(3):
        asked = [reset(house, HOME, token) for _ in range(2)][1]
        done = confirm(house, asked.json["challenge"], house.code(), HOME, token, f"Ruộng bậc thang {number}")
        assert done.status_code == 204, done.json
    refused = reset(house, HOME, token)
    assert (refused.status_code, problem(refused)) == (429, "too-many-resets")
    # a stranger learns nothing of it, and whoever has the code does
    asked = reset(house, ELSEWHERE)
    assert asked.status_code == 202
    answer = confirm(house, asked.json["challenge"], house.code(), ELSEWHERE)
    assert (answer.status_code, problem(answer)) == (429, "too-many-resets")
    assert house.sign_in("Ruộng bậc thang 2", **at(HOME, token)).status_code == 201


@pytest.mark.rule("A8")
def test_a_known_device_has_only_so_many_codes_sent_that_it_does_not_confirm(lite: Desk, later):
    token = owner(lite)
    assert [reset(lite, HOME, token).status_code for _ in range(6)] == [202] * 5 + [429]
    later(days=1.01)
    assert reset(lite, HOME, token).status_code == 202


@pytest.mark.rule("A8")
def test_a_neighbour_at_a_known_address_does_not_learn_from_it_who_has_an_account(house: Desk):
    house.configure(lockout_tries=3)
    owner(house)

    def seen(name: str) -> list[int]:
        resets = [reset(house, HOME, name=name).status_code for _ in range(5)]
        return resets + [house.sign_in("wrong password", name, "neighbour", **at(HOME)).status_code for _ in range(4)]

    assert seen(CODE) == seen("0199999999") == [202] * 3 + [429] * 2 + [401] * 3 + [429]


@pytest.mark.rule("A8")
def test_a_locked_code_does_not_show_which_personal_id_is_the_same_persons(house: Desk):
    house.configure(lockout_tries=3)
    owner(house)
    theirs, others = "111349876090", "001087999999"

    def seen(name: str) -> list[int]:
        return [reset(house, HOME, name=name).status_code] + [
            house.sign_in("wrong password", name, "neighbour", **at(address)).status_code for address in (HOME, STRANGERS[0])
        ]

    for address in (HOME, STRANGERS[0]):
        for _ in range(4):
            house.sign_in("wrong password", CODE, "neighbour", **at(address))
    for _ in range(4):
        reset(house, HOME)
    assert reset(house, HOME).status_code == house.sign_in("x" * 10, CODE, **at(HOME)).status_code == 429, (
        "the code is locked"
    )
    assert seen(theirs) == seen(others) == [202, 401, 401]


def test_one_address_has_only_so_many_codes_sent_to_all_the_names_it_asks_for(lite: Desk):
    lite.configure(reset_codes_per_address_hour=4)
    answers = [reset(lite, STRANGERS[0], name=f"012345678{number}").status_code for number in range(6)]
    assert answers == [202] * 4 + [429] * 2


@pytest.mark.rule("A8")
def test_strangers_are_answered_alike_whether_a_name_is_taken_or_not(house: Desk, monkeypatch):
    hashed: list[str] = []
    owner(house)

    def run(work: Any, *given: Any) -> Any:
        hashed.append(work.__name__)
        return work(*given)

    monkeypatch.setattr(hashing, "run_in_thread", run)
    taken = attack(house)
    assert hashed.count("_hash") == taken[:20].count(202), "what is refused costs no work"
    work_taken = list(hashed)
    hashed.clear()
    assert attack(house, "0199999999") == taken
    assert hashed == work_taken, "and the work is the same"
