"""A key that is not known yet is waited for, or nobody can tell: it is never taken for a wrong one (inputs 8)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc.jwk import OKPKey, RSAKey

from services.chassis.database import Database
from services.chassis.errors import Transient
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings
from services.chassis.web import auth
from services.chassis.web.app import create_app
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.keys import KeysUnavailable, PublishedKeys, UnknownKey
from tests.stand.tokens import KEY, OTHER, jwks, token, verifier


class Publisher:
    """What accounts publishes; it may be slow, or fail as often as asked."""

    def __init__(self, *keys: OKPKey, seconds: float = 0.0) -> None:
        self.keys, self.seconds = list(keys), seconds
        self.failures: list[Exception] = []
        self.asked: list[float] = []

    def __call__(self) -> Mapping[str, Any]:
        self.asked.append(time.monotonic())
        answer = jwks(*self.keys)
        time.sleep(self.seconds)
        if self.failures:
            raise self.failures.pop()
        return answer


def outcome(check: auth.JwtVerifier, given: str) -> str:
    try:
        return check(given).id
    except (auth.InvalidToken, Transient) as error:
        return type(error).__name__


def eventually(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def strange() -> str:
    """A token of a key that never was."""
    return token(OKPKey.generate_key("Ed25519", auto_kid=True))


def test_fifty_tokens_of_a_new_key_wait_for_one_slow_reading() -> None:
    publisher = Publisher(KEY)
    check = verifier(publisher)
    check(token())
    publisher.keys, publisher.seconds = [KEY, OTHER], 0.5
    with ThreadPoolExecutor(50) as callers:
        assert set(callers.map(lambda _: outcome(check, token(OTHER)), range(50))) == {"a-1"}
    assert len(publisher.asked) <= 4  # those who came while one was running need another


def test_a_reading_that_had_begun_before_the_question_does_not_decide_it() -> None:
    publisher = Publisher(KEY, seconds=0.3)
    check = verifier(publisher)
    with ThreadPoolExecutor(2) as callers:
        first = callers.submit(outcome, check, token())
        eventually(lambda: bool(publisher.asked))
        publisher.keys.append(OTHER)  # the answer that is on its way does not hold it
        assert outcome(check, token(OTHER)) == "a-1"
        assert first.result() == "a-1"


def test_one_failure_costs_nobody_a_401() -> None:
    publisher = Publisher(KEY)
    check = verifier(publisher)
    check(token())
    publisher.keys.append(OTHER)
    publisher.failures = [OSError("x")]
    with ThreadPoolExecutor(20) as callers:
        assert set(callers.map(lambda _: outcome(check, token(OTHER)), range(20))) == {"a-1"}


@pytest.mark.parametrize("known", [(), (KEY,)], ids=["a process without keys", "a process with others"])
def test_while_keys_cannot_be_read_nobody_can_tell(known: tuple[OKPKey, ...]) -> None:
    publisher = Publisher(*known)
    check = verifier(publisher)
    if known:
        check(token())
    publisher.failures = [OSError("x")] * 1000
    for _ in range(3):
        assert outcome(check, token(OTHER)) == "KeysUnavailable"
    publisher.keys, publisher.failures = [KEY, OTHER], []
    assert outcome(check, token(OTHER)) == "a-1"


def test_a_publisher_that_hangs_is_waited_for_only_so_long() -> None:
    hangs = threading.Event()

    def keys() -> Mapping[str, Any]:
        hangs.wait(10)
        return {}

    check = verifier(keys, wait_seconds=0.3)
    began = time.monotonic()
    with pytest.raises(KeysUnavailable):
        check(token())
    assert 0.25 < time.monotonic() - began < 1.5
    hangs.set()


def test_random_keys_of_a_stranger_delay_nobody() -> None:
    publisher = Publisher(KEY, seconds=0.3)
    check = verifier(publisher)
    check(token())
    attack, good = [strange() for _ in range(60)], token()
    with ThreadPoolExecutor(60) as strangers:
        asked = [strangers.submit(outcome, check, each) for each in attack]
        eventually(lambda: len(publisher.asked) > 1)
        began = time.monotonic()
        for _ in range(20):
            check(good)
        assert time.monotonic() - began < 0.2  # a known key never waits
        publisher.keys.append(OTHER)
        began = time.monotonic()
        assert outcome(check, token(OTHER)) == "a-1"
        assert time.monotonic() - began < 1.2  # the running reading, the next one, and a little
        assert {each.result() for each in asked} == {"InvalidToken"}
    assert len(publisher.asked) <= 5


def test_a_key_that_was_not_there_is_remembered_for_a_moment() -> None:
    publisher, given = Publisher(KEY), strange()
    check = verifier(publisher)
    for _ in range(20):
        assert outcome(check, given) == "InvalidToken"
    assert len(publisher.asked) == 1


def test_only_so_many_wait_at_once_and_the_others_are_told_to_come_again() -> None:
    check = verifier(Publisher(KEY, seconds=0.5), most_waiting=5)
    with ThreadPoolExecutor(20) as callers:
        told = list(callers.map(lambda _: outcome(check, token()), range(20)))
    assert told.count("a-1") >= 5
    assert set(told) == {"a-1", "KeysUnavailable"}


@pytest.mark.parametrize("key_id", [None, "", 7, ["one"], "x" * 300])
def test_what_cannot_be_the_id_of_a_key_is_refused_without_asking(key_id: object) -> None:
    publisher = Publisher(KEY)
    with pytest.raises(UnknownKey):
        PublishedKeys(publisher).find(key_id)
    assert publisher.asked == []


def test_a_withdrawn_key_stops_working_when_the_keys_are_old_and_nobody_waits_for_that() -> None:
    publisher = Publisher(KEY, OTHER)
    check = verifier(publisher, max_age_seconds=0.05)
    check(token(OTHER))
    publisher.keys.remove(OTHER)
    publisher.seconds = 0.2
    time.sleep(0.1)
    began = time.monotonic()
    check(token(OTHER))
    assert time.monotonic() - began < 0.15
    eventually(lambda: outcome(check, token(OTHER)) == "InvalidToken")


def test_the_next_key_is_known_before_its_first_token() -> None:
    publisher = Publisher(KEY)
    check = verifier(publisher, max_age_seconds=0.05)
    check(token())
    publisher.keys.append(OTHER)  # published, and signing later
    time.sleep(0.1)
    check(token())
    eventually(lambda: len(publisher.asked) > 1)
    time.sleep(0.05)
    publisher.failures = [OSError("x")] * 1000
    assert outcome(check, token(OTHER)) == "a-1"


def test_known_keys_serve_on_while_the_publisher_is_away_and_readiness_says_so() -> None:
    publisher = Publisher(KEY)
    check = verifier(publisher, max_age_seconds=0.02)
    check(token())
    publisher.failures = [ConnectionRefusedError("http://secret@accounts")] * 1000
    time.sleep(0.05)
    assert check(token()).id == "a-1"
    told = check.check()
    assert told == "the keys of tokens cannot be read: ConnectionRefusedError. Those at hand are used until then."
    publisher.failures = []
    time.sleep(0.3)
    assert check.check() is None


def test_readiness_reads_the_keys_before_the_first_token_comes() -> None:
    publisher = Publisher(KEY)
    check = verifier(publisher)
    assert check.check() is None
    publisher.failures = [OSError("x")] * 1000
    assert outcome(check, token()) == "a-1"


@pytest.mark.parametrize("answer", [{}, {"keys": []}, {"keys": 7}, [], None, {"keys": [{"kty": "OKP"}]}])
def test_an_answer_without_keys_tells_nothing(answer: Any) -> None:
    check = verifier(lambda: answer)
    assert outcome(check, token()) == "KeysUnavailable"
    assert str(check.check()).endswith("Nobody who signs in is let in.")


def test_keys_of_other_kinds_are_not_used() -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "one"})
    assert outcome(verifier(lambda: jwks(rsa)), token()) == "KeysUnavailable"


def test_a_request_that_nobody_can_judge_is_answered_503_with_when_to_come_again(tmp_path: Any) -> None:
    api = Blueprint("cases", url_prefix="/cases")

    @api.route("/mine")
    @auth.requires()
    @api.response(200)
    def mine() -> dict[str, str]:
        return {"id": auth.principal().id}

    publisher = Publisher(KEY)
    publisher.failures = [OSError("x")] * 1000
    resources = Resources("verification", ChassisSettings(), Database(f"sqlite:///{tmp_path / 'auth.db'}"))
    client = create_app(resources, [api], verifier=verifier(publisher)).test_client()
    answer = client.get("/verification/cases/mine", headers={"Authorization": f"Bearer {token()}"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json is not None
    assert answer.json["type"] == "urn:vss:problem:keys-unavailable"
