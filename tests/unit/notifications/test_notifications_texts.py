"""What people read: SMS that fit, e-mails in correct Vietnamese, and nothing left unfilled."""

from __future__ import annotations

import string
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import smsutil

from services.chassis.seal import generate_keypair
from services.notifications.handlers import HANDLERS
from services.notifications.messages import texts
from services.notifications.messages.catalogue import TEMPLATES, Channels, Template
from services.notifications.messages.texts import Texts, Unwritable, cut, figure, fold, segments
from services.notifications.settings import Settings

FOLDER = Path(texts.__file__).with_name("templates")
SETTINGS = Settings(
    seal_private_key=generate_keypair().private_key, form_link_url="https://dichvucong.baohiemxahoi.gov.vn/to-khai/{token}"
)
WRITTEN = Texts(SETTINGS)

#: long, but such as there are: a name of six long words, a password of 16, an officer who explains himself
WORST: dict[str, Any] = {
    "progress": {
        "filed": 10_000_000,
        "received": 10_000_001,
        "approved": 10_000_002,
        "rejected": 10_000_003,
        "expired": 10_000_004,
        "withdrawn": 10_000_005,
        "open": 10_000_006,
        "minutes_in_time": 10_000_007,
        "minutes_late": 10_000_008,
        "days_in_time": 10_000_009,
        "days_late": 10_000_010,
    },
    "dossier_no": "261231-9999999-4",
    "kind": "register",
    "route": "portal",
    "bhxh_code": "0113099841",
    "full_name": "Nguyễn Hoàng Phượng Trường Thị Quỳnh",
    "expires_at": "2026-12-31T23:59:00+07:00",
    "until": "2027-01-01T00:00:00+07:00",
    "last_day": "2026-12-31",
    "pictures": ["birth_certificate", "portrait"],
    "at": "2026-12-31T23:59:00+07:00",
    "password": "WwMm42WwMm42WwMm",
    "code": "888888",
    "account": "01****9841",
    "change": "recovery_codes_renewed",
    "changed": ["full_name", "date_of_birth", "id_number", "personal_id", "phone", "email", "address"],
    "unchanged": False,
    "what": "identity_in_use",
    "purpose": "takeover",
    "reason": "Họ, chữ đệm và tên trên thẻ căn cước công dân khác với họ, chữ đệm và tên đã kê khai; ngày sinh trên giấy khai "
    "sinh cũng không khớp với ngày sinh trong Hệ thống cấp mã số BHXH. Đề nghị Ông/Bà kiểm tra, kê khai lại và mang theo bản chính.",
    "office": "Bảo hiểm xã hội cơ sở Hương Thủy - Phú Lộc, Thành phố Huế",
    "office_address": "162 Tô Hiệu, phường Hà Cầu, Quận Hà Đông, Hà Nội",
    "office_phone": "0234.3861.999",
    "form_token": "WWWWMMMMWWWWMMMM",
    "complaint_no": "PA-261231-9999999-4",
    "tracking_code": "WWWW-MMMM-WWWW-MMMM",
    "received_at": "2026-12-31T23:59:00+07:00",
    "acknowledge_due": "2026-12-31T00:00:00+07:00",
    "answer_due": "2026-12-31T00:00:00+07:00",
    "due_at": "2026-12-31T00:00:00+07:00",
    "wait_until": "2026-12-31T00:00:00+07:00",
    "reopen_until": "2026-12-31T23:59:00+07:00",
    "answered_at": "2026-12-31T23:59:00+07:00",
    "reminded_at": "2026-12-31T23:59:00+07:00",
    "question": "Đề nghị Ông/Bà cho biết thời gian làm việc tại từng đơn vị từ năm 2015 đến năm 2019, kèm bản chụp sổ bảo hiểm xã hội, "
    "hợp đồng lao động và quyết định thôi việc nếu còn giữ được.",
    "answer": "Quá trình đóng năm 2019 của Ông/Bà đã được bổ sung từ tháng 3 đến tháng 8 theo hồ sơ của đơn vị cũ. Sổ bảo hiểm xã "
    "hội được cấp lại trong 5 ngày làm việc và gửi về địa chỉ liên hệ. Thời gian còn thiếu của năm 2017 đơn vị cũ chưa đóng; cơ quan "
    "BHXH đã yêu cầu đơn vị đóng bù và sẽ thông báo kết quả.",
    "addressee": "Ban Quản lý Thu - Sổ, Thẻ",
    "board": "Ban Quản lý Thu - Sổ, Thẻ",
    "category": "Quá trình tham gia bị thiếu hoặc sai lệch",
    "step": "coordination",
    "level": 3,
    "complete_at": "2026-12-28T10:00:00+07:00",
    "seconds_left": 57_600,
    "answered_by": "BHXH Thành phố Hà Nội",
    "reminded_by": "Ban Quản lý Thu - Sổ, Thẻ",
    "words": "Đề nghị trả lời trước ngày 15/12.",
    "ref": "261231-9999999-4",
    "phone": "+84******986",
    "text": "BHXH VN: Tai khoan 0113099841 da ngung su dung theo ho so 261231-9999999-4, luc 23:59 31/12/2026",
    "never_sent": False,
    "title": "Tuần 47 năm 2026 (16/11/2026 – 22/11/2026)",
    "totals": {
        "received": 1204,
        "settled": 1130,
        "settled_in_time": 1101,
        "settled_late": 29,
        "open": 2210,
        "open_late": 41,
        "reopened": 12,
        "rating": 4.21,
    },
}
BY_SMS = [t for t in TEMPLATES.values() if t.channels is not Channels.EMAIL]
BY_MAIL = [t for t in TEMPLATES.values() if t.channels is not Channels.SMS]


