"""Words that passwords are made of: those of the world (zxcvbn's), of Vietnam, and of the agency, by how common they are.

People type Vietnamese without its marks (`matkhau`), or in Telex with the input method switched off (`maatjkhaaur`): the list has the words once, with
their marks, and both spellings are derived from them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from zxcvbn.matching import RANKED_DICTIONARIES

from services.chassis.text.folding import without_marks

#: the names of our dictionaries, by which a judge tells what a part of a password is
VIETNAMESE, AGENCY = "vietnamese", "agency"

_AGENCY_NAMES = (
    *(
        "bhxh",
        "bhxh việt nam",
        "bảo hiểm xã hội",
        "bảo hiểm xã hội việt nam",
        "bảo hiểm",
        "bảo hiểm y tế",
        "bảo hiểm thất nghiệp",
    ),
    *(
        "vssid",
        "vss",
        "vssid2021",
        "vneid",
        "bhyt",
        "bhtn",
        "dịch vụ công",
        "dichvucong",
        "baohiemxahoi.gov.vn",
        "baohiemxahoi",
    ),
    *("giao dịch điện tử", "mã số bhxh", "sổ bhxh", "thẻ bhyt", "tnhs", "social insurance", "vietnam social security"),
    *("cơ quan bảo hiểm xã hội", "căn cước", "căn cước công dân", "cccd", "định danh"),
)

_SEPARATORS = re.compile(r"[\s._-]+")
_TONES = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"


def compact(text: str) -> str:
    """Return the letters and digits as they are most easily typed: `Mật khẩu-2026` becomes `matkhau2026`."""
    return _SEPARATORS.sub("", without_marks(text))


def telex(words: str) -> str:
    """Return what is typed for these words in Telex, tones at the end of each syllable: `mật khẩu` becomes `maatjkhaaur`."""
    return "".join(_syllable(each) for each in unicodedata.normalize("NFD", words.lower()).split())


def _syllable(decomposed: str) -> str:
    typed, tone = "", ""
    for sign in decomposed:
        if sign in _TONES:
            tone = _TONES[sign]
        elif sign == _CIRCUMFLEX:
            typed += typed[-1:]
        elif sign in (_BREVE, _HORN):
            typed += "w"
        else:
            typed += "dd" if sign == "đ" else sign
    # one w makes both letters of ươ
    return typed.replace("uwow", "uow") + tone


@cache
def dictionaries() -> Mapping[str, Mapping[str, int]]:
    """Return the dictionaries, each with the rank of its words, as zxcvbn takes them."""
    lines = Path(__file__).with_name("vietnamese.txt").read_text(encoding="utf-8").splitlines()
    words = [line for line in lines if line and not line.startswith("#")]
    return {**RANKED_DICTIONARIES, VIETNAMESE: _ranked(words), AGENCY: _ranked(_AGENCY_NAMES)}


def _ranked(words: Iterable[str]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for rank, word in enumerate(words, 1):
        for spelling in (compact(word), telex(word)):
            ranks.setdefault(spelling, rank)
    return ranks
