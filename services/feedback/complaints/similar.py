"""Find near-duplicates: a nearly identical complaint of the same person is linked to the earlier one, never merged.

The same person: the same account, phone, e-mail or BHXH code. Nearly identical: of all pairs of neighbouring words in the two
texts, without diacritics, at least the share `_ALIKE` occurs in both (Jaccard). An anonymous complaint is never linked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.feedback.categories.words import words
from services.feedback.complaints.rules import Complaint
from services.feedback.schema import Base

_ALIKE = 0.5
#: most earlier complaints compared; a person with more than that is known to staff anyway
_MOST = 20


class PersonKey(Base):
    """A hash (of account, phone, e-mail or BHXH code) by which further complaints of the same person are recognised."""

    __tablename__ = "person_keys"

    complaint_no: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)


def person_keys(*, account_id: str | None, contact: dict[str, Any] | None, bhxh_code: str | None) -> list[str]:
    """Return the hashes by which the person is recognised; hashes, so that the table holds no phone numbers."""
    known = {
        "account": account_id,
        "phone": (contact or {}).get("phone"),
        "email": ((contact or {}).get("email") or "").casefold() or None,
        "bhxh_code": bhxh_code,
    }
    return [hashlib.sha256(f"{kind}:{value}".encode()).hexdigest() for kind, value in known.items() if value]


def find_earlier(session: Session, keys: Iterable[str], text: str, *, since: datetime) -> str | None:
    """Return the number of the newest nearly identical complaint of the same person since then, or None."""
    keys = list(keys)
    if not keys:
        return None
    numbers = sa.select(PersonKey.complaint_no).where(PersonKey.key.in_(keys))
    query = (
        sa.select(Complaint.complaint_no, Complaint.subject_line, Complaint.body)
        .where(Complaint.complaint_no.in_(numbers), Complaint.received_at >= since)
        .order_by(Complaint.received_at.desc())
        .limit(_MOST)
    )
    pairs = word_pairs(text)
    for number, subject_line, body in session.execute(query):
        if likeness(pairs, word_pairs(f"{subject_line}\n{body}")) >= _ALIKE:
            return str(number)
    return None


def word_pairs(text: str) -> frozenset[tuple[str, str]]:
    """Return the pairs of neighbouring words, without diacritics; for a single word, that word twice."""
    folded = [word.folded for word in words(text)]
    return frozenset(zip(folded, folded[1:] or folded, strict=False))


def likeness(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    """Return the share of all pairs that occurs in both: 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0
