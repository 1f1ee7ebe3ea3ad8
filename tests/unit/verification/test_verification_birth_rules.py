"""HGĐ's dates of birth, however odd, and what they mean for a dossier (V7)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verification.comparisons.hgd import examine
from services.verification.directory.births import UNKNOWN, Birth, parse
from services.verification.directory.port import Answer

pytestmark = pytest.mark.rule("V7")

TODAY = date(2026, 11, 28)
NAME = "Nguyễn Thành Biên"
EXACT, YEAR = Birth.exact(date(1959, 3, 2)), Birth(1959)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1959-03-02", EXACT),
        ("1959-03-02T00:00:00", EXACT),
        ("1959-03-02T00:00:00+07:00", EXACT),
        ("02/03/1959", EXACT),
        ("2/3/1959", EXACT),
        (" 02-03-1959 ", EXACT),
        ("02.03.1959", EXACT),
        ("19590302", EXACT),
        ("02031959", EXACT),
        ("1959", YEAR),
        (1959, YEAR),
        ("00/00/1959", YEAR),
        ("1959-00-00", YEAR),
        ("00/03/1959", YEAR),
        ("--/--/1959", YEAR),
        ("03/1959", YEAR),
        ("31/02/1959", YEAR),
        ("13/13/1959", YEAR),
        ("năm 1959", YEAR),
        ("0000-00-00", UNKNOWN),
        ("00/00/0000", UNKNOWN),
        ("", UNKNOWN),
        ("0", UNKNOWN),
        ("không rõ", UNKNOWN),
        ("yesterday", UNKNOWN),
        ("2059-03-02", UNKNOWN),
        ("2026-11-29", UNKNOWN),
        ("1759", UNKNOWN),
        ("1959-1960", UNKNOWN),
        (None, UNKNOWN),
        (True, UNKNOWN),
        (1959.5, UNKNOWN),
        ([1959], UNKNOWN),
        ({"year": 1959}, UNKNOWN),
    ],
)
def test_a_record_s_birth_is_exact_a_year_or_unknown(written: object, meant: Birth) -> None:
    assert parse(written, today=TODAY) == meant


@given(st.one_of(st.text(), st.integers(), st.none(), st.floats(), st.lists(st.integers())))
def test_no_birth_of_a_record_is_an_error(written: object) -> None:
    assert isinstance(parse(written, today=TODAY), Birth)


@given(st.dates(date(1900, 1, 1), TODAY))
def test_every_date_is_read_in_each_way_of_writing_it(day: date) -> None:
    for written in (day.isoformat(), day.strftime("%d/%m/%Y"), day.strftime("%d-%m-%Y")):
        assert parse(written, today=TODAY) == Birth.exact(day)


def finding(stated: str | None, birth: Birth, *, as_child: bool = False, name: str = NAME) -> tuple[str, str]:
    found = examine({"full_name": NAME, "date_of_birth": stated}, Answer(True, name, birth), as_child=as_child, today=TODAY)
    assert found.record is not None
    return found.outcome, found.record["birth"]


@pytest.mark.parametrize(
    ("stated", "birth", "expected"),
    [
        ("1959-03-02", EXACT, ("match", "match")),
        ("1959-03-03", EXACT, ("birth_differs", "differs")),
        ("1959-12-31", YEAR, ("match", "match")),
        ("1960-03-02", YEAR, ("birth_differs", "differs")),
        ("1959-03-02", UNKNOWN, ("match", "unknown")),
        (None, EXACT, ("match", "unknown")),
    ],
)
def test_a_birth_that_contradicts_the_form_differs_and_what_is_unknown_contradicts_nothing(
    stated: str | None, birth: Birth, expected: tuple[str, str]
) -> None:
    assert finding(stated, birth) == expected


def test_a_name_that_differs_comes_first_and_the_birth_is_shown_with_it() -> None:
    assert finding("1960-03-02", EXACT, name="Trần Văn Khác") == ("differs", "differs")


@pytest.mark.rule("V9")
def test_whoever_hgd_knows_to_be_eighteen_is_no_child() -> None:
    birthday = TODAY.replace(year=TODAY.year - 18)
    for born, outcome in ((birthday, "adult"), (birthday + timedelta(days=1), "match")):
        assert finding(born.isoformat(), Birth.exact(born), as_child=True)[0] == outcome
        assert finding(born.isoformat(), Birth.exact(born), as_child=False)[0] == "match"
    # of a year alone nobody knows the day: 18 only once the whole year's people are
    assert finding(f"{TODAY.year - 18}-12-31", Birth(TODAY.year - 18), as_child=True)[0] == "match"
    assert finding(f"{TODAY.year - 19}-12-31", Birth(TODAY.year - 19), as_child=True)[0] == "adult"
