"""What people and staff read about a complaint (N8): the number, who answers by when, and never where to go instead."""

from __future__ import annotations

import unicodedata

import pytest

from services.notifications.messages.catalogue import TEMPLATES, Channels, Urgency
from services.notifications.messages.texts import figure, last_day, segments, step
from tests.unit.notifications.test_notifications_texts import WORST, WRITTEN

TO_FILER = [name for name in TEMPLATES if name.startswith("complaint_")]
TO_STAFF = [name for name in TEMPLATES if name.startswith("staff_")]
ABOUT_ONE = [name for name in TO_STAFF if TEMPLATES[name].fact.startswith("feedback.") and name != "staff_report_made"]


@pytest.mark.rule("F8", "N8")
def test_who_has_filed_reads_number_code_office_and_the_last_day_of_the_answer_in_one_segment() -> None:
    text = WRITTEN.sms("complaint_received", WORST | {"office": "BHXH Thành phố Hồ Chí Minh"})
    for told in (
        "PA-261231-9999999-4",
        "WWWW-MMMM-WWWW-MMMM",
        "BHXH Thanh pho Ho Chi Minh",
        "cham nhat 30/12/2026",
        "19009068",
    ):
        assert told in text
    assert segments(text) == 1


@pytest.mark.rule("F8", "N8")
def test_without_a_tracking_code_none_is_mentioned() -> None:
    without = WORST | {"tracking_code": None}
    letter = WRITTEN.letter("complaint_received", without)
    for text in (WRITTEN.sms("complaint_received", without), letter.text, letter.html):
        assert "heo doi" not in text
        assert "ã theo dõi" not in text
        assert "None" not in text


@pytest.mark.rule("F4", "N8")
@pytest.mark.parametrize("name", [name for name in TO_FILER if name != "complaint_question"])
def test_every_message_to_whoever_filed_names_the_office_that_answers_and_none_to_go_to(name: str) -> None:
    letter = WRITTEN.letter(name, WORST | {"office": "BHXH tỉnh Lào Cai"})
    texts = (WRITTEN.sms(name, WORST | {"office": "BHXH tỉnh Lào Cai"}), letter.text, letter.html)
    assert "BHXH tinh Lao Cai" in texts[0]
    for text in texts:
        assert "Moi den" not in text
        assert "mời Ông/Bà đến" not in text
        assert "PA-261231-9999999-4" in text
    assert "BHXH tỉnh Lào Cai" in letter.text


@pytest.mark.rule("N8")
@pytest.mark.parametrize("name", TO_FILER)
def test_the_email_leads_to_where_the_complaint_is_followed(name: str) -> None:
    letter = WRITTEN.letter(name, WORST)
    assert "/feedback/complaints/PA-261231-9999999-4" in letter.text
    assert 'href="http://127.0.0.1:8105/feedback/complaints/PA-261231-9999999-4"' in letter.html


@pytest.mark.rule("F8", "N8")
def test_an_answer_goes_whole_by_email_and_says_until_when_it_may_be_reopened() -> None:
    letter = WRITTEN.letter("complaint_answered", WORST)
    assert WORST["answer"] in letter.text
    assert "được đến 23:59 31/12/2026" in letter.text, "as an earlier release tells it"
    text = WRITTEN.sms("complaint_answered", WORST | {"answer": "Đã bổ sung đủ năm 2019."})
    assert "Da bo sung du nam 2019. Chua dong y thi mo lai den 23:59 31/12/2026" in text
    values = WORST | {"reopen_until": "2027-01-01T00:00:00+07:00", "answer": "Đã bổ sung."}
    assert "được đến hết ngày 31/12/2026" in WRITTEN.letter("complaint_answered", values).text
    assert "mo lai den het ngay 31/12/2026;" in WRITTEN.sms("complaint_answered", values)
    assert "được đến hết ngày 31/12/2026" in WRITTEN.letter("staff_complaint_answered", values).text


