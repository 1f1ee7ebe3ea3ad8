"""One folding of what people type (W2)."""

import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import marshmallow as ma
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.accounts.passwords.generated import as_generated
from services.chassis import tracking
from services.chassis.text import people, signs
from services.chassis.text.emails import email_address
from services.chassis.text.folding import one_line, plain_address, plain_code, plain_name, plain_number, prose, without_marks
from services.chassis.text.phones import mobile_in_e164
from services.chassis.text.quoted import as_given_out
from services.chassis.text.sorting import sort_key

pytestmark = pytest.mark.rule("W2")

FOLDINGS = (one_line, prose, plain_name, plain_number, plain_code, plain_address, as_given_out)
#: names of twenty peoples of Vietnam, ten each
NAMES = tomllib.loads(Path(__file__).with_name("names_of_peoples.toml").read_text(encoding="utf-8"))
EVERY_NAME = [name for names in NAMES.values() for name in names]

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202d\u202e\u2060\u2066\u2068\u2069\ufe0f\ufeff\ufffc\U000e0041\u0007\u001e\u0080"
#: what looks alike on screen: each sign of a row may stand for any other
_ALIKE = (
    f"'{signs.APOSTROPHES}",
    f"-{signs.HYPHENS}",
    f" {signs.SPACES}",
    "\u0110\u00d0\u0189",
    "\u0111\u00f0\u0256",
    *(f"{digit}{chr(0xFF10 + int(digit))}" for digit in "0123456789"),
    *(f"{sign}{chr(ord(sign) + 0xFEE0)}" for sign in "AZaz@.,:|()"),
)
_STANDS_FOR = {sign: row for row in _ALIKE for sign in row}
_LINE_ENDS = ("\n", "\r\n", *signs.LINE_ENDS.replace("\r", ""))  # CR before LF would be one end, not two


def test_words_are_sorted_by_letters_then_tones():
    in_order = [
        "2", "10", "a", "à", "ả", "ã", "á", "ạ", "an", "ăn", "ân", "ba", "bà", "bá", "bạc", "bắc", "da", "đa", "em", "êm",
        "Hà Nam", "Hà Nội", "Hải Phòng", "Hòa Bình", "họa", "ô", "ơ", "Quận 2", "Quận 10", "tu", "từ", "vĩnh", "y tế",
    ]  # fmt: skip
    mixed = in_order[1::2] + in_order[::2]
    assert sorted(mixed, key=sort_key) == in_order


@given(st.text(max_size=30))
def test_order_and_search_do_not_depend_on_how_marks_are_encoded(text):
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert sort_key(composed) == sort_key(decomposed)
    assert without_marks(composed) == without_marks(decomposed)


def test_marks_and_case_do_not_matter_for_search():
    assert without_marks("Tô Hiệu, Quận HÀ ĐÔNG") == "to hieu, quan ha dong"


@pytest.mark.parametrize(
    "typed",
    [
        "0113 099 841",
        "0113.099.841",
        "0113-099-841",
        "0113\u2013099\u2212841",
        "\uff10\uff11\uff11\uff13\uff10\uff19\uff19\uff18\uff14\uff11",
        "\u200e0113099841\u202c",
        "\ufeff0113\u00a0099\u200b841\r\n",
        "'0113099841",
        "\u201c0113099841\u201d,",
        "(0113099841)",
        "\uf0b7\t0113099841",
        "\u2022 0113099841.",
        "0\ufe0f\u20e31\ufe0f\u20e313099841",
        "\U0001d7ce113099841",
    ],
)
def test_a_number_is_the_same_however_it_is_typed_or_pasted(typed):
    assert plain_number(typed) == "0113099841"


def test_a_letter_is_never_taken_for_a_digit():
    assert plain_number("O113 O99 84l") == "O113O9984l"
    assert plain_number("\u041e113") == "O113"


def test_a_code_keeps_its_hyphens_and_dots_and_loses_what_cannot_be_seen():
    assert plain_code(" l\u200ban.nt\ufeff ") == "lan.nt"
    assert plain_code("PA\u201101\u00a0") == "PA-01"
    assert plain_code("thu_\u202fso\u2013the_") == "thu_so-the_"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("261121-000001-6", "261121-000001-6"),
        ("2611210000016", "261121-000001-6"),
        ("261121 000001 6", "261121-000001-6"),
        ("pa\u2011261121\u2011000001\u20116", "PA-261121-000001-6"),
        ("261121-123456789-6", "261121-123456789-6"),
        ("019AA5B5-C0DE-7000-A000-00000000000C\u200b", "019aa5b5-c0de-7000-a000-00000000000c"),
        ("261121-00001-6", "261121-00001-6"),
        ("", ""),
    ],
)
def test_a_number_that_people_quote_is_read_as_it_was_given_out(typed, number):
    assert as_given_out(typed) == number


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("\uf0b7 thẻ sai tên\r\uf0b7\tsai ngày sinh", "• thẻ sai tên\n• sai ngày sinh"),
        ("một\x0bhai\x0cba\u0085bốn\u2028năm\u2029sáu\r\nbảy\rtám", "một\nhai\nba\nbốn\nnăm\nsáu\nbảy\ntám"),
        ("  \uf0a7\uf020 thẻ\ue000 BHYT\x1e \u202eđã\U000e0041 khóa \n", "• thẻ BHYT đã khóa"),
        ("\uf0fc đã nộp \uf0e0 chưa có thẻ", "✓ đã nộp → chưa có thẻ"),
        ("cột\tcột \u00a0 \n\n\n", "cột\tcột"),
        ("\x93Đồng ý\x94 \x96 tôi \x91ký\x92 \x95 gửi", "\"Đồng ý\" - tôi 'ký' • gửi"),
        ("Ða Phúc, \u0257", "Đa Phúc, \u0257"),
    ],
)
def test_pasted_words_keep_their_lines_and_bullets_and_lose_what_cannot_be_seen(typed, words):
    assert prose(typed) == words


