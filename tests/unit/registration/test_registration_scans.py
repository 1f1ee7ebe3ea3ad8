"""Scanned cards (I7): what each kind says, and that no text whatever is taken for more than it is."""

import unicodedata
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.chassis.text import people
from services.chassis.text.folding import one_line
from services.registration.declarations import identity
from services.registration.lookup import scans

NAME = "Nguyễn Thành Biên"
HEX = NAME.encode().hex()
LETTERS = "abcdeghiklmnoquxyăâđêôơưàảãáạếệọốợứự ABCDĐ"
NAMES = st.text(alphabet=LETTERS, min_size=3, max_size=40).filter(lambda name: len(name.replace(" ", "")) > 1)
DAYS = st.dates(date(1920, 1, 1), date(2025, 12, 31))
DIGITS10 = st.from_regex(r"[0-9]{10}", fullmatch=True)
DIGITS12 = st.from_regex(r"[0-9]{12}", fullmatch=True)


@pytest.mark.rule("I7")
def test_a_health_card_fills_in_code_name_day_of_birth_and_sex():
    found = scans.read(f"0113099841|{HEX}|19/05/1987|1|5068c3ba63|01 - 001|01/01/2021|-|12/01/2021|$")
    assert (found.source, found.bhxh_code, found.full_name) == ("health_card", "0113099841", NAME)
    assert (found.date_of_birth, found.sex, found.id_number) == (date(1987, 5, 19), "male", None)


@pytest.mark.rule("I7")
@pytest.mark.parametrize("number", ["GD4010113099841", "gd4010113099841", "GD 4 01 0113099841"])
def test_an_older_card_number_ends_in_the_bhxh_code(number):
    assert scans.read(number) == scans.Prefill(source="old_health_card", bhxh_code="0113099841")
    assert scans.read(f"{number}|{HEX}|19/05/1987|2").bhxh_code == "0113099841"


@pytest.mark.rule("I7")
def test_a_cccd_fills_in_number_name_day_of_birth_sex_and_address():
    found = scans.read(f"111349876090|012345678|{NAME}|19051987|Nam|Thôn 4 Thụ Trai, Phúc Hòa, Phúc Thọ, Hà Nội|01072021")
    assert asdict(found) == {
        "source": "cccd", "bhxh_code": None, "personal_id": "111349876090", "id_type": "cccd", "id_number": "111349876090",
        "old_id_number": "012345678", "full_name": NAME, "date_of_birth": date(1987, 5, 19), "sex": "male",
        "address": "Thôn 4 Thụ Trai, Phúc Hòa, Phúc Thọ, Hà Nội",
    }  # fmt: skip


@pytest.mark.rule("I7")
def test_a_cccd_with_six_fields_and_no_old_cmnd_is_read_too():
    found = scans.read(f"001187012345||{NAME}|19051987|Nữ|Hà Nội")
    assert (found.old_id_number, found.sex, found.id_number) == (None, "female", "001187012345")


@pytest.mark.rule("I7")
def test_a_health_card_with_the_personal_id_in_front_gives_no_bhxh_code():
    found = scans.read(f"001187012345|{HEX}|19/05/1987|2")
    assert (found.source, found.bhxh_code, found.personal_id, found.full_name) == ("health_card", None, "001187012345", NAME)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (f"0113099841|{HEX}|1987|1", "date_of_birth"),
        (f"0113099841|{HEX}|31/02/1987|1", "date_of_birth"),
        (f"0113099841|{HEX}|19/05/2087|1", "date_of_birth"),
        ("0113099841|ff00ff|19/05/1987|1", "full_name"),
        ("0113099841||19/05/1987|1", "full_name"),
        (f"0113099841|{HEX}|19/05/1987|9", "sex"),
    ],
)
def test_a_field_that_cannot_be_right_is_left_out_and_the_others_are_kept(text, missing):
    found = asdict(scans.read(text))
    assert found.pop(missing) is None
    assert found["bhxh_code"] == "0113099841"
    assert sum(value is not None for value in found.values()) == 4


