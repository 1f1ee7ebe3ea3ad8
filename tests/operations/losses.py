"""Queues deleted, bindings removed, a virtual host emptied, a broker replaced: under load, and what mends it.

Each mistake is made while citizens file and officers decide, with facts in the queues. The operator then waits for the alarm and
does what it says (`operator.py`). Everything must be there: as if nothing had happened, and nothing twice.
"""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path
from typing import Any

from playground.system import SERVICES
from services.chassis.testing.processes import wait_until
from tests.faults.dossiers.load import Load
from tests.operations import AtLeast, say
from tests.operations.alarms import Recorder
from tests.operations.audit import audit
from tests.operations.mistakes import Mistake, committed, delete_queue, empty_vhost, remove_bindings, replace_broker
from tests.operations.operator import Operator
from tests.operations.people import citizens
from tests.operations.site import Site, servers

expect = {
    "lost": 0,
    "doubled": 0,
    "repeated": 0,
    "mixed_up": 0,
    "unsettled": 0,
    "faults": 0,
    "facts_destroyed": AtLeast(1),
    "alarms_that_stayed_silent": [],
}

_BEFORE = 2
_LOAD_SECONDS, _PAUSE_SECONDS = 240.0, 0.5
#: long enough for these; nobody else needs notifications to be there
_DOWN_SECONDS, _ALARMS = 200.0, ("LaneUnbound", "ServiceGone")
_SERIES = Path(__file__).resolve().parents[2] / ".run" / "operations" / "losses_series.json"


def run(short: bool) -> dict[str, Any]:
    """Make two mistakes, 10 dossiers each (short), or all of them with 70 each."""
    mistakes = (
        [delete_queue("verification"), empty_vhost()]
        if short
        else [
            *(delete_queue(reader) for reader in ("verification", "notifications", "accounts", "registration")),
            *(remove_bindings(reader) for reader in ("verification", "notifications")),
            empty_vhost(),
            replace_broker(),
            delete_queue("notifications", _DOWN_SECONDS),
        ]
    )
    # the alarm is what the operator goes by; in the short form it comes sooner
    soon = {"GAPS_SECONDS": "1", "GAPS_GRACE_SECONDS": "3", "REMIND_SECONDS": "5"} if short else {}
    with servers() as on, Site(on, soon) as site:
        site.deploy(*SERVICES)
        officers = [site.employ() for _ in range(1 if short else 3)]
        people = citizens(site.stage)
        made, broken_at = [], 0
        record = Recorder({service: site.system.url(service) for service in SERVICES})
        with record:
            for mistake in mistakes:
                say(mistake.name)
                load = Load(islice(people, 10 if short else 70), site.web, [], officers)
                figures, broken_at = _suffer(site, mistake, load, record)
                made.append({"mistake": mistake.name, **figures})
        record.write(_SERIES)
        silent = [] if short else [alarm for alarm in _ALARMS if not record.fires(alarm, at=broken_at)]
        return {"mistakes": made, "alarms": list(_ALARMS), "alarms_that_stayed_silent": silent}


def _suffer(site: Site, mistake: Mistake, load: Load, record: Recorder) -> tuple[dict[str, Any], int]:
    """Make one mistake under load, and mend it when the alarm is raised.

    Return the figures, and the last second of the record before the readers came back.
    """
    operator = Operator(site)
    load.start()
    assert wait_until(lambda: load.decided >= _BEFORE, _LOAD_SECONDS), load.faults
    with committed(site, mistake) as destroyed:
        time.sleep(mistake.down_seconds)
        broken_at = record.now
    began = time.monotonic()
    deadline = began + _LOAD_SECONDS
    while load.goes_on() or not site.survey.at_rest() or site.survey.facts_missing():
        operator.mend()
        if time.monotonic() > deadline:
            break
        time.sleep(_PAUSE_SECONDS)
    figures = {
        "dossiers": len(load.done),
        "faults": len(load.faults),
        "faults_seen": load.faults[:5],
        "alarms": operator.alarms,
        "facts_resent": operator.facts_resent,
        "commands": operator.commands,
        "seconds_until_all_was_there": round(time.monotonic() - began, 1),
    }
    if mistake.readers:
        figures["facts_destroyed"] = destroyed
    return figures | audit(site.survey).figures(), broken_at