def named(template: Template) -> str:
    return template.name


@pytest.mark.rule("N9")
@pytest.mark.parametrize("template", BY_SMS, ids=named)
@pytest.mark.parametrize("route", ["portal", "counter", "guardian"])
@pytest.mark.parametrize("purpose", ["takeover", "password_change", "password_reset"])
def test_an_sms_fits_its_segments_with_the_longest_realistic_data(template: Template, route: str, purpose: str) -> None:
    text = WRITTEN.sms(template.name, WORST | {"route": route, "purpose": purpose})
    assert len(smsutil.split(text).parts) <= template.max_segments, f"{len(text)} characters: {text}"
    assert text.isascii()
    assert "  " not in text


@pytest.mark.rule("N9")
@pytest.mark.parametrize("template", BY_SMS, ids=named)
def test_an_sms_begins_with_the_brand_name(template: Template) -> None:
    assert WRITTEN.sms(template.name, WORST).startswith("BHXH VN: ")


@pytest.mark.rule("N9")
def test_only_texts_with_a_name_or_somebodys_own_words_in_them_may_take_more_than_one_segment() -> None:
    longer = {template.name: template.max_segments for template in BY_SMS if template.max_segments > 1}
    assert longer == {
        "child_submitted": 2,
        "child_activated": 2,
        "pictures_awaited": 2,
        "code_not_found": 2,
        "identity_questioned": 2,
        "account_changed": 2,
        "contact_changed": 2,
        "without_effect": 2,
        "declaration_rejected": 3,
        "complaint_question": 2,
        "complaint_answered": 3,
    }
    assert texts.segments(WRITTEN.sms("code_not_found", WORST)) == 1


@pytest.mark.rule("V12")
def test_the_old_address_reads_what_was_changed_each_thing_once_and_nobody_elses_data() -> None:
    text = WRITTEN.sms("account_changed", WORST | {"changed": ["id_type", "id_number", "phone"]})
    assert "da doi giay to tuy than, so dien thoai luc 23:59 31/12/2026" in text
    assert "da dieu chinh" not in WRITTEN.sms("account_adjusted", WORST | {"unchanged": True})


@pytest.mark.rule("A2-first-ten-days")
def test_the_last_day_of_a_first_password_is_named_and_that_of_an_earlier_release_has_none() -> None:
    for name in ("account_activated", "child_activated"):
        assert "(phai doi, dung den het 31/12/2026)" in WRITTEN.sms(name, WORST)
        assert "(doi khi dang nhap lan dau)" in WRITTEN.sms(name, WORST | {"until": None})
        assert "đến hết ngày 31/12/2026" in WRITTEN.letter(name, WORST).text


@pytest.mark.rule("A2")
def test_the_first_password_stands_between_its_label_and_a_space() -> None:
    password = "aB3!x.Y,z"
    for name in ("account_activated", "child_activated"):
        text = WRITTEN.sms(name, WORST | {"password": password})
        assert text.split("Mat khau: ")[1].split()[0] == password


@pytest.mark.parametrize("character", [c for c in string.punctuation if c != "`"])
def test_a_password_may_hold_any_punctuation_of_gsm(character: str) -> None:
    assert f"Mat khau: a{character}b " in WRITTEN.sms("account_activated", WORST | {"password": f"a{character}b"})


@pytest.mark.rule("I5")
def test_the_sms_of_a_submission_holds_the_dossier_number_and_the_bhxh_code() -> None:
    text = WRITTEN.sms("declaration_submitted", WORST)
    assert "261231-9999999-4" in text
    assert "0113099841" in text
    assert "31/12/2026" in text


