"""Numbers, tracking codes, days of a category, likeness of texts: what needs no database."""

import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis import tracking
from services.chassis.errors import SettingsError
from services.chassis.text.csv_lists import BadList
from services.feedback.categories.category import Category
from services.feedback.complaints import filing, similar
from services.feedback.complaints.numbers import FORM
from services.feedback.deadlines.terms import Terms
from services.feedback.directory import offices
from services.feedback.settings import Settings

_DAYS = ("acknowledge_days", "route_days", "answer_days", "warn_days", "board_days", "centre_days")
TEXT = "Tôi làm việc từ tháng 3 năm 2019 tại Hà Nội nhưng sổ BHXH không ghi nhận các tháng này."


@given(st.integers(0, 999_999))
def test_a_number_tells_its_day_and_is_known_by_its_check_digit(serial: int) -> None:
    number = FORM.number("261123", serial)
    assert re.fullmatch(r"PA-261123-\d{6}-\d", number)
    assert FORM.fits(number)


@given(st.integers(0, 999_999), st.integers(3, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(serial: int, place: int, more: int) -> None:
    number = FORM.number("261123", serial)
    if number[place] == "-":
        return
    wrong = f"{number[:place]}{(int(number[place]) + more) % 10}{number[place + 1 :]}"
    assert not FORM.fits(wrong)


@pytest.mark.parametrize(
    "text", ["", "PA-", "261123-000001-2", "pa-261123-000001-2", "PA-261123-000001-2 ", "PA-२६११२३-000001-2"]
)
def test_what_is_written_otherwise_is_no_number(text: str) -> None:
    assert not FORM.fits(text)


@pytest.mark.rule("F8")
def test_a_tracking_code_can_be_read_out_and_is_matched_as_it_was_heard() -> None:
    code = filing.new_code()
    assert re.fullmatch(r"([A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}", code)
    kept = tracking.digest(code)
    for heard in (code, code.lower(), code.replace("-", " "), f" {code.replace('-', '')} "):
        assert tracking.matches(heard, kept)
    assert not tracking.matches(filing.new_code(), kept)
    assert not tracking.matches("", kept)


@pytest.mark.rule("F7")
def test_a_category_without_days_of_its_own_has_those_of_the_settings() -> None:
    terms = Settings().terms
    assert terms.of_category(Category("khac", None, "cntt", "Khác")) == terms
    assert (terms.acknowledge_days, terms.route_days, terms.answer_days) == (1, 5, 15)


@pytest.mark.rule("F7")
@given(st.tuples(*[st.none() | st.integers(0, 60)] * len(_DAYS)))
def test_steps_of_every_category_follow_each_other(days: tuple[Any, ...]) -> None:
    own = Category("x", None, "cntt", "X", **dict(zip(_DAYS, days, strict=True)))
    terms = Settings().terms.of_category(own)
    assert terms.acknowledge_days <= terms.route_days <= terms.answer_days
    assert terms.board_days <= terms.centre_days
    if own.answer_days is not None:
        assert terms.answer_days == own.answer_days


def test_terms_that_an_earlier_release_has_kept_are_understood() -> None:
    terms = Settings(answer_days=7, wait_days=2).terms
    stored = terms.to_json()
    assert Terms.from_json(stored) == terms
    del stored["hours"]  # added later, for complaints that cannot wait
    assert Terms.from_json(stored | {"gone_days": 3}) == terms


@pytest.mark.rule("F7")
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"route_days": 20}, "ROUTE_DAYS"),
        ({"acknowledge_days": 6}, "ROUTE_DAYS"),
        ({"board_days": 6}, "CENTRE_DAYS"),
        ({"answer_approval": "nobody"}, "ANSWER_APPROVAL"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings(**wrong)


def test_a_text_is_like_itself_without_its_marks_and_unlike_another() -> None:
    said = similar.word_pairs(TEXT)
    plain = similar.word_pairs(
        "toi lam viec tu thang 3 nam 2019 tai ha noi nhung so bao hiem xa hoi khong ghi nhan cac thang nay"
    )
    other = similar.word_pairs("Ứng dụng VssID báo lỗi khi tôi đăng nhập sáng nay.")
    assert similar.likeness(said, plain) == 1
    assert similar.likeness(said, other) < 0.1
    assert similar.likeness(frozenset(), frozenset()) == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_the_same_both_ways_and_from_nothing_to_all(one: str, other: str) -> None:
    there, back = (
        similar.likeness(similar.word_pairs(one), similar.word_pairs(other)),
        similar.likeness(similar.word_pairs(other), similar.word_pairs(one)),
    )
    assert there == back
    assert 0 <= there <= 1


def test_a_person_is_known_by_hashes_only() -> None:
    keys = similar.person_keys(
        account_id="a-1", contact={"phone": "+84983847986", "email": "X@y.vn"}, bhxh_code="0113099841"
    )
    assert len(set(keys)) == 4
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)
    same = similar.person_keys(account_id=None, contact={"phone": None, "email": "x@Y.vn"}, bhxh_code=None)
    assert set(same) < set(keys)
    assert similar.person_keys(account_id=None, contact=None, bhxh_code=None) == []


def test_offices_are_read_from_registrations_list_too() -> None:
    text = "code,name,province_code,address,phone\n79-01,BHXH phường Sài Gòn,79,,\n"
    assert offices.read_csv(io.StringIO(text)) == [offices.Office("79-01", "BHXH phường Sài Gòn", "79")]


def test_every_fault_of_a_list_of_offices_is_told() -> None:
    text = "code,name,province_code\nx,BHXH,79\n79-01,,79\n79-02,BHXH,HCM\n79-03,BHXH,79\n79-03,BHXH,79\n"
    with pytest.raises(BadList) as caught:
        offices.read_csv(io.StringIO(text))
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["line 2", "line 3", "line 4", "line 6"]
