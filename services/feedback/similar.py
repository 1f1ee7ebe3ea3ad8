"""Near-duplicates: a further complaint of the same person that says nearly the same is linked to the earlier one, not merged.

The same person: the same account, phone, e-mail or BHXH code. Nearly the same: of the pairs of words of the two texts, without
marks, at least `_ALIKE` are in both (Jaccard). An anonymous complaint without any of these is like no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.feedback.model import Complaint
from services.feedback.records import PersonKey
from services.feedback.words import words

_ALIKE = 0.5
#: earlier complaints looked at; who has more than that has them all in view anyway
_MOST = 20


def keys_of(*, account_id: str | None, contact: dict[str, Any] | None, bhxh_code: str | None) -> list[str]:
    """By what the person is known again: hashes, so that the table lists no phones."""
    known = {
        "account": account_id,
        "phone": (contact or {}).get("phone"),
        "email": ((contact or {}).get("email") or "").casefold() or None,
        "bhxh_code": bhxh_code,
    }
    return [hashlib.sha256(f"{kind}:{value}".encode()).hexdigest() for kind, value in known.items() if value]


def earlier(session: Session, keys: Iterable[str], text: str, *, since: datetime) -> str | None:
    """The number of the newest complaint of the same person since then that says nearly the same; None if there is none."""
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
    said = pairs(text)
    for number, subject_line, body in session.execute(query):
        if likeness(said, pairs(f"{subject_line}\n{body}")) >= _ALIKE:
            return str(number)
    return None


def pairs(text: str) -> frozenset[tuple[str, str]]:
    """The pairs of neighbouring words, without marks; of one word alone, that."""
    folded = [word.folded for word in words(text)]
    return frozenset(zip(folded, folded[1:] or folded, strict=False))


def likeness(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    """What part of all pairs both have: 0 to 1."""
    return len(one & other) / len(one | other) if one and other else 0.0
