"""Signing in: who may, what a stranger learns, when it is too often."""

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import pytest
import sqlalchemy as sa

from services.accounts.accounts.rules import Account
from services.accounts.passwords import hashing
from services.accounts.throttles.limits import Throttle
from services.accounts.throttles.refusals import too_many_tries
from services.chassis.web.throttles import Limit
from tests.integration.accounts.conftest import problem
from tests.integration.accounts.desk import CODE, Desk
from tests.integration.accounts.running import NEW_PASSWORD


@pytest.mark.rule("A1", "W2")
@pytest.mark.parametrize(
    "name",
    [
        CODE,
        "111349876090",
        f"  {CODE} ",
        "0113 099 841",
        "\uff10\uff11\uff11\uff13 \uff10\uff19\uff19 \uff18\uff14\uff11",
        "111349-876090",
    ],
)
def test_a_person_signs_in_with_the_bhxh_code_or_the_personal_number(house: Desk, name):
    house.settled()
    answer = house.sign_in(username=name)
    assert (answer.status_code, answer.json["role"]) == (201, "citizen")
    assert house.ask("GET", "/me", token=answer.json["token"]).json["bhxh_code"] == CODE


@pytest.mark.rule("A1")
def test_a_personal_number_that_two_accounts_of_old_claim_signs_in_to_neither(lite: Desk):
    lite.settled()
    lite.settled(dossier_no="261122-000002-6", subject_bhxh_code="0120000001", subject_id_number="001087000001")
    with lite.db.write() as session:  # as it was possible before V15
        session.execute(sa.update(Account).values(personal_id="111349876090", unique_id=None))
    assert lite.sign_in(username="111349876090").status_code == 401
    assert lite.sign_in(username="0120000001").status_code == 201


def test_a_wrong_name_and_a_wrong_password_and_a_stopped_or_pending_account_are_answered_alike(house: Desk):
    house.settled()
    house.settled(dossier_no="261122-000002-6", subject_bhxh_code="0120000001", subject_id_number=None)
    house.told("261122-000003-6", kind="stop", subject_bhxh_code="0120000001")
    house.told("261122-000004-6", subject_bhxh_code="0120000002")
    answers = [
        house.sign_in("wrong password", CODE),
        house.sign_in(NEW_PASSWORD, "0199999999"),
        house.sign_in(NEW_PASSWORD, "nobody"),
        house.sign_in(NEW_PASSWORD, "0120000001"),
        house.sign_in(NEW_PASSWORD, "0120000002"),
    ]
    seen = {(answer.status_code, str(dict(answer.json) | {"trace_id": ""})) for answer in answers}
    assert len(seen) == 1
    assert {answer.status_code for answer in answers} == {401}


def test_a_name_that_nobody_has_costs_as_much_work_as_one_that_somebody_has(lite: Desk, monkeypatch):
    lite.settled()
    worked = []

    def run(work, password, hash_):
        worked.append(hash_)
        return work(password, hash_)

    monkeypatch.setattr(hashing, "run_in_thread", run)
    taken: dict[str, list[float]] = {CODE: [], "0199999999": []}
    for _ in range(4):
        for name, seconds in taken.items():
            began = time.perf_counter()
            assert lite.sign_in("wrong password", name).status_code == 401
            seconds.append(time.perf_counter() - began)
    # one hash each, of the same parameters
    assert len(worked) == 8
    assert {hash_.rsplit("$", 2)[0] for hash_ in worked} == {"$argon2id$v=19$m=19456,t=2,p=1"}
    known, unknown = (median(seconds) for seconds in taken.values())
    assert 1 / 3 < known / unknown < 3


@pytest.mark.parametrize("name", [CODE, "0199999999"])
def test_a_name_is_locked_after_ten_wrong_passwords_whether_somebody_has_it_or_not(house: Desk, later, name):
    house.configure(lockout_tries=3, lockout_seconds=900)
    house.settled()
    for _ in range(3):
        assert house.sign_in("wrong password", name).status_code == 401
    answer = house.sign_in(NEW_PASSWORD, name)
    assert (answer.status_code, problem(answer)) == (429, "too-many-tries")
    assert 890 <= int(answer.headers["Retry-After"]) <= 900
    assert "15 phút" in answer.json["detail"]
    later(seconds=901)
    assert house.sign_in(NEW_PASSWORD, name).status_code == (201 if name == CODE else 401)


