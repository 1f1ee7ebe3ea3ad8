"""Write docs/typed-text.md: every sign in every sort of field, what it is taken as, or why it is refused.

    python -m tests.typed.table

What stands there comes from the fields of the services themselves (`fields`). A test asks that the page is current, that each
field does what its kind does in every service, and that nothing surprises: signs that look the same have the same result.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import marshmallow as ma

from tests.typed.fields import BESIDES, Field, typed_fields

PAGE: Final = Path(__file__).resolve().parents[2] / "docs/typed-text.md"


class Kind(NamedTuple):
    """One sort of field: what people know it by, and a good text with a hyphen, an apostrophe, a digit and a space where it has any."""

    title: str
    sample: str


#: by the name of the function that takes it (`Field.kind`)
KINDS: Final[Mapping[str, Kind]] = {
    "bhxh_code": Kind("BHXH code", "0113-099 841"),
    "personal_id": Kind("personal ID", "001 087-012 345"),
    "plain_number": Kind("number of an ID", "001 087-012 345"),
    "mobile_in_e164": Kind("mobile phone", "0983-847 986"),
    "province_code": Kind("code of a province", "79"),
    "written_day": Kind("day", "2026-05-19"),
    "one_time_code": Kind("one-time code", "123 45-6"),
    "as_given_out": Kind("dossier or complaint number", "261121-000001 6"),
    "plain_user_name": Kind("user name", "lan-nt"),
    "full_name": Kind("name on Form 01", "H'Hen Ê̆ban-Đăm"),
    "plain_name": Kind("name of another person", "H'Hen Ê̆ban-Đăm"),
    "email_address": Kind("e-mail address", "d'an-2@example.com"),
    "plain_code": Kind("code of an office, unit or list", "79"),
    "one_line": Kind("words in one line", "Đội 3, buôn Ê̆-H'leo"),
    "prose": Kind("words with lines", "Đội 3, buôn Ê̆-H'leo"),
    "tracking code": Kind("tracking code", "abcd-efgh jklm-npqr"),
    "number in a path": Kind("number in a path", "261121-000001 6"),
    "first password": Kind("first password, retyped", "34pm-dfdx 6h6n"),
    "cell of a list": Kind("cell of an imported list", "Đội 3, buôn Ê̆-H'leo"),
}
#: good texts of fields that take only some codes
SAMPLES: Final = {
    "username": "lan-nt", "consignment_no": "EE-123 456 789VN", "category_code": "qua-trinh", "category": "qua-trinh", "parent": "qua-trinh",
}  # fmt: skip


class Sign(NamedTuple):
    """A way to write a text otherwise. ``like``: the text that it looks the same as; None if one can see that it is another."""

    group: str
    name: str
    write: Callable[[str], str]
    like: Callable[[str], str] | None


def _same(text: str) -> str:
    return text


def _inside(sign: str) -> Callable[[str], str]:
    return lambda text: text[:2] + sign + text[2:]


def _instead(of: str, sign: str) -> Callable[[str], str]:
    return lambda text: text.replace(of, sign)


def _around(before: str, behind: str) -> Callable[[str], str]:
    return lambda text: before + text + behind


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _parts(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _reversed_marks(text: str) -> str:
    return _parts(text).replace("\u0302\u0306", "\u0306\u0302")


def signs() -> Iterator[Sign]:
    """Every sign of the table, by group."""
    unseen = (
        "\u200b", "\u200c", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u034f", "\u180e", "\ufe0f", "\ufffc", "\U000e0041", "\u0007", "\u001e", "\u0080",
        "\uffff",
    )  # fmt: skip
    for sign in unseen:
        yield Sign("cannot be seen", _named(sign), _inside(sign), _same)
    for sign in "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        yield Sign("direction", _named(sign), _around(sign, sign), _same)
    for sign in "\u00a0\u2002\u2007\u2009\u200a\u202f\u205f\u3000\u2800\u3164":
        yield Sign("spaces", _named(sign), _instead(" ", sign), _same)
        yield Sign("spaces", f"{_named(sign)} where no space belongs", _inside(sign), _inside(" "))
    for sign in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\u2043\ufe63\uff0d\u0096":
        yield Sign("hyphens", _named(sign), _instead("-", sign), _same)
    for sign in "\u2018\u2019\u201b\u02b9\u02bb\u02bc\u2032\u0060\u00b4\ua78c\uff07\u0092":
        yield Sign("apostrophes", _named(sign), _instead("'", sign), _same)
    yield Sign("forms", "full-width digits and signs", _wide, _same)
    yield Sign("forms", "decomposed (NFD)", _parts, _same)
    yield Sign("forms", "marks in another order", _reversed_marks, _same)
    yield Sign("forms", "Ð (U+00D0) for Đ", _instead("Đ", "\u00d0"), _same)
    for name, end in (
        ("CR LF", "\r\n"),
        ("lone CR", "\r"),
        ("NEL", "\x85"),
        ("VT", "\x0b"),
        ("FF", "\x0c"),
        ("U+2028", "\u2028"),
    ):
        yield Sign("line ends", f"{name} for a space", _instead(" ", end), _instead(" ", "\n"))
        yield Sign("line ends", f"{name} at the end", _around("", end), _same)
    for sign in "\uf0b7\uf0a7\uf0d8\ue000":
        yield Sign("private use", f"U+{ord(sign):04X} in front", _around(f"{sign}\t", ""), None)
        yield Sign("private use", f"U+{ord(sign):04X} inside", _inside(sign), _same)
    yield Sign("clings to it", "spaces and a tab around it", _around(" \t", "  "), _same)
    for before, behind in (
        ('"', '"'),
        ("\u201c", "\u201d"),
        ("(", ")"),
        ("<", ">"),
        ("\u2022 ", ""),
        ("- ", ""),
        ("", ","),
        ("", ";"),
        ("", "."),
        ("'", ""),
    ):
        yield Sign("clings to it", f"{before}…{behind}", _around(before, behind), None)
    yield Sign("clings to it", "tel:…", _around("tel:", ""), None)
    yield Sign("clings to it", "mailto:…", _around("mailto:", ""), None)
    yield Sign("can be seen", "O for 0, l for 1", lambda text: text.replace("0", "O").replace("1", "l"), None)
    yield Sign("can be seen", "an emoji inside", _inside("\U0001f600"), None)


def outcome(take: Callable[[str], str], text: str) -> str:
    """What a text is taken as, or why it is refused, as one line of text."""
    try:
        taken = take(text)
    except ma.ValidationError as error:
        message = error.messages[0] if isinstance(error.messages, list) else error.messages
        return f"refused: {getattr(message, 'en', message)}"
    return f"`{taken}`".replace("\n", "⏎").replace("|", "\\|")


def compared(take: Callable[[str], str], sample: str, sign: Sign) -> str:
    """``as typed plainly`` if the sign changes nothing of the outcome, else the outcome."""
    written = sign.write(sample)
    found = outcome(take, written)
    if written == sample:
        return "–"
    return "=" if found == outcome(take, sample) else found


def takers() -> dict[str, Callable[[str], str]]:
    """The function of each kind that has no field, and one field of each other kind."""
    # of fields that take only some codes, one is taken only for want of another
    by_kind = {each.kind: each.take for each in sorted(typed_fields(), key=lambda each: each.name not in SAMPLES)}
    return {**by_kind, **BESIDES}


def sample_of(field: Field) -> str:
    """A good text for a field."""
    return SAMPLES.get(field.name, KINDS[field.kind].sample)


def page() -> str:
    """The whole page."""
    found, kinds = takers(), list(KINDS)
    lines = [_HEAD, "## Kinds of fields", "", "| Kind | Typed plainly | Taken as | Fields |", "|---|---|---|---|"]
    for kind in kinds:
        title, sample = KINDS[kind]
        lines.append(f"| {title} | `{sample}` | {outcome(found[kind], sample)} | {_where(kind)} |")
    for group in dict.fromkeys(sign.group for sign in signs()):
        lines += ["", f"## {group[0].upper()}{group[1:]}", ""]
        lines += [f"| Sign | {' | '.join(KINDS[kind].title for kind in kinds)} |", f"|---|{'---|' * len(kinds)}"]
        for sign in signs():
            if sign.group == group:
                cells = " | ".join(compared(found[kind], KINDS[kind].sample, sign) for kind in kinds)
                lines.append(f"| {sign.name} | {cells} |")
    return "\n".join(lines) + "\n"


def _where(kind: str) -> str:
    by_service: dict[str, list[str]] = {}
    for each in typed_fields():
        if each.kind == kind:
            names = by_service.setdefault(each.service, [])
            names += [each.path] if each.path not in names else []
    if not by_service:
        return {"tracking code": "header `X-Tracking-Code`", "first password": "accounts: password, current_password"}.get(
            kind, "all services"
        )
    return "; ".join(f"{service}: {', '.join(names)}" for service, names in by_service.items())


def _named(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, 'control or no character').lower()}"


_HEAD = """# What becomes of what people type

Generated by `make typed-text` from the fields of all services; a test asks that it is current. One folding serves every field
(`services/chassis/text/folding.py`, [decision 45](decisions/0045-one-door-for-typed-text.md), W2 in [rules.md](rules.md)).

`=`: taken, or refused, exactly as without the sign. `–`: the plain text has nothing to replace. Anything else is what the text is taken
as, or why it is refused.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