@pytest.mark.rule("I7")
@pytest.mark.parametrize(
    ("text", "born", "sex"),
    [
        ("001045012345||LÊ THỊ A|1945|Nữ|Hà Nội|01072021", None, "female"),
        ("001045012345||LÊ THỊ A||Nữ|Hà Nội|01072021", None, "female"),
        ("001045012345||LÊ THỊ A|01/01/1945|Nữ|Hà Nội|01072021", date(1945, 1, 1), "female"),
        ("001045012345||LÊ THỊ A|00001945|Nữ|Hà Nội|01072021", None, "female"),
        # the same kind: another odd field beside a good number
        ("001045012345|12345|LÊ THỊ A|31021945|NỮ|Hà Nội|01072021", None, "female"),
        ("001045012345||LÊ THỊ A|1-1-1945|nu\u031b\u0303|Hà Nội", date(1945, 1, 1), "female"),
        ("001045012345\uff5c\uff5cLÊ THỊ A\uff5c01011945\uff5c?\uff5cHà Nội\r\n", date(1945, 1, 1), None),
    ],
)
def test_one_odd_field_does_not_make_a_cccd_another_card(text, born, sex):
    found = scans.read(text)
    assert (found.source, found.id_number, found.full_name) == ("cccd", "001045012345", "LÊ THỊ A")
    assert (found.date_of_birth, found.sex, found.address) == (born, sex, "Hà Nội")


@pytest.mark.rule("I7")
@pytest.mark.parametrize("born", ["1987", "", "19051987"])
def test_one_odd_field_does_not_make_a_health_card_a_cccd(born):
    found = scans.read(f"001187012345|{HEX}|{born}|2|5068c3ba63|01 - 001|01/01/2021")
    assert (found.source, found.personal_id, found.full_name, found.sex) == ("health_card", "001187012345", NAME, "female")


@pytest.mark.rule("I7", "W2")
@pytest.mark.parametrize("name", ["Y Bhiô\u0306 Ê\u0306ban", "H'Lư\u0306 Niê", "K'Brơ\u0306s Ƀlăk"])
def test_letters_of_a_base_and_a_mark_are_read_from_either_card(name):
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, name)
        for text in (
            f"0113099841|{written.encode().hex()}|19/05/1987|1",
            f"0113099841|{written}|19/05/1987|1",
            f"111349876090||{written.replace(chr(39), chr(0x2019))}|19051987|Nam|Hà Nội|01072021",
        ):
            assert scans.read(text).full_name == name


def test_a_name_that_is_not_in_hex_is_kept_as_it_is():
    assert scans.read(f"0113099841|{NAME}|19/05/1987|1").full_name == NAME


@pytest.mark.rule("I7")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "|",
        "|||||",
        "https://example.com/?a=1",
        "0113099841",
        "12345|a|b|c",
        "GD401011309984",
        "x" * 2001,
        "0113099841|a|b",
    ],
)
def test_what_is_no_card_is_refused_without_repeating_it(text):
    with pytest.raises(scans.Unreadable) as refusal:
        scans.read(text)
    assert not text.strip() or text == "|" or text not in str(refusal.value)


@pytest.mark.rule("I7")
@given(code=DIGITS10, prefix=st.sampled_from(["", "GD401", "TE101"]), name=NAMES, born=DAYS, sex=st.sampled_from("12"))
def test_every_health_card_is_read_back(code, prefix, name, born, sex):
    found = scans.read(f"{prefix}{code}|{name.encode().hex().upper()}|{born:%d/%m/}{born.year}|{sex}|x|y")
    assert found.bhxh_code == code
    assert found.full_name == people.full_name(name)
    assert found.date_of_birth == born
    assert found.sex == {"1": "male", "2": "female"}[sex]


@pytest.mark.rule("I7")
@given(
    number=DIGITS12,
    name=NAMES,
    born=DAYS,
    sex=st.sampled_from(["Nam", "Nữ"]),
    rest=st.lists(st.sampled_from(["", "01072021"]), max_size=4),
)
def test_every_cccd_is_read_back(number, name, born, sex, rest):
    found = scans.read("|".join([number, "", name, f"{born:%d%m}{born.year}", sex, "Hà Nội", *rest]))
    assert (found.source, found.id_number, found.date_of_birth) == ("cccd", number, born)
    assert found.full_name == people.full_name(name)


@given(
    st.text(max_size=2100)
    | st.lists(st.text(max_size=30), max_size=9).map("|".join)
    | st.builds("{}|{}".format, DIGITS10, st.text())
)
@example("0113099841|" + "٠" * 6 + "|١٩/٠٥/١٩٨٧|1")
@example("111349876090||x|00000000|Nam|y")
def test_any_text_is_a_card_or_unreadable_and_whatever_is_filled_in_would_be_accepted(text):
    try:
        found = scans.read(text)
    except scans.Unreadable:
        return
    assert found.bhxh_code or found.personal_id
    checks: tuple[tuple[Callable[[Any], Any], Any], ...] = (
        (people.bhxh_code, found.bhxh_code),
        (people.personal_id, found.personal_id),
        (people.full_name, found.full_name),
        (one_line, found.address),
        (identity.date_of_birth, found.date_of_birth),
    )
    for check, value in checks:
        assert value is None or check(value) == value
