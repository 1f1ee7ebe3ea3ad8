"""Probe of the duty list (F10): a new database has none, and an urgent complaint then reaches the desks only."""

from typing import Any

from services.chassis.probes import Probe, Unwell
from services.chassis.resources import Resources
from services.feedback.directory import duty, offices

_SHOWN = 5
_REMEDY = "`vss complaints duty import FILE.csv`; a line with province_code * is for the whole country: docs/runbooks/nobody-on-duty.md"


def _duty(resources: Resources[Any]) -> str:
    """Name the provinces of which nobody would be told."""
    with resources.db.read() as session:
        listed = {each.province_code for each in duty.list_all(session)}
        provinces = {office.province_code for office in offices.list_open(session)}
    missing = [] if duty.EVERYWHERE in listed else sorted(provinces - listed)
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        raise Unwell(f"nobody is on duty for {len(missing)} province(s): {', '.join(missing[:_SHOWN])}{more}", _REMEDY)
    return "somebody is on duty for every province"


probes = (Probe("duty", _duty, _REMEDY, needs="database_migrated"),)
