"""The clock chip: sign and words for each state, never colour alone; made on the server, in the hours of Vietnam."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, g

from services.chassis import clock
from services.chassis.web.pages import clocks, drawing, language
from services.chassis.web.resources import KEY

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # Monday, 10:00 in Vietnam


@pytest.fixture(autouse=True)
def page(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    app = Flask("pages")
    app.extensions[KEY] = type("Resources", (), {"service": "feedback"})()
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("due", "options", "state", "words"),
    [
        (timedelta(days=3), {}, "ahead", "● Còn 3 ngày"),
        (timedelta(days=3), {"working_days_left": 2}, "ahead", "● Còn 2 ngày làm việc"),
        (timedelta(hours=5), {}, "near", "◐ Hạn hôm nay, 15:00"),
        (timedelta(hours=14, minutes=30), {}, "ahead", "● Còn 1 ngày"),
        (timedelta(minutes=9), {}, "near", "◐ Còn 9 phút (10:09)"),
        (timedelta(seconds=30), {}, "near", "◐ Còn 1 phút (10:00)"),
        (-timedelta(hours=1), {}, "late", "▲ Quá hạn từ 09:00"),
        (-timedelta(days=2), {}, "late", "▲ Quá hạn 2 ngày"),
        (-timedelta(days=4), {"working_days_late": 2}, "late", "▲ Quá hạn 2 ngày làm việc"),
    ],
)
def test_a_chip_says_how_long_is_left_or_how_late_it_is(due, options, state, words):
    chip = clocks.chip(NOW + due, **options)
    assert (chip.state, f"{chip.sign} {chip.words}") == (state, words)


def test_a_clock_that_stands_still_says_why():
    assert (clocks.paused("chờ người dân").words, clocks.kept().words) == ("Tạm dừng: chờ người dân", "Đúng hạn")


def test_one_day_is_no_days_in_english():
    g.language = "en"
    assert clocks.chip(NOW + timedelta(days=1)).words == "1 day left"
    assert clocks.chip(NOW + timedelta(days=2)).words == "2 days left"


def test_days_hours_and_numbers_are_written_as_their_readers_write_them():
    came = date(2026, 12, 1)
    vietnamese = (drawing.weekday_text(came), drawing.day_text(came), drawing.moment_text(NOW), drawing.number_text(1234.5))
    assert vietnamese == ("thứ Ba, 01/12/2026", "01/12/2026", "10:00, 23/11/2026", "1.234,5")
    g.language = "en"
    english = (drawing.weekday_text(came), drawing.day_text(came), drawing.moment_text(NOW), drawing.number_text(1234.5))
    assert english == ("Tuesday, 1 December 2026", "1 December 2026", "10:00, 23 November 2026", "1,234.5")


def test_a_label_made_on_import_is_in_the_language_of_the_page():
    label = language.lazy("Đăng nhập")
    assert str(label) == "Đăng nhập"
    g.language = "en"
    assert str(label) == "Sign in"
