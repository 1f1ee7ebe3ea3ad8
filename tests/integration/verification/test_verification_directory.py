"""One suite for the port `Directory`: on the fake that other tests use, and on HGĐ over real HTTP."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from services.chassis.errors import Permanent, Transient
from services.chassis.jobs import RetryAfter
from services.chassis.testing import free_port
from services.verification.directory.births import UNKNOWN, Birth
from services.verification.directory.hgd import HttpDirectory
from services.verification.directory.port import Answer, Directory
from tests.integration.verification.desk import CODE, NAME, FakeDirectory
from tests.integration.verification.hgd_server import KEY, HgdServer

pytestmark = pytest.mark.rule("V7")


class DirectorySuite(ABC):
    """What every directory keeps to."""

    @abstractmethod
    @pytest.fixture
    def directory(self) -> Any:
        """Knows `CODE` under `NAME`, and nobody else."""

    @abstractmethod
    def fail(self, directory: Any, *, passing: bool) -> None:
        """From now on: no usable answer, or a refusal of the question."""

    def test_a_known_code_is_found_with_its_name(self, directory: Directory) -> None:
        answer = directory.look_up(CODE, timeout_seconds=5)
        assert (answer.found, answer.full_name) == (True, NAME)

    def test_an_unknown_code_is_an_answer_and_no_error(self, directory: Directory) -> None:
        assert directory.look_up("9999999999", timeout_seconds=5) == Answer(found=False)

    def test_a_passing_failure_is_transient(self, directory: Directory) -> None:
        self.fail(directory, passing=True)
        with pytest.raises(Transient):
            directory.look_up(CODE, timeout_seconds=5)

    def test_a_refused_question_is_permanent(self, directory: Directory) -> None:
        self.fail(directory, passing=False)
        with pytest.raises(Permanent):
            directory.look_up(CODE, timeout_seconds=5)


class TestFakeDirectory(DirectorySuite):
    @pytest.fixture
    def directory(self) -> FakeDirectory:
        return FakeDirectory()

    def fail(self, directory: Any, *, passing: bool) -> None:
        directory.fail_with = Transient("hgd: away") if passing else Permanent("hgd: refused")


@pytest.fixture(scope="module")
def server() -> Iterator[HgdServer]:
    made = HgdServer()
    yield made
    made.close()


@pytest.fixture
def hgd(server: HgdServer) -> HgdServer:
    server.set(people={CODE: NAME}, say=None, drop=False, hang_seconds=0)
    return server


class TestHttpDirectory(DirectorySuite):
    @pytest.fixture
    def directory(self, hgd: HgdServer) -> HttpDirectory:
        self.hgd = hgd
        return HttpDirectory(hgd.url, KEY, failures=3, pause_seconds=0.5)

    def fail(self, directory: Any, *, passing: bool) -> None:
        self.hgd.say(503 if passing else 422)

    def test_it_asks_with_our_key(self, directory: HttpDirectory) -> None:
        directory.look_up(CODE, timeout_seconds=5)
        assert self.hgd.asked[-1] == {"path": "/hgd/lookups", "key": KEY, "bhxh_code": CODE}

    @pytest.mark.parametrize("status", [301, 401, 403, 404, 408, 500, 502, 503])
    def test_what_says_nothing_about_the_person_is_transient(self, directory: HttpDirectory, status: int) -> None:
        self.hgd.say(status, b"<html>")
        with pytest.raises(Transient):
            directory.look_up(CODE, timeout_seconds=5)

    @pytest.mark.parametrize(
        "body",
        [
            b"<html>log in to the network</html>",
            b"",
            b"[]",
            b"{}",
            b'{"found": "yes", "full_name": "A"}',
            b'{"found": true, "full_name": "' + b"A" * 70_000 + b'"}',
            b"[" * 50_000,
            b"\xff\xfe",
        ],
    )
    def test_an_answer_of_another_shape_is_no_answer(self, directory: HttpDirectory, body: bytes) -> None:
        self.hgd.say(200, body)
        with pytest.raises(Transient):
            directory.look_up(CODE, timeout_seconds=5)

    def test_a_slow_hgd_is_not_waited_for_longer_than_asked(self, directory: HttpDirectory) -> None:
        self.hgd.set(hang_seconds=3)
        began = time.monotonic()
        with pytest.raises(Transient):
            directory.look_up(CODE, timeout_seconds=0.3)
        assert time.monotonic() - began < 2

    @pytest.mark.parametrize(
        ("born", "meant"),
        [
            ('"1959-03-02"', Birth.exact(date(1959, 3, 2))),
            ('"02/03/1959"', Birth.exact(date(1959, 3, 2))),
            ("1959", Birth(1959)),
            ('"1959"', Birth(1959)),
            ('"00/00/1959"', Birth(1959)),
            ('"yesterday"', UNKNOWN),
            ("null", UNKNOWN),
            ("[]", UNKNOWN),
            ('{"day": 2}', UNKNOWN),
        ],
    )
    def test_an_odd_date_of_birth_is_one_person_s_matter(self, directory: HttpDirectory, born: str, meant: Birth) -> None:
        record = f'{{"found": true, "full_name": "A", "date_of_birth": {born}, "sex": 7, "new to us": [1]}}'
        self.hgd.say(200, record.encode())
        for _ in range(5):  # the circuit opens after three failures
            assert directory.look_up(CODE, timeout_seconds=5) == Answer(found=True, full_name="A", birth=meant)

    @pytest.mark.parametrize("name", ["null", '" "', "7", '"A\\u0000"', "[]"])
    def test_a_record_without_a_name_is_no_failure_of_hgd(self, directory: HttpDirectory, name: str) -> None:
        self.hgd.say(200, f'{{"found": true, "full_name": {name}}}'.encode())
        for _ in range(5):
            with pytest.raises(Permanent):
                directory.look_up(CODE, timeout_seconds=5)
        self.hgd.set(say=None)
        assert directory.look_up(CODE, timeout_seconds=5).found

    def test_a_broken_line_is_transient(self, directory: HttpDirectory) -> None:
        self.hgd.set(drop=True)
        with pytest.raises(Transient):
            directory.look_up(CODE, timeout_seconds=5)

    def test_nobody_listening_is_transient(self) -> None:
        with pytest.raises(Transient):
            HttpDirectory(f"http://127.0.0.1:{free_port()}/hgd", KEY).look_up(CODE, timeout_seconds=5)

    def test_a_busy_hgd_says_how_long_to_wait(self, directory: HttpDirectory) -> None:
        self.hgd.say(429, Retry_After="17")
        with pytest.raises(RetryAfter) as caught:
            directory.look_up(CODE, timeout_seconds=5)
        assert caught.value.after_seconds == 17

    def test_no_error_tells_code_name_or_key(self, directory: HttpDirectory) -> None:
        for status in (401, 422, 500):
            self.hgd.say(status, f"{CODE} {NAME}".encode())
            with pytest.raises((Transient, Permanent)) as caught:
                directory.look_up(CODE, timeout_seconds=5)
            assert not any(secret in str(caught.value) for secret in (CODE, NAME, KEY))

    def test_after_failures_in_a_row_it_is_left_alone_and_then_tried_again(self, directory: HttpDirectory) -> None:
        self.hgd.say(503)
        for _ in range(3):
            with pytest.raises(Transient):
                directory.look_up(CODE, timeout_seconds=5)
        asked = len(self.hgd.asked)
        for _ in range(5):
            with pytest.raises(Transient):
                directory.look_up(CODE, timeout_seconds=5)
        assert len(self.hgd.asked) == asked, "left alone"
        self.hgd.set(say=None)
        time.sleep(0.6)
        assert directory.look_up(CODE, timeout_seconds=5).found

    def test_refusals_and_unknown_codes_do_not_count_as_failures(self, directory: HttpDirectory) -> None:
        self.hgd.say(422)
        for _ in range(5):
            with pytest.raises(Permanent):
                directory.look_up(CODE, timeout_seconds=5)
        self.hgd.set(say=None)
        assert directory.look_up(CODE, timeout_seconds=5).found

    def test_several_are_asked_about_at_once(self, directory: HttpDirectory) -> None:
        self.hgd.set(hang_seconds=0.4)
        began = time.monotonic()
        with ThreadPoolExecutor(5) as pool:
            answers = list(pool.map(lambda _: directory.look_up(CODE, timeout_seconds=5), range(5)))
        assert all(answer.found for answer in answers)
        assert time.monotonic() - began < 1.6, "five, one after the other, take two seconds"
