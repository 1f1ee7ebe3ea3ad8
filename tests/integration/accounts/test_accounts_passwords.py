"""Changing and resetting passwords, and the codes that confirm it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from services.accounts.otp.rules import Otp
from services.accounts.passwords import hashing
from services.accounts.signing import tokens
from services.chassis.green.threads import run_in_thread
from tests.integration.accounts.conftest import problem
from tests.integration.accounts.desk import CODE, Desk, other_than
from tests.integration.accounts.running import NEW_PASSWORD

NEWEST = "Ruộng bậc thang mùa lúa"
CHANGE = {"current_password": NEW_PASSWORD, "new_password": NEWEST}


def ask_change(house: Desk, token: str, **changes):
    return house.ask("POST", "/password/change", CHANGE | changes, token)


def confirm(house: Desk, token: str, challenge: str, code: str):
    return house.ask("POST", "/password/confirm", {"challenge": challenge, "otp": code}, token)


def reset(house: Desk, name: str = CODE):
    return house.ask("POST", "/password/reset", {"username": name})


def confirm_reset(house: Desk, challenge: str, code: str, password: str = NEWEST):
    return house.ask("POST", "/password/reset/confirm", {"challenge": challenge, "otp": code, "new_password": password})


@pytest.mark.rule("A3", "A5")
def test_a_change_counts_only_once_the_code_is_given_back(house: Desk):
    first = house.citizen()
    token = house.token(password=first)
    challenge = ask_change(house, token, current_password=first, new_password=NEW_PASSWORD).json["challenge"]
    assert house.accounts()[0].must_change
    answer = confirm(house, token, challenge, house.code())
    assert (answer.status_code, answer.json["role"]) == (200, "citizen")
    assert house.ask("GET", "/me", token=answer.json["token"]).status_code == 200
    # the newcomer's token is over with its session
    assert house.ask("POST", "/sessions/current/refresh", token=token).status_code == 401
    assert [name for name in house.names() if name != "session_revoked"] == [
        "account_activated",
        "otp_issued",
        "password_changed",
    ]
    assert house.sign_in(first).status_code == 401
    assert house.sign_in(NEW_PASSWORD).status_code == 201


@pytest.mark.rule("A5")
def test_the_code_goes_to_the_registered_phone_and_is_kept_and_told_only_hashed_and_sealed(house: Desk):
    house.settled()
    token = house.token()
    ask_change(house, token)
    code, fact = house.code(), house.bodies("otp_issued")[-1]
    assert len(code) == 6
    assert fact["contact"]["phone"] == "+84983847986"
    assert fact["purpose"] == "password_change"
    assert code not in str(fact)
    with house.db.read() as session:
        assert session.scalars(sa.select(Otp.code_hash)).one().startswith("$argon2id$")


@pytest.mark.rule("A5")
def test_a_code_allows_five_tries(house: Desk):
    house.settled()
    token = house.token()
    challenge = ask_change(house, token).json["challenge"]
    right = house.code()
    for _ in range(5):
        answer = confirm(house, token, challenge, other_than(right))
        assert (answer.status_code, problem(answer)) == (422, "otp-refused")
    assert confirm(house, token, challenge, right).status_code == 422
    assert house.sign_in(NEW_PASSWORD).status_code == 201


@pytest.mark.rule("A5")
def test_the_fifth_try_may_still_be_the_right_one(lite: Desk):
    lite.settled()
    token = lite.token()
    challenge = ask_change(lite, token).json["challenge"]
    for _ in range(4):
        confirm(lite, token, challenge, other_than(lite.code()))
    assert confirm(lite, token, challenge, lite.code()).status_code == 200


@pytest.mark.rule("A5")
def test_a_code_is_useless_after_five_minutes_and_after_its_use(lite: Desk, later):
    lite.settled()
    token = lite.token()
    challenge = ask_change(lite, token).json["challenge"]
    later(seconds=301)
    assert confirm(lite, token, challenge, lite.code()).status_code == 422
    challenge = ask_change(lite, token).json["challenge"]
    token = confirm(lite, token, challenge, lite.code()).json["token"]
    assert confirm(lite, token, challenge, lite.code()).status_code == 422


@pytest.mark.rule("A5")
def test_a_new_code_for_the_same_purpose_ends_the_one_before(house: Desk):
    house.settled()
    token = house.token()
    first = ask_change(house, token).json["challenge"]
    first_code = house.code()
    second = ask_change(house, token).json["challenge"]
    assert confirm(house, token, first, first_code).status_code == 422
    assert confirm(house, token, second, house.code()).status_code == 200


@pytest.mark.rule("A5", "A8")
@pytest.mark.parametrize("what", ["reset", "change"])
@pytest.mark.parametrize("sent", [2, 3])
def test_who_types_the_code_of_an_earlier_message_is_told_that_a_newer_one_was_sent(house: Desk, what: str, sent: int):
    """Row 27 of inputs.md."""
    house.settled()
    token = house.token()

    def give_back(challenge: str, code: str):
        return confirm_reset(house, challenge, code) if what == "reset" else confirm(house, token, challenge, code)

    codes = []
    for _ in range(sent):
        asked = reset(house) if what == "reset" else ask_change(house, token)
        codes.append((asked.json["challenge"], house.code()))
    newest, right = codes[-1]
    for challenge, code in ((newest, codes[-2][1]), codes[-2], codes[0]):
        answer = give_back(challenge, code)
        assert (answer.status_code, problem(answer)) == (422, "otp-replaced")
        assert "tin nhắn mới nhất" in answer.json["detail"]
    assert problem(give_back(newest, other_than(right))) == "otp-refused"
    assert give_back(newest, right).status_code in (200, 204)
    assert problem(give_back(newest, codes[-2][1])) != "otp-replaced", "there is no newer one any more"


@pytest.mark.rule("A5", "A8")
def test_a_code_confirms_only_what_it_was_sent_for(lite: Desk):
    lite.settled()
    token = lite.token()
    change, change_code = ask_change(lite, token).json["challenge"], lite.code()
    forgotten, reset_code = reset(lite).json["challenge"], lite.code()
    assert confirm_reset(lite, change, change_code).status_code == 422
    assert confirm(lite, token, forgotten, reset_code).status_code == 422
    takeover = {"challenge": change, "otp": change_code}
    assert lite.ask("POST", "/sessions/takeover", takeover).status_code == 422
    assert confirm(lite, token, change, change_code).status_code == 200


@pytest.mark.rule("A5")
def test_a_code_asked_for_in_one_session_confirms_nothing_in_another(lite: Desk):
    lite.settled()
    token = lite.token()
    challenge, code = ask_change(lite, token).json["challenge"], lite.code()
    again = lite.token()  # the same device signs in anew
    assert confirm(lite, again, challenge, code).status_code == 422


@pytest.mark.parametrize(
    ("new", "field"),
    [
        ("ngắn quá", "new_password"),
        ("matkhau123", "new_password"),
        ("1234567890", "new_password"),
        ("aaaaaaaaaaaa", "new_password"),
        (f"bhxh {CODE}", "new_password"),
        ("so 983847986", "new_password"),
        (NEW_PASSWORD, "new_password"),
    ],
)
def test_a_weak_password_is_refused_with_a_reason_in_both_languages(lite: Desk, new, field):
    lite.settled()
    answer = ask_change(lite, lite.token(), new_password=new)
    assert answer.status_code == 422
    [error] = answer.json["errors"]
    assert error["field"] == field
    assert error["message_vi"] != error["message_en"]
    assert new not in answer.text


def test_a_wrong_present_password_changes_nothing_and_counts_towards_the_lock(lite: Desk):
    lite.configure(lockout_tries=3)
    lite.settled()
    token = lite.token()
    for _ in range(3):
        answer = ask_change(lite, token, current_password="wrong password")
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "current_password")
    assert ask_change(lite, token).status_code == 429
    assert "otp_issued" not in lite.names()


def test_codes_are_throttled_with_a_clear_message(lite: Desk):
    lite.configure(otps_per_hour=2)
    lite.settled()
    token = lite.token()
    assert [ask_change(lite, token).status_code for _ in range(3)] == [202, 202, 429]
    answer = ask_change(lite, token)
    assert problem(answer) == "too-many-codes"
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


@pytest.mark.rule("A8")
def test_a_forgotten_password_is_replaced_by_a_code(house: Desk):
    house.settled()
    token = house.token()
    answer = reset(house)
    assert answer.status_code == 202
    assert confirm_reset(house, answer.json["challenge"], house.code()).status_code == 204
    assert house.sign_in(NEW_PASSWORD).status_code == 401
    assert house.sign_in(NEWEST).status_code == 201
    assert "password_reset" in house.names()
    # whoever was signed in is not any more
    assert house.bodies("session_revoked")[0]["reason"] == "password_reset"
    assert house.ask("POST", "/sessions/current/refresh", token=token).status_code == 401


@pytest.mark.rule("A8")
def test_a_reset_opens_a_locked_account(lite: Desk):
    lite.configure(lockout_tries=1)
    lite.settled()
    lite.sign_in("wrong password")
    assert lite.sign_in().status_code == 429
    confirm_reset(lite, reset(lite).json["challenge"], lite.code())
    assert lite.sign_in(NEWEST).status_code == 201


@pytest.mark.rule("A8")
def test_a_reset_tells_nobody_whether_a_name_is_taken(house: Desk):
    house.settled()
    known, unknown = reset(house), reset(house, "0199999999")
    assert len(house.bodies("otp_issued")) == 1
    assert (known.status_code, set(known.json)) == (unknown.status_code, set(unknown.json))
    wrong = [confirm_reset(house, answer.json["challenge"], other_than(house.code())) for answer in (known, unknown)]
    invented = confirm_reset(house, "019aa5b5-c0de-7000-a000-00000000000a", "123456")
    seen = {str(dict(answer.json) | {"trace_id": ""}) for answer in (*wrong, invented)}
    assert len(seen) == 1
    for _ in range(2):
        assert (reset(house).status_code, reset(house, "0199999999").status_code) == (202, 202)
    last = reset(house), reset(house, "0199999999")
    assert {answer.status_code for answer in last} == {429}
    assert last[0].json["detail"] == last[1].json["detail"]


@pytest.mark.rule("A8")
def test_resets_are_throttled_per_person_with_a_clear_message(house: Desk, later):
    house.settled()
    assert [reset(house).status_code for _ in range(3)] == [202] * 3
    answer = reset(house)
    assert (answer.status_code, problem(answer)) == (429, "too-many-resets")
    assert "24 giờ" in answer.json["detail"]
    assert "1900 9068" in answer.json["detail"]
    assert 0 < int(answer.headers["Retry-After"]) <= 86_400
    later(days=1.01)
    assert reset(house).status_code == 202


@pytest.mark.rule("A8")
def test_ten_resets_a_month_are_enough(lite: Desk, later):
    lite.settled()
    for number in range(10):
        asked = reset(lite)
        assert confirm_reset(lite, asked.json["challenge"], lite.code(), f"Ruộng bậc thang {number}").status_code == 204
        later(days=1.01)
    asked = reset(lite)  # which says nothing yet: it may be anybody
    answer = confirm_reset(lite, asked.json["challenge"], lite.code(), "Ruộng bậc thang 10")
    assert (answer.status_code, problem(answer)) == (429, "too-many-resets")
    assert "ngày" in answer.json["detail"]


@pytest.mark.rule("A8")
def test_a_reset_with_a_password_that_holds_the_user_name_may_be_tried_again_with_another(lite: Desk):
    lite.settled()
    challenge = reset(lite).json["challenge"]
    answer = confirm_reset(lite, challenge, lite.code(), f"bhxh-{CODE}")
    assert answer.json["errors"][0]["field"] == "new_password"
    assert confirm_reset(lite, challenge, lite.code()).status_code == 204


def test_a_code_guessed_at_in_parallel_gets_no_more_than_five_looks(house: Desk):
    house.settled()
    challenge = reset(house).json["challenge"]
    wrong = other_than(house.code())
    with ThreadPoolExecutor(8) as pool:
        body = {"challenge": challenge, "otp": wrong, "new_password": NEWEST}
        clients = [house.client.application.test_client() for _ in range(12)]
        answers = pool.map(lambda client: client.post("/accounts/password/reset/confirm", json=body), clients)
        assert {answer.status_code for answer in answers} == {422}
    with house.db.read() as session:
        assert session.scalar(sa.select(Otp.tries)) == 5


def test_nothing_is_hashed_or_signed_inside_a_transaction(lite: Desk, monkeypatch):
    inside, done = [], []
    write, read = lite.db.write, lite.db.read

    def watched(open_):
        @contextmanager
        def begin(**options):
            with open_(**options) as session:
                inside.append(session)
                try:
                    yield session
                finally:
                    inside.pop()

        return begin

    def outside(name, work):
        def run(*given, **named):
            assert not inside, f"{name} inside a transaction"
            done.append(name)
            return work(*given, **named)

        return run

    lite.settled()
    monkeypatch.setattr(lite.db, "write", watched(write))
    monkeypatch.setattr(lite.db, "read", watched(read))
    monkeypatch.setattr(hashing, "run_in_thread", outside("run_in_thread", run_in_thread))
    monkeypatch.setattr(tokens, "sign", outside("sign", tokens.sign))
    token = lite.token()
    lite.sign_in("wrong password")
    warned = lite.sign_in(device_id="tablet").json
    taken = lite.ask("POST", "/sessions/takeover", {"challenge": warned["challenge"], "otp": lite.code()})
    token = taken.json["token"]
    challenge = ask_change(lite, token).json["challenge"]
    assert confirm(lite, token, challenge, lite.code()).status_code == 200
    assert confirm_reset(lite, reset(lite).json["challenge"], lite.code(), "Con đường làng").status_code == 204
    assert done.count("sign") == 3
    assert done.count("run_in_thread") > 10