@pytest.mark.rule("N8")
def test_somebodys_own_words_are_no_markup_and_keep_their_lines() -> None:
    letter = WRITTEN.letter("complaint_answered", WORST | {"answer": "Dòng một.\n<b>Dòng hai</b> & hết."})
    assert "Dòng một.\n<b>Dòng hai</b> & hết." in letter.text
    assert "&lt;b&gt;Dòng hai&lt;/b&gt; &amp; hết." in letter.html


@pytest.mark.rule("N8")
@pytest.mark.parametrize("name", ABOUT_ONE)
def test_staff_read_number_office_board_and_category_and_nothing_of_whoever_filed(name: str) -> None:
    private = {"full_name", "question", "answer", "tracking_code", "bhxh_code", "reason"}
    letter = WRITTEN.letter(name, {key: value for key, value in WORST.items() if key not in private})
    assert letter.text.startswith("Kính gửi Ban Quản lý Thu - Sổ, Thẻ,")
    for told in ("PA-261231-9999999-4", WORST["office"], WORST["category"]):
        assert told in letter.text
    assert "PA-261231-9999999-4" in letter.subject


@pytest.mark.rule("N12")
@pytest.mark.parametrize("name", [name for name, template in TEMPLATES.items() if template.channels is not Channels.SMS])
def test_staff_read_their_own_help_line_at_the_foot_and_citizens_never_do(name: str) -> None:
    letter = WRITTEN.letter(name, WORST)
    staff = name in (*TO_STAFF, "progress_report")
    for text in (letter.text, letter.html):
        assert ("0243.7753944" in text) is staff
        assert ("1900 9068" in text) is not staff


@pytest.mark.rule("N12")
@pytest.mark.parametrize("name", [name for name, template in TEMPLATES.items() if template.channels is not Channels.EMAIL])
def test_no_sms_names_the_officers_help_line(name: str) -> None:
    assert "7753944" not in WRITTEN.sms(name, WORST)


@pytest.mark.rule("N8")
def test_staff_are_told_at_once_by_email_and_people_by_day_of_what_working_days_brought() -> None:
    assert {(TEMPLATES[name].channels, TEMPLATES[name].urgency) for name in TO_STAFF} == {(Channels.EMAIL, Urgency.AT_ONCE)}
    quiet = {name for name in TO_FILER if TEMPLATES[name].quiet}
    # whoever has just filed or reopened waits for the number
    assert set(TO_FILER) - quiet == {"complaint_received", "complaint_reopened"}


@pytest.mark.rule("F7", "N8")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("acknowledge", "tiếp nhận"),
        ("route", "chuyển đến nơi liên quan"),
        ("answer", "trả lời"),
        ("coordination", "trả lời phối hợp"),
        ("a-step-of-a-later-release", "xử lý"),
    ],
)
def test_each_clock_is_told_in_words(name: str, words: str) -> None:
    assert step(name) == words
    assert WRITTEN.letter("staff_complaint_overdue", WORST | {"step": name}).subject.startswith(f"QUÁ HẠN {words}: ")
    assert unicodedata.is_normalized("NFC", words)


@pytest.mark.rule("F7")
@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-12-15T00:00:00+07:00", "14/12/2026"),
        ("2026-12-14T17:00:00+00:00", "14/12/2026"),
        ("2026-12-14T23:59:59+07:00", "14/12/2026"),
        ("2026-12-14T09:30:00+07:00", "14/12/2026"),
    ],
)
def test_a_deadline_at_midnight_is_told_as_the_day_that_ends_with_it(moment: str, day: str) -> None:
    assert last_day(moment) == day


@pytest.mark.rule("F6")
def test_the_leadership_reads_every_total_of_a_report_in_both_halves_of_the_email() -> None:
    letter = WRITTEN.letter("staff_report_made", WORST)
    assert letter.subject == "Báo cáo phản ánh, kiến nghị: Tuần 47 năm 2026 (16/11/2026 – 22/11/2026)"
    for number in WORST["totals"].values():
        assert f": {figure(number)}\n" in letter.text
        assert f"<strong>{figure(number)}</strong>" in letter.html
    unrated = WRITTEN.letter("staff_report_made", WORST | {"totals": WORST["totals"] | {"rating": None}})
    assert "(1–5): chưa có\n" in unrated.text
