"""Numbers, reasons and settings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verification.cases.numbers import is_bhxh_code, is_dossier_no
from services.verification.decisions.reasons import NO_GROUND, REASONS, sentence
from services.verification.decisions.refusals import NoGroundForRejection, WrongReason
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


def test_a_bhxh_code_has_ten_digits() -> None:
    assert is_bhxh_code("0113099841")
    assert not any(map(is_bhxh_code, ("011309984", "01130998411", "011309984x", "0113099841\n", "０113099841")))


@pytest.mark.rule("V4")
@pytest.mark.parametrize("code", NO_GROUND)
def test_missing_pictures_are_no_reason(code: str) -> None:
    assert code not in {reason.code for reason in REASONS}
    with pytest.raises(NoGroundForRejection):
        sentence(code, "words of one's own do not help", "portal")


@pytest.mark.rule("V6")
def test_each_reason_says_in_vietnamese_what_the_person_is_told() -> None:
    for reason in REASONS:
        assert unicodedata.is_normalized("NFC", reason.vi)
        assert reason.vi.endswith(".")
        assert reason.en.endswith(".")


@pytest.mark.rule("V6")
def test_an_officer_s_own_words_are_told_instead_and_some_reasons_need_them() -> None:
    assert sentence("id_differs", " Số CCCD khác. ", "portal") == "Số CCCD khác."
    with pytest.raises(WrongReason):
        sentence("other", " ", "portal")


@pytest.mark.rule("V6", "V9")
def test_some_reasons_are_for_some_routes() -> None:
    assert sentence("birth_certificate_unreadable", None, "guardian")
    with pytest.raises(WrongReason):
        sentence("birth_certificate_unreadable", None, "portal")
    with pytest.raises(WrongReason):
        sentence("not_the_person", None, "guardian")


@pytest.mark.rule("V7")
def test_by_default_hgd_is_asked_for_a_month_and_its_return_noticed_within_half_a_minute() -> None:
    settings = Settings()
    assert settings.hgd_breaker_seconds + settings.hgd_retry_seconds <= 30
    # the waits are random between 0 and the longest: even far below their average a day's outage ends well
    assert settings.hgd_attempts * settings.hgd_retry_seconds / 10 > 86_400
