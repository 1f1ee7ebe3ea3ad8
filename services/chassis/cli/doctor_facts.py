"""Probes of what a service tells, hears and forgets: lanes that stand still, facts that are missing, sweeps that are held."""

from collections.abc import Callable
from typing import Any

from services.chassis.bus import backlog, gaps
from services.chassis.cli.sweeps import overview
from services.chassis.discovery import Service
from services.chassis.probes import Probe, Unwell
from services.chassis.resources import Resources

_REMEDY = "Is the database up, and is DATABASE_URL right?"


def of_facts(service: type[Service]) -> tuple[Probe, ...]:
    """Return these probes for one service."""
    return (
        Probe("lanes", _lanes, _REMEDY, needs="database_migrated"),
        Probe("facts_missing", _missing, _REMEDY, needs="database_migrated"),
        Probe("sweeps", _sweeps(service), _REMEDY, needs="clock"),
    )


def _lanes(resources: Resources[Any]) -> str:
    found = backlog.measure(resources.db)
    still = [f"{reader} ({lane.stopped})" for reader, lane in sorted(found.lanes.items()) if lane.stopped]
    if still:
        remedy = f"`vss facts lanes --service {resources.service}`; docs/runbooks/lane-stopped.md"
        raise Unwell(f"the lanes to {', '.join(still)} stand still", remedy)
    waiting = found.recorded + sum(lane.behind for lane in found.lanes.values())
    return f"{len(found.lanes)} lanes, none stands still; {waiting:,} facts wait"


def _missing(resources: Resources[Any]) -> str:
    with resources.db.read() as session:
        found, restored = gaps.gaps(session), gaps.went_back(session)
    if restored:
        sources = ", ".join(restored)
        remedy = "; ".join(gaps.remedy_of_restored(source) for source in restored)
        raise Unwell(f"{sources} numbers anew what it tells: its database was restored", remedy)
    if found:
        remedy = "; ".join(dict.fromkeys(gap.remedy(resources.service) for gap in found))
        raise Unwell(f"{sum(gap.size for gap in found):,} facts never came", remedy)
    return "every fact that was told has come"


def _sweeps(service: type[Service]) -> Callable[[Resources[Any]], str]:
    def ask(resources: Resources[Any]) -> str:
        rows = overview(service, resources)
        if held := [f"{row['sweep']} ({row['due']:,} rows due)" for row in rows if row["held"]]:
            remedy = f"`vss sweeps list --service {resources.service}`; docs/runbooks/sweep-held.md"
            raise Unwell(f"held: {', '.join(held)}", remedy)
        return f"{len(rows)} sweeps, none is held"

    return ask
