"""Names of administrative units: the rank that stands before them, and when two of them are one unit (W3)."""

from collections.abc import Mapping
from typing import Any, Final

from services.chassis.text.folding import one_line, without_marks

RANKS: Final = ("Thành phố", "Tỉnh", "Quận", "Huyện", "Thị xã", "Thị trấn", "Phường", "Xã", "Đặc khu")
#: the units of an address, from the largest
LEVELS: Final = ("province", "district", "ward")


def rank_of(name: str) -> str | None:
    """Return the rank of a unit by its full name: Phường for Phường Ba Đình; None for a name without one."""
    return next((rank for rank in RANKS if name.casefold().startswith(f"{rank} ".casefold())), None)


def without_rank(name: str) -> str:
    """Return the name as people search and sort it: Phúc Hòa for Xã Phúc Hòa; but Quận 1."""
    rank = rank_of(name)
    bare = name[len(rank) + 1 :] if rank else name
    return name if bare.isdecimal() else bare


def place_of_office(name: str) -> str:
    """Return the place of an office by its name, as it is sorted: Cà Mau for BHXH tỉnh Cà Mau."""
    return without_rank(name.removeprefix("BHXH ").replace("Tp. ", "Thành phố ", 1))


def is_same_unit(one: Mapping[str, Any], other: Mapping[str, Any], level: str) -> bool:
    """Tell whether two addresses name the same unit of a level, by map, code and name.

    The same code means another unit on the other map, and perhaps after a reform. Another rank (Tỉnh Đồng Nai, Thành phố Đồng Nai)
    makes no other unit, and a name that is not known says nothing.
    """
    if one.get("map") != other.get("map") or (one.get(f"{level}_code") or "") != (other.get(f"{level}_code") or ""):
        return False
    names = [_plain(str(each.get(f"{level}_name") or "")) for each in (one, other)]
    return not all(names) or names[0] == names[1]


def _plain(name: str) -> str:
    return without_marks(without_rank(one_line(name)))
