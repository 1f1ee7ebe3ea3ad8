"""Administrative units of both maps (I10): since July 2025 34 provinces and wards; before, 63 provinces, districts, wards.

Codes and names are those of the General Statistics Office, read from the data file of the package `vietnamadminunits`. The
package itself is not imported: it would bring in geometry libraries and 10 MB of look-up tables. The file is read when a
unit is first asked for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import marshmallow as ma

from services.chassis.errors import StartUpError
from services.chassis.text.bilingual import Bilingual, bilingual
from services.registration.vietnamese import sort_key

MAP_2025: Final = "2025"
MAP_BEFORE: Final = "before-2025-07"
MAPS: Final = (MAP_2025, MAP_BEFORE)

_QUERIES = {
    MAP_2025: "SELECT DISTINCT provinceCode, province, NULL, NULL, wardCode, ward FROM admin_units",
    MAP_BEFORE: "SELECT DISTINCT provinceCode, province, districtCode, district, wardCode, ward FROM admin_units_legacy",
}
_TYPES = ("Thành phố", "Tỉnh", "Quận", "Huyện", "Thị xã", "Thị trấn", "Phường", "Xã", "Đặc khu")


class UnknownUnit(ma.ValidationError):
    """A code that the map does not have, or not there; ``field`` names which of the three it is."""

    def __init__(self, field: str, message: Bilingual) -> None:
        self.field = field
        super().__init__(message, field_name=field)


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit as a list shows it. ``level``: province, district, ward."""

    code: str
    name: str
    level: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class UnitNames:
    """The units of an address with their names, as `events.Address` tells them (without the free text)."""

    map: str
    province_code: str
    province_name: str
    district_code: str | None
    district_name: str | None
    ward_code: str
    ward_name: str

    def as_dict(self) -> dict[str, Any]:
        """The fields by their names in the fact."""
        return asdict(self)

    def __str__(self) -> str:
        """As an address ends: `Xã Phúc Hòa, Huyện Phúc Thọ, Thành phố Hà Nội`."""
        return ", ".join(name for name in (self.ward_name, self.district_name, self.province_name) if name)


def resolve(map_: str, province_code: str, district_code: str | None, ward_code: str | None) -> UnitNames:
    """The names of an address's codes.

    Five island districts of the old map had no wards: there ``ward_code`` is empty, and so is its name.

    :raises UnknownUnit: for the first code that is not there; its ``field`` says which.
    """
    units = _units(map_)
    province = units.get(province_code)
    if province is None or province.level != "province":
        raise UnknownUnit(
            "province_code", bilingual(vi="Không có tỉnh, thành phố mang mã này.", en="There is no province of this code.")
        )
    district = None
    if map_ == MAP_BEFORE:
        district = units.get(district_code or "")
        if district is None or district.level != "district" or district.parent != province.code:
            raise UnknownUnit(
                "district_code",
                bilingual(
                    vi="Tỉnh, thành phố này không có quận, huyện mang mã này.", en="The province has no such district."
                ),
            )
    elif district_code:
        raise UnknownUnit(
            "district_code",
            bilingual(
                vi="Từ tháng 7/2025 không còn cấp quận, huyện.", en="There are no districts any more since July 2025."
            ),
        )
    within = district or province
    ward = units.get(ward_code or "")
    if not ward_code and within.level == "district" and not children(map_, within.code):
        return UnitNames(map_, province.code, province.name, within.code, within.name, "", "")
    if ward is None or ward.level != "ward" or ward.parent != within.code:
        raise UnknownUnit(
            "ward_code",
            bilingual(vi="Nơi đã chọn không có phường, xã mang mã này.", en="There is no ward of this code there."),
        )
    return UnitNames(
        map_,
        province.code,
        province.name,
        district.code if district else None,
        district.name if district else None,
        ward.code,
        ward.name,
    )


@cache
def children(map_: str, parent: str | None = None) -> Sequence[Unit]:
    """The units below a province or district (all provinces without one), sorted as Vietnamese by name; perhaps none.

    :raises UnknownUnit: (field ``parent``) for a code that the map does not have.
    """
    units = _units(map_)
    if parent is not None and parent not in units:
        raise UnknownUnit("parent", bilingual(vi="Không có đơn vị mang mã này.", en="There is no unit of this code."))
    found = (unit for unit in units.values() if unit.parent == parent)
    return tuple(sorted(found, key=lambda unit: (sort_key(_short(unit.name)), unit.code)))


def province_name(code: str) -> str | None:
    """The name of one of today's 34 provinces."""
    unit = _units(MAP_2025).get(code)
    return unit.name if unit and unit.level == "province" else None


@cache
def _units(map_: str) -> dict[str, Unit]:
    """All units of a map by code; the codes of the three levels differ in length."""
    if map_ not in MAPS:
        raise UnknownUnit(
            "map", bilingual(vi="Bản đồ phải là 2025 hoặc before-2025-07.", en="The map is 2025 or before-2025-07.")
        )
    found: dict[str, Unit] = {}
    with closing(sqlite3.connect(f"{_file().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        for province_code, province, district_code, district, ward_code, ward in connection.execute(_QUERIES[map_]):
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
    return unit.code  # one string for all that hold it


def _file() -> Path:
    spec = find_spec("vietnamadminunits")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        file = Path(folder) / "data" / "dataset.db"
        if file.exists():
            return file
    raise StartUpError("The package vietnamadminunits with its data is not installed; install vss[registration].")


def _short(name: str) -> str:
    """The name without its type: people look for Phúc Hòa, not for Xã."""
    for kind in _TYPES:
        if name.startswith(f"{kind} ") and not name.removeprefix(f"{kind} ").isdecimal():
            return name.removeprefix(f"{kind} ")
    return name
