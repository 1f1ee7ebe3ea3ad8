"""The previous release rolled forward to this one under load, back again, and forward: on one broker and the same databases.

The previous release makes the databases and serves first. Then, service by service, a process of the other release starts
beside the running ones, shares their requests and messages for a while, and takes their place. Citizens file and officers decide all
the time, through fronts that know only which processes are ready.
"""

from __future__ import annotations

import base64
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from playground.account import Account
from playground.system import SERVICES
from tests.faults.dossiers.load import Load
from tests.faults.dossiers.people import Filing
from tests.operations import AtLeast, say
from tests.operations.audit import audit
from tests.operations.fleet import Fleet
from tests.operations.front import Way
from tests.operations.gap_check import find_gaps, resend
from tests.operations.site import Site, servers
from tests.stand.previous import ROOT, previous_release, unpack, version_of

expect = {
    "failed_requests": 0,
    "sent_again": 0,
    "faults": 0,
    "undecided": 0,
    "unclean_ends": 0,
    "parked_for_another_reason": 0,
    "facts_missing": 0,
    "lost": 0,
    "doubled": 0,
    "repeated": 0,
    "mixed_up": 0,
    "unsettled": 0,
    "unavailable_in_this": 0,
    "answered_by_previous": AtLeast(50),
    "answered_by_this": AtLeast(50),
    "dossiers": AtLeast(10),
}

_PREVIOUS, _THIS = "previous", "this"
_SORTS = ("portal", "invalid", "portal", "bare", "portal", "unknown")
_OFFICERS = 3
#: what either release has drafted or put, the other opens; the previous one no second factor: staff enrol
#: once every process is this one (decision 59)
_ENROLLED_BY = (datetime.now(UTC) + timedelta(days=20)).date()
_BESIDE = {"PREVIOUS_RELEASE_BESIDE": "true", "STAFF_SECOND_FACTOR_FROM": _ENROLLED_BY.isoformat()}
_LOAD_SECONDS, _REST_SECONDS = 120.0, 120.0
#: a reader of the previous release parks the facts that it does not know, and one of this release takes them up
_TOO_NEW = ("unknown_type", "unknown_version")
_PARKED = "SELECT fact, reason FROM held_messages WHERE state = 'parked'"


@dataclass(frozen=True)
class Plan:
    """One run. `waves`: which services roll together, in order; every roll shuffles them if there is a `seed`."""

    waves: Sequence[Sequence[str]]
    rolls: Sequence[str]
    processes: int
    side_by_side_seconds: float
    #: between one dossier and the next
    pace_seconds: float
    seed: int | None = None

    def orders(self) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
        """Yield each roll's release and order."""
        chance = random.Random(self.seed)
        for release in self.rolls:
            yield release, self.waves if self.seed is None else chance.sample(self.waves, len(self.waves))


_SHORT = Plan(
    waves=(("verification", "accounts"), ("registration", "notifications", "feedback")),
    rolls=(_THIS, _PREVIOUS, _THIS),
    processes=1,
    side_by_side_seconds=1.0,
    pace_seconds=1.5,
)
_LONG = Plan(
    waves=tuple((service,) for service in SERVICES),
    rolls=(_THIS, _PREVIOUS) * 3 + (_THIS,),
    processes=2,
    side_by_side_seconds=4.0,
    pace_seconds=1.0,
    seed=27,
)


def run(short: bool) -> dict[str, Any]:
    """Roll there and back and there once (short), or three times in changing orders with two processes of each service."""
    plan = _SHORT if short else _LONG
    with servers() as on, Site(on, _BESIDE) as site:
        releases = {_PREVIOUS: unpack(previous_release(), on.folder / _PREVIOUS), _THIS: ROOT}
        with Fleet(site, releases, plan.processes, _warm_up) as fleet:
            fleet.launch(_PREVIOUS)
            # staff are added by the previous release, too: this one's command would migrate the database
            site.system.directory = releases[_PREVIOUS]
            officers = [site.employ(enrols=False) for _ in range(_OFFICERS)]
            site.system.directory = ROOT
            return _measure(plan, site, fleet, officers)