@pytest.mark.rule("I6")
@pytest.mark.parametrize(
    "name",
    ["declaration_submitted", "declaration_expiring", "declaration_extended", "declaration_expired", "pictures_awaited"],
)
def test_every_sms_about_the_ten_days_names_the_same_last_day(name: str) -> None:
    ten_days = {"expires_at": "2026-12-10T17:00:00+00:00", "last_day": "2026-12-10"}
    assert "het ngay 10/12/2026" in WRITTEN.sms(name, WORST | ten_days)


@pytest.mark.rule("I6")
def test_the_e_mail_with_the_form_names_the_last_day_if_there_is_one() -> None:
    letter = WRITTEN.letter("form_attached", WORST | {"last_day": "2026-12-10"})
    assert "đến hết ngày 10/12/2026" in letter.text
    assert "10/12/2026" in letter.html
    for nothing in ({"last_day": None}, {}):
        values = {name: value for name, value in WORST.items() if name != "last_day"} | nothing
        assert "hết ngày" not in WRITTEN.letter("form_attached", values).text


def test_a_submission_that_does_not_expire_names_no_day() -> None:
    text = WRITTEN.sms("declaration_submitted", WORST | {"expires_at": None})
    assert "het ngay" not in text
    assert "None" not in text


@pytest.mark.rule("I12")
@pytest.mark.parametrize(
    "name", ["declaration_submitted", "declaration_expiring", "declaration_extended", "declaration_expired"]
)
def test_whoever_files_by_post_is_not_told_to_come(name: str) -> None:
    text = WRITTEN.sms(name, WORST | {"filing": "post"})
    assert "buu dien" in text
    assert "den co quan" not in text
    assert "giay to den" not in text


@pytest.mark.rule("I12")
def test_the_letter_with_the_form_says_what_to_post() -> None:
    text = WRITTEN.letter("form_attached", WORST | {"filing": "post"}).text
    assert "qua bưu chính công ích" in text
    assert "khi đến cơ quan BHXH" not in text
    assert "khi đến cơ quan BHXH" in WRITTEN.letter("form_attached", WORST | {"filing": "counter"}).text


@pytest.mark.rule("V9", "I5")
@pytest.mark.parametrize("route", ["guardian", "counter"])
def test_the_letter_with_the_form_asks_nobody_to_come_who_need_not(route: str) -> None:
    letter = WRITTEN.letter("form_attached", WORST | {"route": route, "corrected": True})
    for text in (letter.text, letter.html):
        assert "Tờ khai được gửi kèm thư này." in text
        assert "đến cơ quan BHXH" not in text
        assert "tra-cuu-co-quan" not in text
        assert ("ký lại" in text) is (route == "counter"), "nobody signs a guardian's form"


@pytest.mark.rule("V9", "I6")
@pytest.mark.parametrize("name", ["declaration_expiring", "declaration_extended", "declaration_expired"])
def test_a_guardian_who_owes_a_picture_is_told_to_send_it_and_not_to_come(name: str) -> None:
    text = WRITTEN.sms(name, WORST | {"route": "guardian"})
    assert "anh con thieu" in text
    assert "co quan" not in text


@pytest.mark.rule("I1")
def test_who_comes_is_told_where_the_nearest_office_is_found() -> None:
    letter = WRITTEN.letter("form_attached", WORST)
    for text in (letter.text, letter.html):
        assert "https://baohiemxahoi.gov.vn/tracuu/Pages/tra-cuu-co-quan-bao-hiem.aspx" in text


@pytest.mark.rule("V5")
def test_nobody_is_made_to_print_the_form() -> None:
    letter = WRITTEN.letter("form_attached", WORST | {"filing": "counter"})
    assert "không bắt buộc phải in tờ khai" in letter.text
    assert "không bắt buộc phải in tờ khai" in letter.html
    for name in ("declaration_submitted", "declaration_expiring", "declaration_extended"):
        assert "to khai" not in WRITTEN.sms(name, WORST).lower()


@pytest.mark.rule("V3", "N1")
def test_who_comes_with_a_child_is_told_to_bring_its_birth_certificate() -> None:
    text = WRITTEN.sms("declaration_submitted", WORST | {"birth_certificate": True})
    assert "Mang giay khai sinh, giay to cha me den BHXH bat ky den het ngay 31/12/2026" in text
    assert segments(text) == 1
    assert "khai sinh" not in WRITTEN.sms("declaration_submitted", WORST | {"birth_certificate": False})


