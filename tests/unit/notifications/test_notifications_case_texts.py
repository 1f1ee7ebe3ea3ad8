"""What an office and its director read about a dossier whose legal clock runs out (N11): number, deadline, time left."""

from __future__ import annotations

import pytest

from services.notifications.messages.texts import deadline, duration
from tests.unit.notifications.test_notifications_texts import WORST, WRITTEN

ABOUT_CASES = ("staff_case_due_soon", "staff_case_overdue")
#: of the person, and of no use to whoever has to act
PERSONAL = ("full_name", "bhxh_code", "reason", "phone", "email")


@pytest.mark.rule("N11")
@pytest.mark.parametrize("name", ABOUT_CASES)
def test_staff_read_number_office_and_deadline_and_nothing_of_the_person(name: str) -> None:
    letter = WRITTEN.letter(name, {key: value for key, value in WORST.items() if key not in PERSONAL})
    for text in (letter.text, letter.html):
        for told in (WORST["addressee"], WORST["dossier_no"], WORST["office"], "hết ngày 30/12/2026"):
            assert told in text
    assert WORST["dossier_no"] in letter.subject


@pytest.mark.rule("N11")
def test_a_warning_says_how_long_is_left() -> None:
    minutes = WORST | {"due_at": "2026-11-23T10:20:00+07:00", "seconds_left": 449.0}
    for text in (WRITTEN.letter("staff_case_due_soon", minutes).text, WRITTEN.letter("staff_case_due_soon", minutes).html):
        assert "Thời gian còn lại: " in text
        assert "7 phút" in text
        assert "10:20 23/11/2026" in text
    assert "16 giờ" in WRITTEN.letter("staff_case_due_soon", WORST).text


@pytest.mark.rule("N11")
def test_only_the_director_is_asked_to_direct() -> None:
    assert "Xin Giám đốc chỉ đạo" in WRITTEN.letter("staff_case_overdue", WORST | {"level": 2}).text
    assert "Giám đốc" not in WRITTEN.letter("staff_case_overdue", WORST | {"level": 1}).text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "0 phút"), (59, "0 phút"), (450, "7 phút"), (7199, "119 phút"), (7200, "2 giờ"), (57_660, "16 giờ")],
)
def test_time_left_is_never_told_as_more_than_it_is(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-12-01T00:00:00+07:00", "hết ngày 30/11/2026"),
        ("2026-11-30T17:00:00+00:00", "hết ngày 30/11/2026"),
        ("2026-11-23T10:20:30+07:00", "10:20 23/11/2026"),
    ],
)
def test_a_deadline_at_midnight_is_the_end_of_the_day_before(moment: str, words: str) -> None:
    assert deadline(moment) == words