def test_a_lock_counts_for_the_number_that_was_typed_and_does_not_show_whose_the_other_is(lite: Desk):
    lite.configure(lockout_tries=2)
    lite.settled()
    for _ in range(2):
        lite.sign_in("wrong password", CODE)
    assert lite.sign_in().status_code == 429
    assert lite.sign_in("wrong password", "111349876090").status_code == 401
    assert lite.sign_in(username="111349876090").status_code == 201


def test_a_right_password_begins_the_count_anew(lite: Desk):
    lite.configure(lockout_tries=3)
    lite.settled()
    for _ in range(3):
        for _ in range(2):
            assert lite.sign_in("wrong password").status_code == 401
        assert lite.sign_in().status_code == 201


def test_one_address_that_tries_many_names_is_refused_and_others_are_not(lite: Desk):
    lite.configure(address_tries=5)
    lite.settled()
    for number in range(5):
        assert lite.sign_in("wrong password", f"012345678{number}").status_code == 401
    assert lite.sign_in().status_code == 429
    assert lite.sign_in(environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 201


def test_only_what_our_own_proxies_say_of_an_address_is_believed(lite: Desk):
    lite.configure(address_tries=1, trusted_proxies=1)
    lite.settled()

    def fail(forwarded: str) -> int:
        return int(lite.sign_in("wrong password", "0199999999", headers={"X-Forwarded-For": forwarded}).status_code)

    assert fail("198.51.100.7, 203.0.113.1") == 401
    assert fail("198.51.100.8, 203.0.113.1") == 429  # the caller's own entry changes nothing
    assert fail("198.51.100.8, 203.0.113.2") == 401


def wrong(house: Desk, forwarded: str | None, name: str) -> int:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return int(house.sign_in("wrong password", name, headers=headers).status_code)


@pytest.mark.parametrize(
    "spelling", ["{}:{port}", '"{}:{port}"', "[::ffff:{}]:{port}", '"[::ffff:{}]:{port}"', "64:ff9b::{}"]
)
def test_an_address_with_port_brackets_or_quotes_is_one_client_and_the_next_is_another(lite: Desk, spelling):
    lite.configure(address_tries=5, trusted_proxies=1)
    lite.settled()

    def forwarded(host: int, port: int) -> dict[str, str]:
        return {"X-Forwarded-For": spelling.format(f"198.51.100.{host}", port=port)}

    seen = [lite.sign_in("wrong", f"01234567{n:02}", headers=forwarded(7, 40_000 + n)).status_code for n in range(7)]
    assert seen == [401] * 5 + [429] * 2
    assert lite.sign_in(headers=forwarded(8, 40_000)).status_code == 201, "somebody else"


@pytest.mark.parametrize("forwarded", [None, "", "unknown", "_hidden", "unix:", "198.51.100.7:port", "198.51.100.7, "])
def test_clients_that_cannot_be_told_apart_are_not_one_whose_limit_anybody_uses_up(lite: Desk, forwarded):
    lite.configure(address_tries=5, stranger_tries=8, trusted_proxies=1)
    lite.settled()
    assert [wrong(lite, forwarded, f"012345678{number}") for number in range(10)] == [401] * 10
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    signed_in = lite.sign_in(headers=headers)
    assert signed_in.status_code == 201
    # a person's own limits go on: nobody guesses on for want of an address
    assert [wrong(lite, forwarded, CODE) for _ in range(10)] == [401] * 8 + [429] * 2
    known = headers | {"X-Device-Token": signed_in.json["device_token"]}
    assert lite.sign_in(headers=known).status_code == 201


def test_neither_names_nor_addresses_are_kept_with_the_counts(lite: Desk):
    lite.sign_in("wrong password", "0199999999")
    with lite.db.read() as session:
        keys = list(session.scalars(sa.select(Throttle.key)))
    assert len(keys) == 4
    assert all(len(key) == 64 for key in keys)


@pytest.mark.rule("A3")
def test_a_first_password_opens_nothing_but_the_change_of_the_password(house: Desk):
    first = house.citizen()
    answer = house.sign_in(first)
    assert (answer.json["role"], answer.json["must_change_password"]) == ("newcomer", True)
    token = answer.json["token"]
    for method, path in (("GET", "/me"), ("GET", "/me/children"), ("GET", "/staff"), ("POST", "/staff")):
        assert house.ask(method, path, {} if method == "POST" else None, token).status_code == 403
    change = {"current_password": first, "new_password": NEW_PASSWORD}
    assert house.ask("POST", "/password/change", change, token).status_code == 202
    assert house.ask("POST", "/sessions/current/refresh", token=token).json["role"] == "newcomer"
    assert house.ask("DELETE", "/sessions/current", token=token).status_code == 204


@pytest.mark.rule("A4")
def test_after_six_months_the_password_must_be_changed(lite: Desk, later):
    lite.settled()
    later(days=180)
    assert lite.sign_in().json["role"] == "citizen"
    later(days=1.01)
    answer = lite.sign_in()
    assert (answer.json["role"], answer.json["must_change_password"]) == ("newcomer", True)


@pytest.mark.rule("A4")
def test_a_setting_turns_force_into_remind(lite: Desk, later):
    lite.configure(password_expiry="remind")
    lite.settled()
    later(days=400)
    assert lite.sign_in().json["role"] == "citizen"


@pytest.mark.rule("A11")
def test_the_profile_shows_what_the_guide_lists(lite: Desk):
    lite.settled()
    seen = lite.ask("GET", "/me", token=lite.token()).json
    assert (seen["bhxh_code"], seen["full_name"], seen["date_of_birth"]) == (CODE, "Nguyễn Thành Biên", "1987-05-19")
    assert (seen["id_number"], seen["phone"], seen["address"]["text"]) == ("111349876090", "+84983847986", "Thôn 4 Thụ Trai")
    assert "password_hash" not in seen


def test_a_token_of_an_account_that_is_not_there_opens_nothing(lite: Desk):
    lite.settled()
    token = lite.token()
    with lite.db.write() as session:
        session.execute(sa.update(Account).values(status="disabled"))
    assert lite.ask("GET", "/me", token=token).status_code == 401
    assert lite.ask("POST", "/sessions/current/refresh", token=token).status_code == 401
    assert lite.ask("GET", "/me").status_code == 401


def test_a_key_that_a_sweep_takes_away_meanwhile_is_counted_all_the_same(house: Desk):
    limit = Limit(Throttle, "test", 1_000_000, 900, too_many_tries)

    def take() -> None:
        with house.db.write() as session:
            limit.count(session, "somebody")

    def forget() -> None:
        with house.db.write() as session:
            limit.forget(session, "somebody")

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(what) for _ in range(100) for what in (take, forget)]:
            done.result(timeout=60)


@pytest.mark.rule("W2", "A8")
def test_a_code_is_the_same_person_to_the_throttle_however_it_is_typed(lite: Desk):
    lite.configure(lockout_tries=2)
    for name in ("9900000001", "9900 000 001"):
        assert lite.sign_in(username=name).status_code == 401
    assert lite.sign_in(username="9900-000-001").status_code == 429


@pytest.mark.rule("A8")
def test_a_code_by_sms_names_the_account_where_a_family_shares_a_phone(house: Desk):
    house.settled()
    house.settled(dossier_no="261122-000002-6", subject_bhxh_code="0120000001", subject_id_number="001087000001")
    for name in (CODE, "0120000001"):
        house.ask("POST", "/password/reset", {"username": name})
    assert [fact["account_hint"] for fact in house.bodies("otp_issued")] == ["01****9841", "01****0001"]
