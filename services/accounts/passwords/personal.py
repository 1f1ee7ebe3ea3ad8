"""What is known of a person, as people put it into passwords: numbers, names, the day of birth, the e-mail address, the user name.

A password that contains one of them whole is refused; parts of them (`spellings`) are taken for known when it is judged how hard the rest is to guess.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from services.accounts.passwords.lexicon import compact

NAME, BIRTH, NUMBER = "name", "birth", "number"

#: shorter ones stand in many good passwords by chance
_SHORTEST_WHOLE = {NAME: 6, BIRTH: 6, NUMBER: 4}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def spellings(identifiers: Iterable[str | None]) -> dict[str, str]:
    """Return the spellings that somebody might use, compact, each with its kind; whole ones and parts.

    ``identifiers``: numbers; the full name, with spaces; the day of birth as YYYY-MM-DD; an e-mail address; a user name.
    """
    found: dict[str, str] = {}
    for identifier in identifiers:
        for spelling in _of(identifier) if identifier else ():
            found.setdefault(spelling, kind_of(identifier or ""))
    return found


def contained(password: str, identifiers: Iterable[str | None]) -> str | None:
    """Return the kind of the first identifier that a compact password contains whole; None if it contains none."""
    for identifier in identifiers:
        kind = kind_of(identifier or "")
        whole = _wholes(identifier or "", kind)
        if any(len(each) >= _SHORTEST_WHOLE[kind] and each in password for each in whole):
            return kind
    return None


def kind_of(identifier: str) -> str:
    """Return what an identifier is, as its form says; user names and e-mail addresses count as numbers."""
    if _DAY.fullmatch(identifier):
        return BIRTH
    return NAME if " " in identifier else NUMBER


def _wholes(identifier: str, kind: str) -> Iterator[str]:
    if kind == BIRTH:
        yield from _days(identifier)
    elif kind == NAME:
        yield from {compact(identifier), "".join(reversed(_words(identifier)))}
    else:
        # of an e-mail address the part that is its holder's own
        yield compact(identifier.partition("@")[0])


def _of(identifier: str) -> Iterator[str]:
    kind = kind_of(identifier)
    yield from _wholes(identifier, kind)
    if kind == BIRTH:
        yield from (identifier[:4], identifier[2:4])
    elif kind == NAME:
        words = _words(identifier)
        yield from words
        # as user names are made: `nguyen.bien`, `biennt`, `ntbien`
        initials = "".join(word[0] for word in words[:-1])
        yield from (words[0] + words[-1], words[-1] + words[0], words[-1] + initials, initials + words[-1])
        yield from ("".join(words[1:]), "".join(words[-2:]), initials + words[-1][0])
    else:
        local = identifier.partition("@")[0]
        yield from (compact(part) for part in re.split(r"[._-]|(?<=\D)(?=\d)", local) if len(part) > 1)
        if local.isdigit():
            yield from (f"0{local}", f"84{local}", local[-4:], local[-6:], local[:6])


def _words(name: str) -> list[str]:
    return [compact(word) for word in name.split() if compact(word)] or [""]


def _days(iso: str) -> set[str]:
    day = date.fromisoformat(iso)
    orders = ("%d%m%Y", "%d%m%y", "%Y%m%d", "%y%m%d", "%m%d%Y", "%m%Y")
    return {day.strftime(order) for order in orders} | {
        f"{day.day}{day.month}{day.year}",
        f"{day.day}/{day.month}/{day.year}",
    }
