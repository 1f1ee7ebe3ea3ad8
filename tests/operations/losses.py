"""Queues deleted, bindings removed, a virtual host emptied, a broker replaced: under load, and what mends it.

Each mistake is made while citizens file and officers decide, with facts in the queues. The operator then does what the alarm
says (`operator.py`), and everything must be there: as if nothing had happened, and nothing twice.
"""

from __future__ import annotations

import time
from itertools import islice
from typing import Any

from services.chassis.testing.processes import wait_until
from tests.faults.dossiers.load import Load
from tests.operations import AtLeast, say
from tests.operations.audit import audit
from tests.operations.mistakes import Mistake, commit, delete_queue, empty_vhost, remove_bindings, replace_broker
from tests.operations.operator import Operator
from tests.operations.people import citizens
from tests.operations.site import Site, servers

expect = {"lost": 0, "doubled": 0, "repeated": 0, "mixed_up": 0, "unsettled": 0, "faults": 0, "facts_destroyed": AtLeast(1)}

_OFFICERS, _BEFORE = 2, 2
_LOAD_SECONDS, _PAUSE_SECONDS = 180.0, 0.5


def run(short: bool) -> dict[str, Any]:
    """Make two mistakes, 14 dossiers each (short), or all of them with 70 each."""
    mistakes = (
        [delete_queue("verification"), empty_vhost()]
        if short
        else [
            *(delete_queue(reader) for reader in ("verification", "notifications", "accounts", "registration")),
            *(remove_bindings(reader) for reader in ("verification", "notifications")),
            empty_vhost(),
            replace_broker(),
        ]
    )
    with servers() as on, Site(on) as site:
        site.deploy("registration", "verification", "accounts", "notifications", "feedback")
        officers = [site.employ() for _ in range(_OFFICERS)]
        people = citizens(site.stage)
        made = []
        for mistake in mistakes:
            say(mistake.name)
            load = Load(islice(people, 14 if short else 70), site.web, [], officers)
            made.append({"mistake": mistake.name, **_suffer(site, mistake, load)})
        return {"mistakes": made}


def _suffer(site: Site, mistake: Mistake, load: Load) -> dict[str, Any]:
    """Make one mistake under load, and mend it."""
    operator = Operator(site)
    load.start()
    assert wait_until(lambda: load.decided >= _BEFORE, _LOAD_SECONDS), load.faults
    destroyed = commit(site, mistake)
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
        "facts_missed": operator.facts_missed,
        "facts_resent": operator.facts_resent,
        "commands": operator.commands,
        "seconds_until_all_was_there": round(time.monotonic() - began, 1),
    }
    if mistake.readers:
        figures["facts_destroyed"] = destroyed
    return figures | audit(site.survey).figures()
