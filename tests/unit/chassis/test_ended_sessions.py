"""Ended sessions of staff, as a process reads them from accounts: refused soon, asked seldom, and no outage when accounts is away."""

from __future__ import annotations

import time

import pytest

from services.chassis.testing.processes import wait_until
from services.chassis.web.ended import EndedSessions, hash_session

pytestmark = pytest.mark.rule("A12")


class Published:
    """Accounts' list; `error` is raised instead while it is set."""

    def __init__(self, *ended: str) -> None:
        self.ended = set(ended)
        self.error: Exception | None = None
        self.asked = 0

    def __call__(self) -> frozenset[str]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return frozenset(map(hash_session, self.ended))


def of(sid: str, role: str = "officer") -> dict[str, str]:
    return {"sid": sid, "role": role}


def test_an_ended_session_is_refused_from_the_first_call_and_later_ones_soon() -> None:
    published = Published("old")
    ended = EndedSessions(published, service="unit", seconds=0.05)
    assert ended(of("old")) is True
    assert ended(of("new")) is False
    published.ended.add("new")
    time.sleep(0.06)
    assert wait_until(lambda: ended(of("new")), 5)


def test_accounts_is_asked_once_in_a_while_however_many_call_and_never_for_citizens() -> None:
    published = Published()
    ended = EndedSessions(published, service="unit", seconds=60)
    for role in ("citizen", "newcomer"):
        assert ended(of("a", role)) is False
    assert published.asked == 0
    for _ in range(50):
        assert ended(of("a")) is False
    assert published.asked == 1


def test_without_accounts_what_was_known_stays_known_and_nobody_else_is_refused() -> None:
    published = Published("old")
    ended = EndedSessions(published, service="unit", seconds=0.01)
    assert ended(of("old")) is True
    published.error = OSError("away")
    time.sleep(0.02)
    for _ in range(3):
        assert ended(of("old")) is True
        assert ended(of("other")) is False
        time.sleep(0.02)


def test_a_process_that_never_could_ask_lets_staff_in_until_their_tokens_end() -> None:
    published = Published()
    published.error = OSError("away")
    assert EndedSessions(published, service="unit", seconds=60)(of("any")) is False
