"""Names of administrative units: ranks, and when two of them are one unit (W3)."""

from typing import Any

import pytest

from services.chassis.text.places import is_same_unit, place_of_office, rank_of, without_rank


@pytest.mark.rule("W3")
@pytest.mark.parametrize(
    ("name", "rank", "bare"),
    [
        ("Thành phố Đồng Nai", "Thành phố", "Đồng Nai"),
        ("Tỉnh Đồng Nai", "Tỉnh", "Đồng Nai"),
        ("Thị trấn Phúc Thọ", "Thị trấn", "Phúc Thọ"),
        ("Đặc khu Phú Quốc", "Đặc khu", "Phú Quốc"),
        ("Quận 1", "Quận", "Quận 1"),
        ("Xã Xã Đàn", "Xã", "Xã Đàn"),
        ("Hà Nội", None, "Hà Nội"),
    ],
)
def test_a_name_has_a_rank_before_it(name: str, rank: str | None, bare: str) -> None:
    assert (rank_of(name), without_rank(name)) == (rank, bare)


@pytest.mark.rule("W3")
@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"map": "before-2025-07"}, False),
        ({"province_code": "52"}, False),
        ({"province_name": "Thành phố Đồng Nai"}, True),
        ({"province_name": "Tỉnh Bình Phước"}, False),
        ({"province_name": "TỈNH ĐỒNG NAI"}, True),
        ({"province_name": "Tỉnh  Đồng\u00a0Nai"}, True),
        ({"province_name": None}, True),
        ({"province_code": None}, False),
    ],
)
def test_units_are_the_same_by_map_code_and_name(changes: dict[str, Any], same: bool) -> None:
    unit = {"map": "2025", "province_code": "75", "province_name": "Tỉnh Đồng Nai"}
    assert is_same_unit(unit, unit | changes, "province") is same
    assert is_same_unit(unit | changes, unit, "province") is same


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("BHXH tỉnh Cà Mau", "Cà Mau"),
        ("BHXH Thành phố Hà Nội", "Hà Nội"),
        ("BHXH Tp. Thủ Đức", "Thủ Đức"),
        ("BHXH cơ sở Phúc Thọ", "cơ sở Phúc Thọ"),
    ],
)
def test_an_office_is_sorted_by_its_place(name: str, place: str) -> None:
    assert place_of_office(name) == place