@pytest.mark.rule("V3")
def test_the_letter_with_a_corrected_form_says_that_it_replaces_all_before() -> None:
    assert "thay cho mọi bản trước" in WRITTEN.letter("form_attached", WORST | {"corrected": True}).text
    assert "thay cho" not in WRITTEN.letter("form_attached", WORST | {"corrected": False}).text


@pytest.mark.rule("I5")
def test_the_sms_about_a_child_names_the_child_and_links_to_its_form() -> None:
    text = WRITTEN.sms("child_submitted", WORST)
    assert "Nguyen Hoang Phuong Truong Thi Quynh" in text
    assert "https://dichvucong.baohiemxahoi.gov.vn/to-khai/WWWWMMMMWWWWMMMM " in text
    assert "To khai" not in WRITTEN.sms("child_submitted", WORST | {"form_token": None})


@pytest.mark.rule("N1", "N4", "N5")
@pytest.mark.parametrize("name", ["declaration_rejected", "code_not_found", "identity_questioned"])
def test_a_guardian_is_told_which_child_it_is_about_and_others_need_no_name(name: str) -> None:
    named = "261231-9999999-4 cua Nguyen Hoang Phuong Truong Thi Quynh"
    assert named in WRITTEN.sms(name, WORST | {"route": "guardian"})
    assert "Nguyen" not in WRITTEN.sms(name, WORST)


@pytest.mark.rule("V8", "N4")
def test_a_rejection_says_why_whom_to_call_and_where_to_go() -> None:
    text = WRITTEN.sms("declaration_rejected", WORST | {"reason": "Họ tên khác với giấy tờ."})
    assert "Ly do: Ho ten khac voi giay to." in text
    assert "19009068" in text
    assert "hoac co quan BHXH gan nhat (Bao hiem xa hoi co so Huong Thuy" in text, (
        "any office, not only the one of the form (V2)"
    )
    letter = WRITTEN.letter("declaration_rejected", WORST)
    assert WORST["reason"] in letter.text
    assert "1900 9068" in letter.text
    assert "tra-cuu-co-quan-bao-hiem" in letter.text


@pytest.mark.rule("V7", "N5")
def test_an_unknown_code_leads_to_an_office_that_gives_one() -> None:
    text = WRITTEN.sms("code_not_found", WORST)
    assert "de duoc cap ma so" in text


@pytest.mark.rule("V7", "N9")
@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("name_differs", "ho ten khac du lieu BHXH"),
        ("birth_differs", "ngay sinh khac du lieu BHXH"),
        ("identity_in_use", "so CCCD da dung voi ma so BHXH khac"),
        ("something_newer", "thong tin can doi chieu"),
    ],
)
def test_a_doubt_about_the_person_says_what_to_bring_and_that_any_office_will_do(what: str, said: str) -> None:
    text = WRITTEN.sms("identity_questioned", WORST | {"what": what})
    assert said in text
    assert "mang CCCD" in text.replace("Mang", "mang")
    assert "den co quan BHXH gan nhat" in text
    assert "19009068" in text
    assert texts.segments(text) == 1, "only a child's name may need a second"
    for_child = WRITTEN.sms("identity_questioned", WORST | {"what": what, "route": "guardian"})
    assert texts.segments(for_child) <= 2


@pytest.mark.parametrize("template", BY_MAIL, ids=named)
def test_an_email_is_whole_and_composed_vietnamese(template: Template) -> None:
    letter = WRITTEN.letter(template.name, WORST)
    assert "\n" not in letter.subject
    assert 5 < len(letter.subject) < 120
    for text in (letter.subject, letter.text, letter.html):
        assert unicodedata.is_normalized("NFC", text)
        assert not text.isascii()
        assert "{{" not in text
        assert "{%" not in text
    assert letter.html.startswith("<!doctype html>")


@pytest.mark.parametrize("template", BY_MAIL, ids=named)
def test_the_two_halves_of_an_email_say_the_same(template: Template) -> None:
    letter = WRITTEN.letter(template.name, WORST)
    values = ["261231-9999999-4", "0113099841", "WwMm42WwMm42WwMm", "31/12/2026", "30/12/2026", "23:59 31/12/2026"]
    told = (
        "full_name",
        "reason",
        "tracking_code",
        "question",
        "answer",
        "addressee",
        "board",
        "category",
        "office",
        "words",
        "text",
    )
    for value in values + [WORST[name] for name in told]:
        assert (value in letter.text) == (value in letter.html), value


def test_what_people_wrote_is_no_markup() -> None:
    letter = WRITTEN.letter("declaration_rejected", WORST | {"reason": "<script>alert(1)</script> & ảnh mờ"})
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert "<script>alert(1)</script> & ảnh mờ" in letter.text


