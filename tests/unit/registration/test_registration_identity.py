"""Fields of Form 01 about the person: what blocks, what only warns, how each is written down."""

import unicodedata
from datetime import UTC, date, datetime

import marshmallow as ma
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.text import people
from services.chassis.text.emails import email_address, is_sendable
from services.chassis.text.phones import mobile_in_e164
from services.chassis.web.wording import vietnamese
from services.registration.declarations import identity
from services.registration.declarations.oddities import oddities

TODAY = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def refused(check, *values):
    with pytest.raises(ma.ValidationError) as refusal:
        check(*values)
    (message,) = refusal.value.messages
    assert vietnamese(message) not in ("", "Giá trị không hợp lệ.")
    for value in values:
        if isinstance(value, str) and len(value) > 5 and value != "passport":
            assert value not in message
    return message


@pytest.mark.rule("I1", "W2")
@pytest.mark.parametrize("text", ["0113099841", " 0113099841 ", "0113 0998 41", "０１１３０９９８４１"])
def test_a_bhxh_code_has_ten_digits(text):
    assert people.bhxh_code(text) == "0113099841"


@pytest.mark.rule("I1")
@pytest.mark.parametrize("text", ["", "011309984", "01130998411", "011309984a", "0113-09984", "٠١١٣٠٩٩٨٤١"])
def test_a_bhxh_code_of_another_length_or_with_other_signs_is_refused(text):
    refused(people.bhxh_code, text)


@pytest.mark.rule("I1", "I9")
@pytest.mark.parametrize(
    ("id_type", "text", "kept"),
    [
        ("cmnd", "012345678", "012345678"),
        ("cccd", "111349876090", "111349876090"),
        ("cccd", "001 087 012345", "001087012345"),
        ("passport", "c1234567", "C1234567"),
    ],
)
def test_an_id_number_of_its_type_is_kept(id_type, text, kept):
    assert people.id_number(id_type, text) == kept


@pytest.mark.rule("I1", "I9")
@pytest.mark.parametrize(
    ("id_type", "text"),
    [
        ("cmnd", "0123456789"), ("cmnd", "01234567x"), ("cccd", "11134987609"), ("cccd", "1113498760901"),
        ("cccd", "11134987609O"), ("passport", "C12"), ("passport", "ABCDEFGH"), ("passport", "C1234567é"), ("licence", "012345678"),
    ],
)  # fmt: skip
def test_an_id_number_of_wrong_length_or_signs_is_refused(id_type, text):
    refused(people.id_number, id_type, text)


@pytest.mark.rule("I1")
@pytest.mark.parametrize(
    "text",
    [
        "0983847986", "0983 847 986", "0983.847.986", "(098) 384-7986", "84983847986", "+84983847986", "+84 983 847 986",
        "+84 (0) 983847986", "0084983847986", " 0983847986 ",
    ],
)  # fmt: skip
def test_a_mobile_number_is_kept_as_e164_however_it_is_written(text):
    assert mobile_in_e164(text) == "+84983847986"


@pytest.mark.rule("I1")
@pytest.mark.parametrize(
    "text",
    ["", "098384798", "09838479860", "0283847986", "02437236555", "+1 202 555 0123", "0983847986x", "84983847", "19009068"],
)
def test_what_is_no_vietnamese_mobile_number_is_refused(text):
    refused(mobile_in_e164, text)


@given(
    prefix=st.sampled_from(["0", "84", "+84", "0084"]),
    first=st.sampled_from("35789"),
    rest=st.from_regex(r"[0-9]{8}", fullmatch=True),
)
def test_every_mobile_number_has_one_form_and_keeping_it_again_changes_nothing(prefix, first, rest):
    kept = mobile_in_e164(prefix + first + rest)
    assert kept == "+84" + first + rest
    assert mobile_in_e164(kept) == kept


@pytest.mark.rule("I1")
def test_an_unknown_range_of_phone_numbers_warns_and_does_not_block():
    assert oddities(phone=mobile_in_e164("0533847986")) == [("phone", "phone-range")]
    assert oddities(phone="+84983847986") == []


@pytest.mark.rule("I1")
@pytest.mark.parametrize(
    ("text", "kept"), [("biennt@vss.gov.vn", "biennt@vss.gov.vn"), (" Bien.NT@VSS.gov.vn ", "Bien.NT@vss.gov.vn")]
)
def test_an_e_mail_address_is_kept(text, kept):
    assert email_address(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "biennt",
        "biennt@",
        "biên@vss.gov.vn",
        "a b@vss.gov.vn",
        "a@localhost",
        "root@localhost",
        "root@localhost.localdomain",
        "ä@b.vn",
        "a@[10.0.0.1]",
        "a@[IPv6:::1]",
        "a@10.0.0.1",
        "a@may-chu",
        "a@mail.local",
        "a@mail.internal",
        "a@mail.lan",
        "a@mail.home.arpa",
        "a@mail.test",
        "a@mail.invalid",
        "a@mail.onion",
        "a@mail.alt",
        '"a"@a.vn',
        '"a b"@a.vn',
        "a@xn--a.vn",
        "a@b..vn",
        "x" * 300 + "@a.vn",
        "x" * 65 + "@a.vn",
    ],
)
def test_what_is_no_e_mail_address_is_refused(text):
    refused(email_address, text)


