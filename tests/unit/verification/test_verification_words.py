"""Numbers and settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verification.cases.numbers import is_dossier_no
from services.verification.settings import Settings

NO = "261121-000001-6"


def test_a_dossier_number_has_a_check_digit() -> None:
    assert is_dossier_no(NO)
    assert [d for d in "0123456789" if is_dossier_no(NO[:-1] + d)] == ["6"]


@given(st.integers(0, 12), st.integers(1, 9))
def test_each_single_wrong_digit_is_caught(place: int, by: int) -> None:
    at = [i for i, c in enumerate(NO) if c.isdigit()][place]
    assert not is_dossier_no(NO[:at] + str((int(NO[at]) + by) % 10) + NO[at + 1 :])


@pytest.mark.parametrize("wrong", ["", NO + "\n", " " + NO, NO.replace("-", ""), "２" + NO[1:], "PA-" + NO, NO + "\0"])
def test_what_is_not_written_like_a_dossier_number_is_none(wrong: str) -> None:
    assert not is_dossier_no(wrong)


@pytest.mark.rule("V7")
def test_by_default_hgd_is_asked_for_a_month_and_its_return_noticed_within_half_a_minute() -> None:
    settings = Settings()
    assert settings.hgd_breaker_seconds + settings.hgd_retry_seconds <= 30
    # the waits are random between 0 and the longest: even far below their average a day's outage ends well
    assert settings.hgd_attempts * settings.hgd_retry_seconds / 10 > 86_400
