"""Compare a declaration with HGĐ's record of its BHXH code (V7). Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.verification.comparisons.names import compare
from services.verification.directory.port import Answer

#: what HGĐ's record means for a dossier; the first that is so, in this order
UNKNOWN_CODE, NAME_DIFFERS, NAME_NEAR, ADULT, BIRTH_DIFFERS, MATCH = (
    "unknown_code", "differs", "near", "adult", "birth_differs", "match",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What HGĐ's record means for a dossier."""

    #: one of the constants above
    outcome: str
    #: the record as the officer sees it beside the form: full_name, date_of_birth (`1959-03-02`, `1959` or null), birth
    #: (match, differs, unknown), adult; None for an unknown code
    record: dict[str, Any] | None


def examine(subject: dict[str, Any], answer: Answer, *, as_child: bool, today: date) -> Finding:
    """Compare name and date of birth; `as_child`: the person is to be registered as a child, which no adult can be."""
    if not answer.found:
        return Finding(UNKNOWN_CODE, None)
    born = subject.get("date_of_birth")  # JSON has dates as text
    stated = date.fromisoformat(born) if born else None
    differs, adult = answer.birth.differs_from(stated), answer.birth.is_adult(today)
    likeness = compare(str(subject["full_name"]), answer.full_name)
    if likeness != "match":
        outcome = NAME_NEAR if likeness == "near" else NAME_DIFFERS
    elif as_child and adult:
        outcome = ADULT
    else:
        outcome = BIRTH_DIFFERS if differs else MATCH
    birth = "differs" if differs else "unknown" if answer.birth.year is None or stated is None else "match"
    return Finding(
        outcome, {"full_name": answer.full_name, "date_of_birth": answer.birth.text, "birth": birth, "adult": adult}
    )