def test_an_address_of_other_letters_is_taken_in_its_ascii_form():
    assert email_address("an@bücher.vn") == email_address("an@xn--bcher-kva.vn") == "an@xn--bcher-kva.vn"


@pytest.mark.parametrize("sign", "\u202a\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\ufeff")
def test_signs_of_direction_in_an_address_are_dropped_at_the_door_and_sent_to_nowhere(sign):
    assert email_address(f"a{sign}n@a.vn") == "an@a.vn"
    assert not is_sendable(f"a{sign}n@a.vn")


@pytest.mark.rule("W2")
@pytest.mark.parametrize(
    "text",
    [".an@a.vn", "..an@a.vn", ". an@a.vn", "\u3002an@a.vn", "\uff0ean@a.vn", "\u2026an@a.vn", "\u200b.an@a.vn", "\u2022 .an@a.vn", "an.@a.vn"],
)  # fmt: skip
def test_a_dot_that_an_address_cannot_have_is_refused_since_the_rest_might_be_somebody_elses(text):
    refused(email_address, text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("an@a.vn.", "an@a.vn"), ("\u00b7 an@a.vn", "an@a.vn"), ("\u2022 an@a.vn,", "an@a.vn"), ("x" * 64 + "@a.vn", "x" * 64 + "@a.vn")],
)  # fmt: skip
def test_what_clings_to_an_address_and_is_none_of_its_signs_is_dropped(text, kept):
    assert email_address(text) == kept


@pytest.mark.rule("I1")
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Nguyễn Thành Biên", "Nguyễn Thành Biên"),
        ("  NGUYỄN   THÀNH\tBIÊN ", "NGUYỄN THÀNH BIÊN"),
        (unicodedata.normalize("NFD", "Nguyễn Thành Biên"), "Nguyễn Thành Biên"),
        ("H'Hen Niê", "H'Hen Niê"),
        ("Ðỗ Thị Ðào", "Đỗ Thị Đào"),
        ("Anne-Marie O’Neill", "Anne-Marie O'Neill"),
        ("Nguyễn\u200b Văn", "Nguyễn Văn"),
        ("Vũ", "Vũ"),
    ],
)
def test_a_name_is_kept_composed_and_with_single_spaces(text, kept):
    assert people.full_name(text) == kept


@pytest.mark.rule("I1")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "-'-",
        "Nguyễn Văn 2",
        "Nguyễn <b>",
        "Нгуен Ван",
        "a" * 101,
        "\u0302ban",
        "Zaaa\u0300\u0301\u0302\u0303",
        "阮文",
    ],
)
def test_what_is_no_name_is_refused(text):
    refused(people.full_name, text)


@given(st.text(max_size=40))
def test_a_name_that_is_kept_is_kept_as_it_is_the_second_time(text):
    try:
        kept = people.full_name(text)
    except ma.ValidationError:
        return
    assert people.full_name(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)


@pytest.mark.rule("I1")
def test_a_date_of_birth_lies_in_the_past_and_within_a_life():
    with time_machine.travel(TODAY, tick=False):
        assert identity.date_of_birth(date(1987, 5, 19)) == date(1987, 5, 19)
        assert identity.date_of_birth(date(2026, 11, 22))
        refused(identity.date_of_birth, date(2026, 11, 23))
        refused(identity.date_of_birth, date(1895, 1, 1))


@pytest.mark.rule("I3")
@pytest.mark.parametrize(
    ("born", "on", "child"),
    [
        (date(2008, 11, 22), date(2026, 11, 21), True),
        (date(2008, 11, 22), date(2026, 11, 22), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
    ],
)
def test_a_child_is_one_until_the_eighteenth_birthday(born, on, child):
    assert identity.is_child(born, on) is child


@pytest.mark.rule("I9")
def test_the_guides_own_cccd_warns_and_passes():
    assert people.id_number("cccd", "111349876090") == "111349876090"
    odd = oddities(id_type="cccd", id_number="111349876090", date_of_birth=date(1987, 5, 19))
    assert odd == [("id_number", "id-province"), ("id_number", "id-birth-year")]
    with time_machine.travel(TODAY, tick=False):
        undated = oddities(id_type="cccd", id_number="111349876090")
    assert [o.code for o in undated] == ["id-province", "id-century"]


@pytest.mark.rule("I9")
@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("001087012345", date(1987, 5, 19)),
        ("001187012345", date(1987, 5, 19)),
        ("079204000001", date(2004, 1, 1)),
        ("096304000001", date(2004, 1, 1)),
    ],
)
def test_a_number_that_fits_the_published_structure_does_not_warn(number, born):
    assert oddities(id_type="cccd", id_number=number, personal_id=number, date_of_birth=born) == []


@pytest.mark.rule("I9")
@pytest.mark.parametrize(
    ("number", "born", "code"),
    [
        ("003087012345", date(1987, 5, 19), "id-province"),
        ("001287012345", date(1987, 5, 19), "id-birth-year"),
        ("001086012345", date(1987, 5, 19), "id-birth-year"),
    ],
)
def test_a_number_that_does_not_fit_warns_and_says_where(number, born, code):
    odd = oddities(id_type="cccd", id_number=number, personal_id=number, date_of_birth=born)
    assert odd == [("id_number", code), ("personal_id", code)]
