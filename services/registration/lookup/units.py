"""Administrative units on either map (I10): resolve the codes of an address to names, and list the units below one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import marshmallow as ma

from services.chassis.text.bilingual import Bilingual, bilingual
from services.chassis.text.places import without_rank
from services.chassis.text.sorting import SortKey, sort_key
from services.registration.lookup.maps import MAP_2025, MAP_BEFORE, MAPS, Unit, units_of

#: names that differ from the library's on the day in question, by code (`unit_names.names_on`)
Names = Mapping[str, str]
_AS_IN_THE_LIBRARY: Names = {}


class UnknownUnit(ma.ValidationError):
    """A code that is not on the map, or not below the given parent; ``field`` names the wrong code."""

    def __init__(self, field: str, message: Bilingual) -> None:
        self.field = field
        super().__init__(message, field_name=field)


@dataclass(frozen=True, slots=True)
class UnitNames:
    """The units of an address with their names: the fields of `declarations.parts.Address` except the free text."""

    map: str
    province_code: str
    province_name: str
    district_code: str | None
    district_name: str | None
    ward_code: str
    ward_name: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields by their names in the facts."""
        return asdict(self)


def resolve(
    map_: str, province_code: str, district_code: str | None, ward_code: str | None, names: Names = _AS_IN_THE_LIBRARY
) -> UnitNames:
    """Resolve the codes of an address to the names of a day (W3).

    Five island districts of the old map had no wards: there ``ward_code`` is empty, and so is its name.

    :raises UnknownUnit: for the first code that is not on the map at that level; its ``field`` says which.
    """
    units = _units(map_)
    province = units.get(province_code)
    if province is None or province.level != "province":
        raise UnknownUnit(
            "province_code", bilingual(vi="Không có tỉnh, thành phố mang mã này.", en="No province has this code.")
        )
    district = _district(units, map_, province, district_code)
    within = district or province
    ward = units.get(ward_code or "")
    if not ward_code and district and not children(map_, district.code):
        ward = Unit("", "", "ward", district.code)
    if ward is None or ward.level != "ward" or ward.parent != within.code:
        raise UnknownUnit(
            "ward_code", bilingual(vi="Nơi đã chọn không có phường, xã mang mã này.", en="No ward has this code there.")
        )
    return UnitNames(
        map_,
        province.code,
        names.get(province.code, province.name),
        district.code if district else None,
        names.get(district.code, district.name) if district else None,
        ward.code,
        names.get(ward.code, ward.name),
    )


def children(map_: str, parent: str | None = None, names: Names = _AS_IN_THE_LIBRARY) -> Sequence[Unit]:
    """Return the units below a province or district (all provinces without one) by the names of a day, in Vietnamese order.

    There are none below a ward.

    :raises UnknownUnit: (field ``parent``) for a code that the map does not have.
    """
    found = _children(map_, parent)
    if names.keys().isdisjoint(unit.code for unit in found):
        return found
    return sorted((replace(unit, name=names.get(unit.code, unit.name)) for unit in found), key=_place)


@cache
def _children(map_: str, parent: str | None) -> Sequence[Unit]:
    units = _units(map_)
    if parent is not None and parent not in units:
        raise UnknownUnit("parent", bilingual(vi="Không có đơn vị mang mã này.", en="No unit has this code."))
    matches = (unit for unit in units.values() if unit.parent == parent)
    return tuple(sorted(matches, key=_place))


def is_province(code: str) -> bool:
    """Tell whether one of today's 34 provinces has this code."""
    unit = units_of(MAP_2025).get(code)
    return unit is not None and unit.level == "province"


def _units(map_: str) -> Mapping[str, Unit]:
    if map_ not in MAPS:
        raise UnknownUnit(
            "map", bilingual(vi="Bản đồ phải là 2025 hoặc before-2025-07.", en="The map must be 2025 or before-2025-07.")
        )
    return units_of(map_)


def _district(units: Mapping[str, Unit], map_: str, province: Unit, code: str | None) -> Unit | None:
    """Return the district of an address on the pre-July-2025 map; None on today's, which has none."""
    if map_ == MAP_BEFORE:
        district = units.get(code or "")
        if district is None or district.level != "district" or district.parent != province.code:
            raise UnknownUnit(
                "district_code",
                bilingual(
                    vi="Tỉnh, thành phố này không có quận, huyện mang mã này.",
                    en="The province has no district with this code.",
                ),
            )
        return district
    if code:
        raise UnknownUnit(
            "district_code",
            bilingual(vi="Từ tháng 7/2025 không còn cấp quận, huyện.", en="There have been no districts since July 2025."),
        )
    return None


def _place(unit: Unit) -> tuple[SortKey, str]:
    return sort_key(without_rank(unit.name)), unit.code
