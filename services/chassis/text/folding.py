"""The one door for what people type (W2): text is folded here before any service judges, searches or compares it.

A folding for each sort of text; all are idempotent, and give the same for texts that look the same on screen::

    one_line       one line of words: addresses, titles, search words    "Ấp 3, xã Tân Phú"
    prose          words with line breaks                                "• thẻ sai tên, …"
    plain_name     a person's name                                       "H'Hen Niê"
    plain_number   a number between whose signs nothing counts           "0113 099-841" is 0113099841
    plain_code     a code whose hyphens and dots count                   "PA-01"
    plain_address  an e-mail address                                     "an@example.com"

In all of them signs that cannot be seen are dropped, look-alike hyphens, apostrophes, spaces and full-width signs are made plain,
Đ is one letter, and letters are composed (NFC) with their marks in one order. O is no 0 and l no 1.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from services.chassis.text import signs

#: grave, acute, tilde, hook above, dot below: a syllable has one, and spellings differ in where it stands (hoà, hòa).
#: Circumflex, breve and horn make other letters and stay where they are.
TONE_MARKS: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")

_SEEN_AS: Final = str.maketrans(
    dict.fromkeys(signs.APOSTROPHES, "'")
    | dict.fromkeys(signs.HYPHENS, "-")
    | dict.fromkeys(signs.SPACES, " ")
    | dict.fromkeys(signs.LINE_ENDS, "\n")
    | dict.fromkeys(signs.CONTROL_QUOTES, '"')
    | dict.fromkeys(signs.CONTROL_BULLET, signs.BULLET)
    | signs.LETTERS
    | {chr(ord(sign) + 0xFEE0): sign for sign in map(chr, range(0x21, 0x7F)) if sign not in "'-`"}  # full-width forms
)
_INVISIBLE = re.compile(f"[{signs.INVISIBLE}]")
_PRIVATE = re.compile(f"[{signs.PRIVATE}]")
_MEANINGS = str.maketrans(signs.PRIVATE_MEANINGS)
_PRIVATE_BULLET = re.compile(rf"^([ \t]*)[{signs.PRIVATE}]+[ \t]*", re.MULTILINE)
#: a letter with a stroke, or an i that has lost its dot to a mark, composed of parts that Unicode never puts together
_PARTS = {"d": "đ", "D": "Đ", "b": "ƀ", "B": "Ƀ", "\u0131": "i"}
_STROKE = re.compile("([dDbB])[\u0335\u0336]|\u0131(?=[\u0300-\u0314])")
_SEVERAL_MARKS = re.compile("[\u0300-\u036f]{2,}")
#: of marks above a letter those that make another letter come first, then tones; Unicode itself keeps the order typed
_MARK_RANK = {"\u0302": 0, "\u0306": 1} | dict.fromkeys("\u0300\u0301\u0303\u0309", 3)
_LATIN = signs.HOMOGLYPHS | str.maketrans(dict.fromkeys(signs.FULL_STOPS, "."))
#: what may stand between the signs of a number
_BETWEEN = frozenset(f" -'{signs.SEPARATORS}")


def one_line(text: str) -> str:
    """Return ``text`` as one line with single spaces and none at its ends."""
    return " ".join(_plain(_PRIVATE.sub("", text)).split())


def prose(text: str) -> str:
    """Return ``text`` with its lines, each ended by LF; Word's private bullets become `•`."""
    plain = _plain(text).translate(_MEANINGS)
    if _PRIVATE.search(plain):
        plain = _plain(_PRIVATE.sub("", _PRIVATE_BULLET.sub(rf"\1{signs.BULLET} ", plain)))
    return "\n".join(line.rstrip(" \t") for line in plain.split("\n")).strip()


def plain_name(text: str) -> str:
    """Return a person's name in one line: compatible forms (ligatures, bold letters) and homoglyphs are made plain Latin letters.

    What clings to a copied name is dropped from its ends: quotation marks, bullets, commas. A full stop stays.
    """
    return one_line(_compatible(text)).strip(_junk_besides(".()"))


def plain_number(text: str) -> str:
    """Return a number or code without anything between its signs, however it was typed or pasted: `0113 099-841` becomes `0113099841`.

    Letters stay, and O is no 0: what is then wrong is for the caller to say.
    """
    unmarked = "".join(sign for sign in one_line(_compatible(text)) if unicodedata.category(sign)[0] != "M")
    return one_line("".join(sign for sign in unmarked.strip(_junk_besides("")) if sign not in _BETWEEN))


def plain_code(text: str) -> str:
    """Return a code without white space; hyphens, dots, underscores and the case of letters count, and stay."""
    return one_line("".join(one_line(_compatible(text)).strip(_junk_besides("-._")).split()))


def plain_address(text: str) -> str:
    """Return an e-mail address in plain signs, as one line; white space inside it stays, for the caller to refuse."""
    # what an address may itself begin with stays, and so does a dot, with which none begins: the rest might be somebody else's
    kept = "!#*-/=?_{|}~'<>\\"
    return one_line(_compatible(text)).lstrip(_junk_besides(f"{kept}.")).rstrip(_junk_besides(kept))


def visible(text: str) -> str:
    """Return ``text`` without the signs that cannot be seen, line feeds apart: directions that turn what follows (U+202E), zero widths, controls."""
    return _INVISIBLE.sub("", text)


def without_marks(text: str) -> str:
    """Return lower-case letters without marks, single spaces: `Hà Đông` becomes `ha dong`."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d").replace("ƀ", "b"))
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def _plain(text: str) -> str:
    """Make signs that look alike one sign, drop those that cannot be seen, compose letters with their marks in one order."""
    # decomposed first, as a few look-alikes are canonically other look-alikes; and again, as marks meet where a sign is dropped
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFD", text.replace("\r\n", "\n")).translate(_SEEN_AS))
    decomposed = _STROKE.sub(_whole_letter, unicodedata.normalize("NFD", seen))
    return unicodedata.normalize("NFC", _SEVERAL_MARKS.sub(lambda marks: _in_order(marks[0]), decomposed))


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKD", _plain(text)).translate(_LATIN)


def _whole_letter(parts: re.Match[str]) -> str:
    return _PARTS[parts[1] or parts[0]]


@lru_cache(maxsize=1024)
def _in_order(marks: str) -> str:
    return "".join(sorted(marks, key=lambda mark: (unicodedata.combining(mark), _MARK_RANK.get(mark, 2))))


@cache
def _junk_besides(kept: str) -> str:
    return "".join(sign for sign in f"{signs.JUNK} " if sign not in kept)
