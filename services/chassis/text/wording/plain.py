"""Make officers' Vietnamese plain for matching: folded, abbreviations spelled out, and traceable to what was written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from services.chassis.text.folding import without_marks

#: abbreviation or misspelling, and what it stands for; applied in this order to folded text
_SPELLED_OUT: Final = (
    (r"\bb\.? ?h\.? ?x\.? ?h\b\.?", "bhxh"),
    (r"\bbhxh(?=[a-z])", "bhxh "),
    (r"\bbao ?hiem ?xa ?hoi\b", "bhxh"),
    (r"\bbhxh ?vn\b", "bhxh viet nam"),
    (r"\bcq\b\.?", "co quan"),
    (r"\bco quan (bao hiem|bh)\b", "co quan bhxh"),
    (r"\bbao hiem (?=tinh\b|thanh pho\b|tp\b|quan\b|huyen\b|thi xa\b|khu vuc\b|noi\b)", "bhxh "),
    (r"\btx\b", "thi xa"),
    (r"\btp\b\.?", "thanh pho"),
    (r"\bq\.? ?(?=\d)", "quan "),
    (r"\by c\b", "yeu cau"),
    (r"\b[dđ] n\b", "de nghi"),
    (r"\b(ko|kg|k|hok)\b", "khong"),
    (r"\bhs\b", "ho so"),
    (r"\blh\b", "lien he"),
    (r"\bcb\b", "can bo"),
    (r"\bde ?nghi\b", "de nghi"),
    (r"\blien ?he\b", "lien he"),
    (r"\bquay ?lai\b", "quay lai"),
    (r"\bnop ?lai\b", "nop lai"),
    (r"\bgui ?lai\b", "gui lai"),
    (r"\bong ba\b", "ong"),
    (r"\banh chi\b", "anh"),
)
_RULES: Final = tuple((re.compile(pattern), to) for pattern, to in _SPELLED_OUT)
_ENDS = frozenset(".;!?\n")


@dataclass(frozen=True)
class Plain:
    """Folded text: letters, digits and single spaces; `,` and `:` stand alone as words, `.` ends a sentence."""

    text: str
    #: where in `written` each sign of `text` began
    places: tuple[int, ...]
    written: str

    def quote(self, begin: int, end: int) -> str:
        """Return, as it was written, what stands from `begin` to `end` in the folded text."""
        first, last = self.places[begin], self.places[end - 1]
        while last + 1 < len(self.written) and self.written[last + 1].isalnum():
            last += 1
        return " ".join(self.written[first : last + 1].split())

    def sentence(self, at: int) -> tuple[int, int]:
        """Return where the sentence around a place begins and ends."""
        begin = self.text.rfind(".", 0, at) + 1
        end = self.text.find(".", at)
        return begin, len(self.text) if end < 0 else end


def plain(text: str) -> Plain:
    """Fold a text for matching."""
    written = unicodedata.normalize("NFC", text)
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(written):
        for folded in _fold(sign):
            if folded == " " and (not signs or signs[-1] == " "):
                continue
            signs.append(folded)
            places.append(place)
    made = Plain("".join(signs), tuple(places), written)
    for pattern, to in _RULES:
        made = _replace(made, pattern, to)
    # dots that were part of an abbreviation are gone: those that are left end a sentence
    return made


def without(made: Plain, phrase: str, to: str) -> Plain:
    """Return the text with a phrase (in any spelling) replaced by other folded words."""
    folded = plain(phrase).text.strip()
    return _replace(made, re.compile(rf"\b{re.escape(folded)}\b"), to) if folded else made


def _fold(sign: str) -> str:
    if sign in _ENDS:
        return "." if sign != "\n" else " "
    if sign in ",:":
        return f" {sign} "
    if unicodedata.category(sign) == "Cf":
        return ""
    return without_marks(sign) if sign.isalnum() else " "


def _replace(made: Plain, pattern: re.Pattern[str], to: str) -> Plain:
    parts: list[str] = []
    places: list[int] = []
    done = 0
    for found in pattern.finditer(made.text):
        begin, end = found.span()
        parts += [made.text[done:begin], to]
        places += [*made.places[done:begin], *[made.places[begin]] * (len(to) - 1), made.places[end - 1]]
        done = end
    parts.append(made.text[done:])
    places += made.places[done:]
    return Plain("".join(parts), tuple(places), made.written)
