"""Sign-in under attack, from outside: nobody is locked out, nobody learns who has an account, and nobody makes us hash for nothing."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import Any

import psutil
import pytest
import requests

from tests.attacks import otp
from tests.attacks.accounts_house import House
from tests.attacks.stranger import addresses
from tests.attacks.subjects import attack
from tests.integration.accounts.running import NEW_PASSWORD

OWNER, VICTIM, STOPPED, NOBODY = "0100000000", "0100000001", "0100000002", "0199999999"
VICTIMS_ID, NOBODYS_ID = "001087000001", "001087999999"
NEWEST = "Trời mưa bong bóng phập phồng"
ADDRESSES = addresses(60_000)
_FREE = count(10)
_CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[0-9:.+]+Z?|[0-9a-f]{32}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with House(tmp_path_factory.mktemp("sign-in")) as house:
        house.people(3)
        house.desk.told("261122-000002-0", kind="stop", subject_bhxh_code=STOPPED, subject_id_number=None)
        yield house


def ask(house: House, path: str, body: dict[str, Any], address: str | None = None, **headers: str) -> requests.Response:
    answer = house.client(address or next(ADDRESSES)).call("POST", f"/accounts{path}", json=body, headers=headers)
    assert answer is not None, house.replicas[0].tail()
    return answer


def sign_in(
    house: House, name: str, password: str = "wrong password", address: str | None = None, device: str = "x", **headers: str
) -> requests.Response:
    return ask(house, "/sessions", {"username": name, "password": password, "device_id": device}, address, **headers)


def confirm(
    house: House, challenge: str, address: str | None = None, path: str = "/password/reset/confirm"
) -> requests.Response:
    body = {"challenge": challenge, "otp": "000000"} | ({"new_password": NEWEST} if "reset" in path else {})
    return ask(house, path, body, address)


# ------------------------------------------------------------ nobody is locked out


@pytest.mark.rule("A13")
def test_forty_guesses_and_seven_resets_from_everywhere_lock_the_owner_out_of_nothing_on_a_known_device(house: House):
    signed_in = sign_in(house, OWNER, NEW_PASSWORD, "203.0.113.9").json()
    known = {"X-Device-Token": signed_in["device_token"]}
    guesses = [sign_in(house, OWNER).status_code for _ in range(40)]
    assert (guesses.count(401), guesses.count(429)) == (30, 10)
    resets = [ask(house, "/password/reset", {"username": OWNER}).status_code for _ in range(7)]
    assert (resets.count(202), resets.count(429)) == (5, 2)
    assert sign_in(house, OWNER, NEW_PASSWORD, "203.0.113.77", **known).status_code == 201
    asked = ask(house, "/password/reset", {"username": OWNER}, "203.0.113.78", **known)
    body = {"challenge": asked.json()["challenge"], "otp": house.desk.code(), "new_password": NEW_PASSWORD}
    assert ask(house, "/password/reset/confirm", body, "203.0.113.78", **known).status_code == 204


@pytest.mark.rule("A13")
def test_neighbours_who_use_up_the_tries_of_an_address_do_not_keep_a_known_device_from_confirming(house: House):
    known = {"X-Device-Token": sign_in(house, VICTIM, NEW_PASSWORD, "203.0.113.9").json()["device_token"]}
    tried = [confirm(house, str(uuid.uuid4()), "203.0.113.50").status_code for _ in range(65)]
    assert (tried.count(422), tried.count(429)) == (60, 5)
    asked = ask(house, "/password/reset", {"username": VICTIM}, "203.0.113.51", **known).json()
    body = {"challenge": asked["challenge"], "otp": house.desk.code(), "new_password": NEW_PASSWORD}
    assert ask(house, "/password/reset/confirm", body, "203.0.113.50").status_code == 429, "a stranger there"
    assert ask(house, "/password/reset/confirm", body, "203.0.113.50", **known).status_code == 204


# ------------------------------------------------------------ nobody learns who has an account


@pytest.mark.rule("A8")
@pytest.mark.parametrize("name", [VICTIM, VICTIMS_ID, STOPPED])
@pytest.mark.parametrize(
    "path", ["/sessions", "/password/reset", "/password/reset/confirm", "/sessions/takeover", "/sessions/takeover/code"]
)
def test_a_stranger_gets_the_same_answer_for_a_name_that_is_taken_and_one_that_is_not(house: House, path: str, name: str):
    # a fresh one each time, as they are limited, too
    nobody = f"01770000{next(_FREE):02d}" + "00" * (name == VICTIMS_ID)
    taken, free = (shape(house, path, one) for one in (name, nobody))
    assert taken == free


def test_every_operation_that_takes_a_name_or_a_challenge_from_a_stranger_is_among_them(house: House):
    document = requests.get(f"{house.url()}/accounts/openapi.json", timeout=20).json()
    schemas = document["components"]["schemas"]
    taking = set()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if not isinstance(operation, dict) or operation.get("security") or "requestBody" not in operation:
                continue
            shown = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            if {"username", "challenge"} & schemas[shown]["properties"].keys():
                taking.add(path.removeprefix("/accounts"))
    assert taking == {
        "/sessions",
        "/password/reset",
        "/password/reset/confirm",
        "/sessions/takeover",
        "/sessions/takeover/code",
    }


def shape(house: House, path: str, name: str) -> list[Any]:
    """Everything that an answer shows: status, headers, body; but for ids and times."""
    if path == "/sessions":
        answer = sign_in(house, name)
    else:
        answer = ask(house, "/password/reset", {"username": name})
        if path != "/password/reset":
            answer = confirm(house, answer.json()["challenge"], path=path)
    headers = {key: value for key, value in answer.headers.items() if key not in ("Date", "X-Request-Id", "traceparent")}
    return [answer.status_code, _CHANGING.sub("…", str(sorted(headers.items()))), _CHANGING.sub("…", answer.text)]


@pytest.mark.rule("A8")
@pytest.mark.parametrize("path", ["/sessions", "/password/reset", "/password/reset/confirm"])
def test_an_answer_takes_as_much_work_for_a_name_that_is_free(house: House, path: str):
    """Measured as processor time, which a busy machine does not stretch: a hash is most of it, and takes a tenth when it is left out."""
    first = {"/sessions": 100, "/password/reset": 200, "/password/reset/confirm": 300}[path]
    taken = work(house, path, house.people(8, first))
    free = work(house, path, [f"0188{number:06d}" for number in range(first, first + 8)])
    assert 0.6 < taken / free < 1.6, (taken, free)


def work(house: House, path: str, names: list[str]) -> float:
    """The seconds of processor time that answers about these names take, twice each."""
    if path == "/sessions":
        return processor(house, [partial(sign_in, house, name) for name in names * 2])
    reset = partial(ask, house, "/password/reset")
    if path == "/password/reset":
        return processor(house, [partial(reset, {"username": name}) for name in names * 2])
    challenges = [reset({"username": name}).json()["challenge"] for name in names]
    return processor(house, [partial(confirm, house, challenge) for challenge in challenges * 2])


def processor(house: House, requests: Sequence[Callable[[], Any]]) -> float:
    service = psutil.Process(house.replicas[0].pid)
    before = sum(service.cpu_times()[:2])
    for request in requests:
        request()
    return float(sum(service.cpu_times()[:2]) - before)


@pytest.mark.rule("A13")
def test_a_code_that_is_locked_does_not_show_whose_personal_id_it_is(house: House):
    for _ in range(11):
        sign_in(house, VICTIM, address="198.51.100.1")
    assert sign_in(house, VICTIM, address="198.51.100.1").status_code == 429
    seen = [sign_in(house, name, address="198.51.100.1").status_code for name in (VICTIMS_ID, NOBODYS_ID)]
    assert seen == [401, 401]


# ------------------------------------------------------------ nobody makes us hash for nothing


def test_invented_challenges_cost_no_hash(house: House):
    """`reset/confirm` and `takeover` used to compare a dummy each time, for anybody, without end."""
    hashing = processor(house, [partial(sign_in, house, f"0155{number:06d}") for number in range(20)])
    for path in ("/password/reset/confirm", "/sessions/takeover"):
        invented = [partial(confirm, house, str(uuid.uuid4()), path=path) for _ in range(20)]
        assert (took := processor(house, invented)) < hashing / 2, (path, took, hashing)


def test_a_code_is_compared_five_times_and_then_costs_no_hash_either(house: House):
    challenge = ask(house, "/password/reset", {"username": NOBODY}).json()["challenge"]
    before = sum(house.tries())
    assert {confirm(house, challenge).status_code for _ in range(12)} == {422}
    assert sum(house.tries()) - before == 5


@pytest.mark.rule("A14")
@pytest.mark.parametrize("weak", ["anhyeuem123", "Mật khẩu 2026", "BHXH Việt Nam 2026", "0100000001 nè", "98 0000001 zz"])
def test_whoever_has_the_code_cannot_set_a_password_that_everybody_guesses(house: House, weak: str):
    known = {"X-Device-Token": sign_in(house, VICTIM, NEW_PASSWORD, "203.0.113.9").json()["device_token"]}
    asked = ask(house, "/password/reset", {"username": VICTIM}, None, **known).json()
    body = {"challenge": asked["challenge"], "otp": house.desk.code(), "new_password": weak}
    answer = ask(house, "/password/reset/confirm", body, None, **known)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "new_password")
    assert weak not in answer.text


# ------------------------------------------------------------ the long one, in short


@pytest.mark.slow
def test_a_tenth_of_the_thousand_guesses_finds_no_code(tmp_path: Any):
    record = attack(otp, scale=0.1, folder=tmp_path)
    assert record["wrong"] == [], record