def _measure(plan: Plan, site: Site, fleet: Fleet, officers: list[Account]) -> dict[str, Any]:
    over = threading.Event()
    load = Load(_filings(site, over, plan.pace_seconds), site.web, [], officers)
    load.start()
    # the order for operators (docs/releasing.md): what the new release needs of the broker comes first
    site.system.vss("registration", "topology", "declare")
    seconds: list[float] = []
    parked: Counter[str] = Counter()
    other = 0
    for release, waves in plan.orders():
        began = time.monotonic()
        for services in waves:
            say(f"{', '.join(services)}: {release}; {load.filed} filed, {load.decided} decided")
            fleet.roll(services, release, plan.side_by_side_seconds)
        seconds.append(round(time.monotonic() - began, 1))
        rows = [row for service in SERVICES for row in site.survey.rows(service, _PARKED)]
        parked += Counter(f"{row['fact']} ({row['reason']})" for row in rows)
        other += sum(row["reason"] not in _TOO_NEW for row in rows)
    over.set()
    _wait_for(load)
    site.survey.services = SERVICES
    site.survey.settle(_REST_SECONDS)
    # the previous release, which knows no numbers, has left gaps where it read: they close without anything happening twice
    missing = find_gaps(site)
    resent = resend(site, missing)
    site.survey.settle(_REST_SECONDS)
    fronts = fleet.fronts.values()
    answered: Counter[str] = sum((front.answered for front in fronts), Counter())
    unavailable: Counter[str] = sum((front.passed_on for front in fronts), Counter())
    failed = [failure for front in fronts for failure in front.failed]
    return {
        "previous_release": version_of(previous_release()),
        "seconds_of_rolls": seconds,
        "answered_by_previous": answered[_PREVIOUS],
        "answered_by_this": answered[_THIS],
        "unavailable_in_previous": unavailable[_PREVIOUS],
        "unavailable_in_this": unavailable[_THIS],
        "failed_requests": len(failed),
        "failures": failed[:10],
        "sent_again": sum(load.again.values()),
        "why_again": dict(load.again),
        "faults": len(load.faults),
        "faults_seen": load.faults[:10],
        "undecided": sum(not filing.decided for filing in load.done),
        "unclean_ends": sum(number for status, number in fleet.ends.items() if status),
        "parked_after_rolls": dict(parked),
        "parked_for_another_reason": other,
        "dossiers": len(load.done),
        "facts_without_number": sum(gap.size for _reader, gap in missing),
        "facts_told_again": resent,
        "facts_missing": sum(gap.size for _reader, gap in find_gaps(site)),
        **audit(site.survey).figures(),
    }


def _warm_up(service: str, way: Way) -> None:
    """Have a process of 0.2 fetch the keys that tokens are checked with: requests that come meanwhile it answers 503."""
    if way.release == _PREVIOUS and service == "verification":
        header = base64.urlsafe_b64encode(b'{"alg":"Ed25519","kid":"unknown"}').decode().rstrip("=")
        bearer = {"Authorization": f"Bearer {header}.e30.AA"}
        answer = requests.get(f"http://127.0.0.1:{way.port}/verification/cases", headers=bearer, timeout=10)
        assert answer.status_code == requests.codes.unauthorized, answer.text


def _filings(site: Site, over: threading.Event, pace_seconds: float) -> Iterator[Filing]:
    """Yield people who file, one after the other, until it is over."""
    for sort in itertools.cycle(_SORTS):
        if over.wait(pace_seconds):
            return
        yield Filing(site.stage.stranger() if sort == "unknown" else site.stage.human(), sort)


def _wait_for(load: Load) -> None:
    deadline = time.monotonic() + _LOAD_SECONDS
    while load.goes_on():
        assert time.monotonic() < deadline, f"{load.decided} of {load.filed} decided; {load.faults[:5]}"
        time.sleep(0.1)
