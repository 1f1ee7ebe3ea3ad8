"""The two administrative maps: since July 2025 34 provinces and wards; before, 63 provinces, districts, wards (I10).

Codes and names are those of the General Statistics Office, read from the data file of the package `vietnamadminunits` when a
unit is first asked for. The package itself is not imported: it would bring in geometry libraries and 10 MB of look-up tables.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from services.chassis.errors import StartUpError

MAP_2025: Final = "2025"
MAP_BEFORE: Final = "before-2025-07"
MAPS: Final = (MAP_2025, MAP_BEFORE)

_QUERIES = {
    MAP_2025: "SELECT DISTINCT provinceCode, province, NULL, NULL, wardCode, ward FROM admin_units",
    MAP_BEFORE: "SELECT DISTINCT provinceCode, province, districtCode, district, wardCode, ward FROM admin_units_legacy",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as a list shows it. ``level``: province, district, ward."""

    code: str
    name: str
    level: str
    parent: str | None = None


@cache
def units_of(map_: str) -> dict[str, Unit]:
    """Return all units of a map by code (the codes of the three levels differ in length).

    :raises KeyError: for a map that is not in `MAPS`.
    """
    query = _QUERIES[map_]
    found: dict[str, Unit] = {}
    with closing(sqlite3.connect(f"{_file().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        for province_code, province, district_code, district, ward_code, ward in connection.execute(query):
            parent = _put(found, province_code, province, "province", None)
            if district_code:
                parent = _put(found, district_code, district, "district", parent)
            if ward_code:
                _put(found, ward_code, ward, "ward", parent)
    return found


def _put(found: dict[str, Unit], code: str, name: str, level: str, parent: str | None) -> str:
    unit = found.get(code)
    if unit is None:
        unit = found[code] = Unit(code, name, level, parent)
    return unit.code  # one shared string for all units that refer to it


def _file() -> Path:
    spec = find_spec("vietnamadminunits")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        file = Path(folder) / "data" / "dataset.db"
        if file.exists():
            return file
    raise StartUpError("The package vietnamadminunits with its data is not installed; install vss[registration].")
