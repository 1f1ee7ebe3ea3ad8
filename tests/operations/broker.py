"""The broker blocks (disk alarm) while citizens file: requests are answered, facts wait, and nothing is told twice afterwards."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests

from playground.system import SERVICES
from services.chassis.testing.processes import wait_until
from tests.faults.dossiers.load import Load
from tests.operations import AtLeast, AtMost, say
from tests.operations.alarms import Recorder
from tests.operations.audit import audit
from tests.operations.people import citizens, steadily
from tests.operations.site import Site, servers
from tests.stand.alarms import disk_alarm

expect = {
    "lost": 0,
    "doubled": 0,
    "repeated": 0,
    "mixed_up": 0,
    "unsettled": 0,
    "faults": 0,
    "answers_failed": 0,
    "slowest_answer_seconds": AtMost(5.0),
    "sent_again": 0,
    "services_that_said_so": AtLeast(2),
    "filed_while_blocked": AtLeast(5),
    "alarms_that_stayed_silent": [],
    "alarms_too_early": [],
}

_OFFICERS, _PER_SECOND, _BEFORE = 2, 2.0, 2
_LOAD_SECONDS, _REST_SECONDS = 300.0, 120.0
_ALARMS = ("BrokerBlocks", "FactsDoNotLeave")
_SERIES = Path(__file__).resolve().parents[2] / ".run" / "operations" / "broker_series.json"


class Watch:
    """Asks every service for its readiness, and registration for what a citizen needs, five times a second."""

    def __init__(self, urls: dict[str, str]) -> None:
        asked = {f"{url}/readyz": service for service, url in urls.items()}
        asked[f"{urls['registration']}/registration/offices?province=79"] = "offices"
        self.answers: Counter[str] = Counter()
        self.failed: list[str] = []
        self.degraded: set[str] = set()
        self.slowest = 0.0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=item, daemon=True) for item in asked.items()]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, url: str, name: str) -> None:
        http = requests.Session()
        http.trust_env = False
        while not self._stop.wait(0.2):
            began = time.monotonic()
            try:
                answer = http.get(url, timeout=10)
            except requests.RequestException as error:
                self.failed.append(f"{name}: {type(error).__name__}")
                continue
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.answers[name] += 1
            if not answer.ok:
                self.failed.append(f"{name}: {answer.status_code}")
            elif "relay" in answer.json().get("degraded", ()):
                self.degraded.add(name)


def run(short: bool) -> dict[str, Any]:
    """Block for ten seconds (short), or for five minutes."""
    with servers() as on, Site(on) as site:
        site.deploy(*SERVICES)
        stop = threading.Event()
        people = steadily(citizens(site.stage), _PER_SECOND, stop)
        load = Load(people, lambda: site.web(_LOAD_SECONDS + 100), [], [site.employ() for _ in range(_OFFICERS)])
        urls = {service: site.system.url(service) for service in SERVICES}
        load.start()
        assert wait_until(lambda: load.decided >= _BEFORE, _LOAD_SECONDS), load.faults
        duplicates = _duplicates(urls.values())
        watch = Watch(urls)
        try:
            with Recorder(urls) as record:
                say("the broker blocks")
                filed = load.filed
                with disk_alarm(on.rabbit):
                    time.sleep(2)
                    before = record.now
                    time.sleep(8 if short else 298)
                    filed, after = load.filed - filed, record.now
                say("it goes on")
                time.sleep(2)
        finally:
            stop.set()
        deadline = time.monotonic() + _LOAD_SECONDS
        while load.goes_on() and time.monotonic() < deadline:
            time.sleep(0.2)
        seconds = site.survey.settle(_REST_SECONDS)
        watch.end()
        record.write(_SERIES)
        return {
            "blocked_seconds": 10 if short else 300,
            "dossiers": len(load.done),
            "faults": len(load.faults),
            "faults_seen": load.faults[:5],
            "filed_while_blocked": filed,
            "answers": sum(watch.answers.values()),
            "answers_failed": len(watch.failed),
            "answers_failed_how": dict(Counter(watch.failed)),
            "slowest_answer_seconds": round(watch.slowest, 2),
            "services_that_said_so": len(watch.degraded),
            "sent_again": _duplicates(urls.values()) - duplicates,
            "alarms_too_early": [alarm for alarm in _ALARMS if record.fires(alarm, at=before)],
            "alarms_that_stayed_silent": [] if short else [alarm for alarm in _ALARMS if not record.fires(alarm, at=after)],
            "seconds_until_rest": seconds,
            **audit(site.survey).figures(),
        }


def _duplicates(urls: Iterable[str]) -> int:
    """How many messages the services' inboxes knew already."""
    found = 0.0
    for url in urls:
        for line in requests.get(f"{url}/metrics", timeout=10).text.splitlines():
            if line.startswith('vss_messages_total{outcome="duplicate"'):
                found += float(line.rpartition(" ")[2])
    return int(found)