def test_a_subject_stays_on_its_line_whatever_is_in_it() -> None:
    letter = WRITTEN.letter("child_activated", WORST | {"full_name": "Lan\r\nBcc: x@example.com"})
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=named)
def test_a_missing_value_is_a_fault_and_never_an_empty_place(template: Template) -> None:
    with pytest.raises(Unwritable):
        if template in BY_SMS:
            WRITTEN.sms(template.name, {})
        else:
            WRITTEN.letter(template.name, {})


def test_every_message_has_its_texts_and_no_text_is_left_over() -> None:
    assert {file.stem for file in (FOLDER / "sms").glob("*.txt")} == {t.name for t in BY_SMS}
    for suffix in ("txt", "html"):
        names = {file.stem for file in (FOLDER / "email").glob(f"*.{suffix}") if not file.stem.startswith("_")}
        assert names == {t.name for t in BY_MAIL}


def test_every_message_tells_a_fact_that_is_read_and_every_fact_read_is_told_but_those_that_say_nothing_to_people() -> None:
    read = {f"{reader.service}.{reader.fact_name}" for reader in HANDLERS}
    # of our own failures this service hears without a fact
    assert {template.fact for template in TEMPLATES.values()} - {"notifications.message_failed"} == read - {
        "feedback.calendar_changed",
        "verification.phone_confirmed",
        # tells the same as the first: the account's name and password
        "accounts.first_password_renewed",
        # what is held of a person is asked, or erased
        "accounts.data_subject_requested",
        "feedback.complaint_closed",
        # kept, to show if others' histories are changed
        *(f"{service}.history_head_published" for service in ("registration", "verification", "accounts", "feedback")),
    }


@pytest.mark.rule("N9")
@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Nguyễn Thành Biên", "Nguyen Thanh Bien"),
        ("Đặng Thị Đào", "Dang Thi Dao"),
        ("đường Ươm Ơ Ă Â Ê Ô Ư", "duong Uom O A A E O U"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ngọc Ánh"), "Nguyen Thi Ngoc Anh"),
        ("Hoà – “Thuý”", 'Hoa - "Thuy"'),
        ("a`b", "a'b"),
        ("  nhiều \t\n khoảng  trắng ", "nhieu khoang trang"),
    ],
)
def test_names_are_folded_to_plain_letters(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.rule("W2")
def test_the_names_of_every_people_fold_into_gsm() -> None:
    names = tomllib.loads((Path(__file__).parents[1] / "chassis/names_of_peoples.toml").read_text(encoding="utf-8"))
    for name in (name for names_of_one in names.values() for name in names_of_one):
        for written in (name, name.upper(), unicodedata.normalize("NFD", name)):
            assert smsutil.is_valid_gsm(fold(written)), name
            assert fold(written).isascii()


def test_every_vietnamese_letter_folds_into_gsm() -> None:
    letters = [chr(c) for c in range(0x00C0, 0x1EFA) if unicodedata.name(chr(c), "").startswith("LATIN")]
    vietnamese = [
        letter for letter in letters if ord(letter) >= 0x1EA0 or letter in "ĂăÂâĐđÊêÔôƠơƯưÀÁÃÈÉÌÍĨÒÓÕÙÚŨÝàáãèéìíĩòóõùúũý"
    ]
    assert len(vietnamese) > 130
    for letter in vietnamese:
        assert len(fold(letter)) == 1, letter
        assert smsutil.is_valid_gsm(fold(letter)), letter


def test_a_cut_text_ends_between_two_words() -> None:
    assert cut("mot hai ba bon", 14) == "mot hai ba bon"
    assert cut("mot hai ba bon", 12) == "mot hai..."
    assert len(cut("x" * 500, 100)) <= 101


@pytest.mark.rule("R1")
def test_the_leadership_reads_every_total_of_the_progress_in_both_halves_of_the_email() -> None:
    letter = WRITTEN.letter("progress_report", WORST)
    assert letter.subject == "Báo cáo tiến độ đăng ký giao dịch điện tử: Tuần 47 năm 2026 (16/11/2026 – 22/11/2026)"
    for number in WORST["progress"].values():
        assert f": {figure(number)}\n" in letter.text
        assert f"<strong>{figure(number)}</strong>" in letter.html


@pytest.mark.parametrize(("number", "written"), [(0, "0"), (999, "999"), (1234567, "1.234.567"), (4.5, "4,5")])
def test_figures_are_written_as_people_in_vietnam_write_them(number: float, written: str) -> None:
    assert figure(number) == written
