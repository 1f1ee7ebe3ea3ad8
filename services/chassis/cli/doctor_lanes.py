"""Probes of `vss doctor`: has every reader what this service told, and has this service what it was told?"""

from typing import Any

from services.chassis.bus import backlog, gaps
from services.chassis.bus.fact_log import PUBLIC
from services.chassis.cli.lanes import gap_remedies
from services.chassis.probes import Probe, Unwell
from services.chassis.resources import Resources


def _told(resources: Resources[Any]) -> str:
    found = backlog.measure(resources.db)
    stopped = [f"{reader} ({lane.stopped})" for reader, lane in found.lanes.items() if lane.stopped]
    if stopped:
        raise Unwell(f"stands still: {', '.join(stopped)}", "docs/runbooks/lane-stopped.md")
    behind = sum(lane.behind for reader, lane in found.lanes.items() if reader != PUBLIC)
    return f"{found.recorded + behind:,} facts wait to be told"


def _heard(resources: Resources[Any]) -> str:
    with resources.db.read() as session:
        missing, restored = gaps.gaps(session), gaps.went_back(session)
    if restored:
        raise Unwell(f"restored, and numbers anew: {', '.join(restored)}", f"vss after-restore {restored[0]}")
    if missing:
        each = "; ".join(gap_remedies(missing, resources.service))
        raise Unwell(f"{sum(gap.size for gap in missing):,} facts were told and never came", each)
    return "nothing is missing"


#: of the tables that the service's first start makes
of_lanes = (
    Probe("facts_told", _told, "Is the database migrated?", needs="database_migrated"),
    Probe("facts_heard", _heard, "Is the database migrated?", needs="database_migrated"),
)
