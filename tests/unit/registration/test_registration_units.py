"""Administrative units of both maps."""

import subprocess
import sys

import marshmallow as ma
import pytest

from services.chassis.web.wording import vietnamese as in_vietnamese
from services.registration.lookup import units


@pytest.mark.rule("I10")
def test_the_guides_own_address_is_on_the_map_before_july_2025():
    found = units.resolve("before-2025-07", "01", "272", "09763")
    assert (found.province_name, found.district_name, found.ward_name) == (
        "Thành phố Hà Nội",
        "Huyện Phúc Thọ",
        "Xã Phúc Hòa",
    )
    assert found.as_dict()["map"] == "before-2025-07"


@pytest.mark.rule("I10")
def test_an_address_of_today_has_two_levels():
    found = units.resolve("2025", "01", None, "00004")
    assert (found.province_name, found.district_code, found.district_name) == ("Thành phố Hà Nội", None, None)
    assert found.ward_name == "Phường Ba Đình"


@pytest.mark.rule("I10")
@pytest.mark.parametrize(
    ("codes", "field"),
    [
        (("before-2025-07", "99", "272", "09763"), "province_code"),
        (("before-2025-07", "272", "272", "09763"), "province_code"),
        (("before-2025-07", "02", "272", "09763"), "district_code"),
        (("before-2025-07", "01", None, "09763"), "district_code"),
        (("before-2025-07", "01", "01", "09763"), "district_code"),
        (("before-2025-07", "01", "001", "09763"), "ward_code"),
        (("before-2025-07", "01", "272", ""), "ward_code"),
        (("before-2025-07", "01", "272", "272"), "ward_code"),
        (("2025", "01", "272", "00004"), "district_code"),
        (("2025", "02", None, "00004"), "province_code"),
        (("2025", "01", None, "09763"), "ward_code"),
        (("2025", "79", None, "00004"), "ward_code"),
        (("2026", "01", None, "00004"), "map"),
    ],
)
def test_a_code_that_is_not_there_is_refused_by_the_name_of_its_field(codes, field):
    with pytest.raises(units.UnknownUnit) as refusal:
        units.resolve(*codes)
    assert refusal.value.field == field
    (message,) = refusal.value.normalized_messages()[field]
    assert in_vietnamese(message) != "Giá trị không hợp lệ."


@pytest.mark.rule("I10")
def test_a_schema_reports_the_field_where_it_stands():
    class Address(ma.Schema):
        ward_code = ma.fields.String()

        @ma.validates_schema
        def _known(self, data, **_):
            units.resolve("2025", "01", None, data["ward_code"])

    class Form(ma.Schema):
        address = ma.fields.Nested(Address)

    with pytest.raises(ma.ValidationError) as refusal:
        Form().load({"address": {"ward_code": "99999"}})
    assert "ward_code" in refusal.value.messages_dict["address"]


@pytest.mark.rule("I10")
def test_island_districts_without_wards_have_addresses_too():
    found = units.resolve("before-2025-07", "51", "536", "")
    assert (found.ward_name, found.district_name, found.province_name) == ("", "Huyện Lý Sơn", "Tỉnh Quảng Ngãi")
    without = [
        d.code for p in units.children("before-2025-07") for d in units.children("before-2025-07", p.code)
        if not units.children("before-2025-07", d.code)
    ]  # fmt: skip
    assert sorted(without) == ["318", "471", "498", "536", "755"]


@pytest.mark.rule("I10")
def test_both_maps_are_whole():
    assert len(units.children("2025")) == 34
    assert sum(len(units.children("2025", p.code)) for p in units.children("2025")) == 3321
    assert len(units.children("before-2025-07")) == 63
    districts = [d for p in units.children("before-2025-07") for d in units.children("before-2025-07", p.code)]
    assert len(districts) == 696
    assert sum(len(units.children("before-2025-07", d.code)) for d in districts) == 10_035


def test_every_unit_of_both_maps_resolves_to_itself():
    for province in units.children("2025"):
        for ward in units.children("2025", province.code):
            assert units.resolve("2025", province.code, None, ward.code).ward_name == ward.name
    for province in units.children("before-2025-07"):
        for district in units.children("before-2025-07", province.code):
            for ward in units.children("before-2025-07", district.code)[:1]:
                found = units.resolve("before-2025-07", province.code, district.code, ward.code)
                assert (found.district_name, found.ward_name) == (district.name, ward.name)


def test_units_are_listed_as_vietnamese_by_the_name_people_look_for():
    names = [u.name for u in units.children("2025")]
    assert names[:7] == [
        "Tỉnh An Giang", "Tỉnh Bắc Ninh", "Tỉnh Cà Mau", "Tỉnh Cao Bằng", "Thành phố Cần Thơ", "Thành phố Đà Nẵng", "Tỉnh Đắk Lắk"
    ]  # fmt: skip
    districts = [u.name for u in units.children("before-2025-07", "79")]
    numbered = [name for name in districts if name.split()[-1].isdecimal()]
    assert numbered[:3] == ["Quận 1", "Quận 3", "Quận 4"]
    assert numbered[-1] == "Quận 12"


def test_an_unknown_parent_is_said_and_a_ward_has_no_children():
    with pytest.raises(units.UnknownUnit) as refusal:
        units.children("2025", "272")
    assert refusal.value.field == "parent"
    assert units.children("2025", "00004") == ()


def test_units_bring_no_geometry_or_data_frame_library_into_the_process():
    code = (
        "import sys; from services.registration.lookup import units; units.resolve('2025', '01', None, '00004');"
        "print([m for m in ('pandas', 'numpy', 'shapely', 'geopy', 'vietnamadminunits') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == "[]"
