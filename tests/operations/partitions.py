"""The network between services, broker and database cut, narrowed and slowed, at random, under load; and a cut that raises alarms.

A partition hits one service or all of them, on their way to the broker or to the database: the cable is out, lets 24 kbit/s
through, or takes up to 0.8 s longer each way.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from playground.system import SERVICES
from tests.faults.dossiers.load import Load
from tests.operations import AtLeast, say
from tests.operations.alarms import Recorder
from tests.operations.audit import audit
from tests.operations.network import BUS, DATA, EVERYBODY, Network
from tests.operations.people import citizens, steadily
from tests.operations.site import Site, servers

expect = {
    "lost": 0,
    "doubled": 0,
    "repeated": 0,
    "mixed_up": 0,
    "unsettled": 0,
    "faults": 0,
    "alarms_that_stayed_silent": [],
    "alarms_too_early": [],
    "partitions": AtLeast(6),
    "dossiers": AtLeast(10),
}

_SEED = 9
_OFFICERS, _PER_SECOND = 2, 2.0
_REST_SECONDS, _LOAD_SECONDS, _PATIENCE_SECONDS = 120.0, 300.0, 400.0
_NARROW_KILOBITS = 24
#: an outage of the broker's network long enough for these; none of them may fire for partitions of some seconds
_OUTAGE_SECONDS, _ALARMS = 240.0, ("FactsDoNotLeave", "BrokerAway")
_SERIES = Path(__file__).resolve().parents[2] / ".run" / "operations" / "partitions_series.json"
_HOW = ("cut", "cut", "narrow", "slow")


def run(short: bool) -> dict[str, Any]:
    """Six partitions of up to 4 s (short), or a hundred of up to 8 s."""
    chance = random.Random(_SEED)
    with servers() as on:
        ports = {BUS: on.rabbit.port, DATA: on.postgres.port}
        with Network(SERVICES, ports, on.folder / "network") as network, Site(on, network=network) as site:
            site.deploy(*SERVICES)
            stop = threading.Event()
            people = steadily(citizens(site.stage), _PER_SECOND, stop)
            record = Recorder({service: site.system.url(service) for service in SERVICES})
            load = Load(people, lambda: site.web(_PATIENCE_SECONDS), [], [site.employ() for _ in range(_OFFICERS)])
            load.start()
            with record:
                try:
                    made = _partitions(network, chance, *((6, 4.0) if short else (100, 8.0)))
                    before = record.now
                    if not short:
                        _outage(network)
                    after = record.now
                finally:
                    stop.set()
            record.write(_SERIES)
            early = [alarm for alarm in _ALARMS if record.fires(alarm, at=before)]
            silent = [] if short else [alarm for alarm in _ALARMS if not record.fires(alarm, at=after)]
            deadline = time.monotonic() + _LOAD_SECONDS
            while load.goes_on() and time.monotonic() < deadline:
                time.sleep(0.2)
            seconds = site.survey.settle(_REST_SECONDS)
            return {
                "partitions": sum(made.values()),
                "partitions_by_kind": dict(made),
                "dossiers": len(load.done),
                "faults": len(load.faults),
                "faults_seen": load.faults[:5],
                "alarms": list(_ALARMS),
                "alarms_too_early": early,
                "alarms_that_stayed_silent": silent,
                "requests_sent_again": dict(load.again),
                "seconds_until_rest": seconds,
                **audit(site.survey).figures(),
            }


def _partitions(network: Network, chance: random.Random, count: int, longest: float) -> Counter[str]:
    made: Counter[str] = Counter()
    for number in range(count):
        how, where = chance.choice(_HOW), chance.choice((BUS, DATA))
        who = chance.choice((*SERVICES, EVERYBODY)) if how != "slow" else EVERYBODY
        seconds = chance.uniform(0.2, longest)
        say(f"partition {number + 1} of {count}: {how} {who} {where} for {seconds:.1f} s")
        with _partition(network, chance, how, who, where):
            time.sleep(seconds)
        made[f"{how} {where}"] += 1
        time.sleep(chance.uniform(0, 1.5))
    return made


def _outage(network: Network) -> None:
    """Keep everybody from the broker until somebody must have been called."""
    say(f"the broker is out of reach for {_OUTAGE_SECONDS:g} s")
    with network.cut(EVERYBODY, BUS):
        time.sleep(_OUTAGE_SECONDS)


def _partition(network: Network, chance: random.Random, how: str, who: str, where: str) -> AbstractContextManager[None]:
    if how == "cut":
        return network.cut(who, where)
    if how == "narrow":
        return network.narrow(who, where, _NARROW_KILOBITS)
    return network.slow(where, chance.uniform(0.05, 0.8))
