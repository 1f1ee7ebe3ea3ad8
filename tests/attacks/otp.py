"""A thousand guesses at one-time codes, from many addresses, over two replicas of accounts and their restarts.

Strangers have codes sent to four people until they are refused, and guess at every code they have a challenge of, eight at a time. Meanwhile each
person goes on signing in on a known device, at an address that nobody has seen.
"""

from __future__ import annotations

import secrets
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from tests.attacks.accounts_house import House
from tests.attacks.stranger import Stranger, addresses, counted
from tests.attacks.watch import Watcher
from tests.integration.accounts.running import NEW_PASSWORD
from tests.operations.figures import AtLeast, AtMost

_GUESSES, _PEOPLE, _PARTS = 1000, 4, 4
_TRIES, _UNASKED = 5, 5
_NEWEST = "Trời mưa bong bóng phập phồng"

BARS = {
    "guessed": 0,
    "owners_locked_out": 0,
    "judged_beyond_five_a_code": 0,
    "judged": AtLeast(1),
    "sms_beyond_five_a_person": 0,
    "owners_kept_from_resetting": 0,
    "healthz_slow_seconds": 0,
    "rss_max_mib": AtMost(300),
    "unanswered": 0,
}


def run(*, scale: float) -> dict[str, object]:
    """Guess, and return what came of it."""
    guesses = max(40, int(_GUESSES * scale))
    with tempfile.TemporaryDirectory(prefix="vss-otp-") as folder, House(Path(folder), replicas=2) as house:
        people = house.people(_PEOPLE)
        devices = {code: _sign_in(house.client("203.0.113.9"), code) for code in people}
        statuses: Counter[int] = Counter()
        seen: list[dict[str, Any]] = []
        challenges: list[str] = []
        locked_out = 0
        for part in range(_PARTS):
            if part:
                house.restart(part % 2)
            pids = {f"accounts-{number}": each.pid for number, each in enumerate(house.replicas)}
            with Watcher({name: house.url(number) for number, name in enumerate(pids)}, pids) as watcher:
                challenges += _ask_for_codes(house, people, part)
                statuses += _guess_at(house, challenges, guesses // _PARTS, part)
                locked_out += sum(not _signs_in(house, code, devices[code], part) for code in people)
            seen.append(watcher.figures())
        tries, sent = house.tries(), len(house.desk.bodies("otp_issued"))
        kept = sum(not _resets(house, code, devices[code]) for code in people)
        return {
            "guesses": guesses,
            "judged": sum(tries),
            "judged_beyond_five_a_code": sum(max(0, each - _TRIES) for each in tries),
            "guessed": statuses[204],
            "sms_sent": sent,
            "sms_beyond_five_a_person": max(0, sent - _UNASKED * len(people)),
            "owners_locked_out": locked_out,
            "owners_kept_from_resetting": kept,
            "unanswered": statuses[0],
            "statuses": dict(statuses),
            "healthz_slow_seconds": max(each["healthz_slow_seconds"] for each in seen),
            "rss_max_mib": max(each["rss_max_mib"] for each in seen),
        }


def _sign_in(owner: Stranger, code: str, **headers: str) -> str | None:
    """The token of the device, if the owner gets in; and out again."""
    body = {"username": code, "password": NEW_PASSWORD, "device_id": f"phone of {code}"}
    answer = owner.call("POST", "/accounts/sessions", json=body, headers=headers)
    if answer is None or answer.status_code != 201:
        return None
    owner.call("DELETE", "/accounts/sessions/current", headers={"Authorization": f"Bearer {answer.json()['token']}"})
    return str(answer.json()["device_token"])


def _signs_in(house: House, code: str, token: str | None, part: int) -> bool:
    """Whether the owner gets in on the known device, somewhere new, at either replica."""
    shown = {"X-Device-Token": token or ""}
    return all(_sign_in(house.client(f"203.0.113.{20 + 2 * part + one}", one), code, **shown) for one in range(2))


def _resets(house: House, code: str, token: str | None) -> bool:
    """Whether the owner gets a code on the known device, and it is good."""
    owner, shown = house.client("203.0.113.99"), {"X-Device-Token": token or ""}
    asked = owner.call("POST", "/accounts/password/reset", json={"username": code}, headers=shown)
    if asked is None or asked.status_code != 202:
        return False
    body = {"challenge": asked.json()["challenge"], "otp": house.desk.code(), "new_password": _NEWEST}
    done = owner.call("POST", "/accounts/password/reset/confirm", json=body, headers=shown)
    return done is not None and done.status_code == 204


def _ask_for_codes(house: House, people: list[str], part: int) -> list[str]:
    """Strangers have codes sent to everybody until they are refused; the challenges that they got."""
    answers = [
        house.client(address, number % 2).call("POST", "/accounts/password/reset", json={"username": code})
        for code in people
        for number, address in enumerate(islice(addresses(10 * _PARTS), 10 * part, 10 * part + 7))
    ]
    return [answer.json()["challenge"] for answer in answers if answer is not None and answer.status_code == 202]


def _guess_at(house: House, challenges: list[str], count: int, part: int) -> Counter[int]:
    """Eight strangers at a time guess, each from an address of its own, at both replicas; the answers, counted."""

    def guess(number: int) -> int:
        stranger = house.client(f"101.{part}.{number % 64}.7", number % 2)
        body = {"challenge": challenges[number % len(challenges)], "otp": f"{secrets.randbelow(10**6):06d}"}
        stranger.call("POST", "/accounts/password/reset/confirm", json=body | {"new_password": _NEWEST})
        [status] = stranger.statuses
        return status

    with ThreadPoolExecutor(8) as pool:
        return Counter(counted(pool.map(guess, range(count)), f"guesses, part {part + 1} of {_PARTS}", count))
