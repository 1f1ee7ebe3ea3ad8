"""Find people and secrets in texts that must show none, however they are written there.

    words = Words()
    words.add("phone", "+84983847986")
    words.found_in("… to=0983 847 986 …")          # [Leak("phone", "+84983847986", "… to=0983 847 986 …")]

Looked for are: names with and without diacritics, in either order of their words, with any signs between; numbers as they are, with
0 or +84, grouped, reversed; seven digits or more of a BHXH code or an identity number; everything else letter by letter, in any case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

#: kinds whose words are numbers, and those of which even a part tells who it is
_NUMBERS = frozenset({"phone", "bhxh_code", "id_number"})
_IN_PIECES = frozenset({"bhxh_code", "id_number"})
_PIECE_DIGITS = 7
#: shorter words stand in every text
_FEWEST_SIGNS = 6
_START = 6
_SHOWN = 80
_GROUPED = re.compile(r"(?<![\w.:-])\+?\d{2,6}(?:[ .\-]\d{2,6}){1,4}(?![\w:-])")
_RUN = re.compile(r"\d{9,}")
_ALONE = re.compile(r"(?<![\w.-])\d{7,8}(?![\w-])")
_ISO = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])-([01][1-9]|[12]0|2\d|30)")
_CODE = re.compile(r"(?<![\w.:+-])\d{6}(?![\w:-])")


class Leak(NamedTuple):
    """Where something shows that must not."""

    kind: str
    word: str
    text: str


class Words:
    """What must not be found, by kind: `full_name`, `phone`, `bhxh_code`, `id_number`, `otp`, `date_of_birth`, or any other."""

    def __init__(self) -> None:
        self.kinds: dict[str, set[str]] = {}
        self._folded: dict[str, dict[str, tuple[str, str]]] = {}
        self._numbers: dict[str, tuple[str, str]] = {}
        self._lengths: set[int] = set()
        self._pieces: dict[str, tuple[str, str]] = {}
        self._codes: dict[str, tuple[str, str]] = {}

    def add(self, kind: str, word: str) -> None:
        """Look for this word from now on; one too short to be told from other text is left out."""
        seen = self.kinds.setdefault(kind, set())
        if word in seen:
            return
        if kind == "otp":
            self._codes[word] = (kind, word)
        elif kind in _NUMBERS and word.removeprefix("+").isdigit():
            self._add_number(kind, word)
        elif len(fold(word)) >= _FEWEST_SIGNS:
            for form in _forms(kind, word):
                self._folded.setdefault(form[:_START], {})[form] = (kind, word)
        else:
            return
        seen.add(word)

    def _add_number(self, kind: str, word: str) -> None:
        digits = word.removeprefix("+84").removeprefix("+")
        digits = digits.removeprefix("0") if kind == "phone" else digits
        for form in (digits, digits[::-1]):
            self._numbers[form] = (kind, word)
            self._lengths.add(len(form))
        if kind in _IN_PIECES:
            for start in range(len(digits) - _PIECE_DIGITS + 1):
                self._pieces[digits[start : start + _PIECE_DIGITS]] = (kind, word)
                self._pieces[digits[start : start + _PIECE_DIGITS + 1]] = (kind, word)

    def found_in(self, text: str) -> list[Leak]:
        """Return what of it `text` shows; each line is looked at by itself."""
        return [
            Leak(kind, word, line.strip()[:2000])
            for line in dict.fromkeys(text.splitlines())
            for kind, word in dict.fromkeys(self._in_line(line))
        ]

    def _in_line(self, line: str) -> Iterator[tuple[str, str]]:
        folded = fold(line)
        for at in range(len(folded) - _START + 1):
            for form, found in self._folded.get(folded[at : at + _START], {}).items():
                if folded.startswith(form, at):
                    yield found
        for run in _RUN.findall(line):
            for length in self._lengths:
                windows = (run[at : at + length] for at in range(len(run) - length + 1))
                yield from (self._numbers[window] for window in windows if window in self._numbers)
        for grouped in _GROUPED.findall(line):
            # the whole of it: parts of moments and dossier numbers would fit somebody's phone by chance
            digits = re.sub(r"\D", "", grouped)
            forms = {digits, digits.removeprefix("0"), digits.removeprefix("84")}
            yield from (self._numbers[form] for form in forms if form in self._numbers)
        for known, shape in ((self._pieces, _ALONE), (self._codes, _CODE)):
            yield from (known[number] for number in shape.findall(line) if number in known)


def fold(text: str) -> str:
    """Return the letters and digits of a text, in lower case and without diacritics; one space for all other signs between."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^0-9a-z]+", " ", letters).strip()


def _forms(kind: str, word: str) -> Iterator[str]:
    folded = fold(word)
    yield folded
    if kind == "full_name":
        yield " ".join(reversed(folded.split()))
        yield folded.replace(" ", "")
    elif kind == "date_of_birth" and _ISO.fullmatch(word):
        day = date.fromisoformat(word)
        yield f"{day:%d %m %Y}"
        yield f"{day:%d%m%Y}"
        yield f"{day:%Y%m%d}"