def test_words_in_one_line_have_no_line_ends():
    assert one_line("Ấp 3,\u2028 xã\r\n Tân\x0bPhú \uf0b7") == "Ấp 3, xã Tân Phú"


# ------------------------------------------------------------ names


def test_the_list_has_two_hundred_names_of_twenty_peoples():
    assert [len(names) for names in NAMES.values()] == [10] * 20
    assert len(set(EVERY_NAME)) == 200
    assert sum(any(map(unicodedata.combining, name)) for name in EVERY_NAME) >= 25


@pytest.mark.rule("I1")
@pytest.mark.parametrize("name", EVERY_NAME)
def test_every_people_of_vietnam_can_be_named(name):
    for form in ("NFC", "NFD"):
        for written in (name, name.upper(), name.lower()):
            assert people.full_name(unicodedata.normalize(form, written)) == unicodedata.normalize("NFC", written)
    assert people.full_name(_marks_in_reverse(name)) == name
    assert people.full_name(f"\u200e\u201c{name.replace(chr(39), chr(0x2019)).replace(' ', chr(0xA0))}\u201d,\r\n") == name


def _marks_in_reverse(name: str) -> str:
    """The same name with the marks above each letter typed in the other order."""
    done, marks = "", ""
    for sign in f"{unicodedata.normalize('NFD', name)} ":
        if unicodedata.combining(sign) == 230:
            marks = sign + marks
        else:
            done, marks = done + marks + sign, ""
    return done[:-1]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ê\u0306ban", "Ê\u0306ban"),
        ("E\u0306\u0302ban", "Ê\u0306ban"),
        ("e\u0301\u0302", "ế"),
        ("b\u0335ăk", "ƀăk"),
        ("d\u0335ức", "đức"),
        ("Kh\u0131\u0306", "Kh\u012d"),
        ("K\ua78cBrăm", "K'Brăm"),
        ("K\x92Brăm", "K'Brăm"),
        ("\u0421\u0430m", "Cam"),
        ("So\ufb01a", "Sofia"),
        ("Nguyễn\u3164Văn", "Nguyễn Văn"),
        ("Nguyễn Văn A.", "Nguyễn Văn A."),
        ("- \uf0b7 Nguyễn Văn A;", "Nguyễn Văn A"),
    ],
)
def test_a_letter_is_the_same_whatever_it_is_made_of(typed, name):
    assert plain_name(typed) == name


# ------------------------------------------------------------ for every text


@pytest.mark.parametrize("fold", FOLDINGS, ids=lambda fold: fold.__name__)
@settings(max_examples=500)
@given(
    text=st.text(max_size=40)
    | st.text(alphabet="".join(_STANDS_FOR) + _INVISIBLE + "abe\u0301\u0302\u0306\r\n\t\uf0b7", max_size=40)
)
def test_folding_twice_changes_nothing_more_and_gives_nfc(fold, text):
    folded = fold(text)
    assert fold(folded) == folded
    assert unicodedata.is_normalized("NFC", folded)


_TEXTS = st.sampled_from(EVERY_NAME) | st.text(alphabet="".join(_STANDS_FOR) + "êƀưăn7 \n", min_size=1, max_size=30)


#: what is right in one field or another
_SAMPLES = (
    "H'Hen Ê\u0306ban-Đăm", "0113-099 841", "123 456", "C 123-4567", "0983-847 986", "d'an-2@example.com", "34pm-dfdx 6h6n", "abcd-efgh jklm",
)  # fmt: skip


@st.composite
def _other(draw: st.DrawFn, text: str) -> str:
    """Another text that looks the same: look-alikes swapped, what cannot be seen added, composed otherwise."""
    other = ""
    for sign in unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), text):
        other += draw(st.sampled_from(_LINE_ENDS)) if sign == "\n" else draw(st.sampled_from(_STANDS_FOR.get(sign, sign)))
        other += draw(st.sampled_from(("", "", "", *_INVISIBLE)))
    return other


@st.composite
def _alike(draw: st.DrawFn) -> tuple[str, str]:
    text = draw(_TEXTS)
    return text, draw(_other(text))


@pytest.mark.parametrize("fold", FOLDINGS, ids=lambda fold: fold.__name__)
@settings(max_examples=500)
@given(pair=_alike())
def test_texts_that_look_the_same_are_folded_to_the_same(fold, pair):
    one, other = pair
    assert fold(one) == fold(other)


def _judged(take: Callable[[str], object], text: str) -> object:
    try:
        return take(text)
    except ma.ValidationError as error:
        return error.messages


@pytest.mark.parametrize(
    "take",
    [
        people.full_name,
        people.bhxh_code,
        people.one_time_code,
        lambda text: people.id_number("passport", text),
        mobile_in_e164,
        email_address,
        tracking.digest,
    ],
    ids=["name", "BHXH code", "one-time code", "passport", "phone", "e-mail", "tracking code"],
)
@settings(max_examples=300)
@given(pair=_alike(), sample=st.sampled_from(_SAMPLES), data=st.data())
def test_texts_that_look_the_same_are_judged_the_same(take, pair, sample, data):
    assert _judged(take, pair[0]) == _judged(take, pair[1])
    assert _judged(take, sample) == _judged(take, data.draw(_other(sample)))


@given(sample=st.sampled_from(_SAMPLES), data=st.data())
def test_a_first_password_is_read_whatever_looks_the_same(sample, data):
    typed = as_generated(data.draw(_other(sample)))
    assert (typed == "34pm-dfdx-6h6n") == (sample == "34pm-dfdx 6h6n")
