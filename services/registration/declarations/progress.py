"""Follow the progress of a submitted declaration from the facts of verification and accounts.

Those facts may arrive late, twice or out of order (a retry lets later ones overtake it). Which one wins:

- a fact of accounts (activated, adjusted, stopped, without effect) is final; no fact of verification changes it;
- of verification's facts the highest revision wins, an older or equal one is ignored; a rejection is verification's last word;
- a withdrawn declaration stays withdrawn. An expired one is revived if an officer had received the person in time (I6: the
  clock had stopped, only the fact was late) or has decided since; its data stay deleted all the same.
"""

from __future__ import annotations

from datetime import datetime

from services.registration.declarations.rules import Declaration

_ENDED = ("activated", "adjusted", "stopped", "without_effect", "withdrawn")
#: final for verification: includes its own rejection, since the person may have filed again meanwhile (I8)
_DECIDED = (*_ENDED, "rejected")


def record_receipt(declaration: Declaration, *, at: datetime, revision: int, left_due_at: datetime) -> None:
    """Stop the ten days: the person has come to an office (I6). Nothing decided by ``left_due_at``: the person is told."""
    if declaration.received_at is None:
        declaration.received_at = at
    if not _is_news(declaration, revision):
        return
    too_late = declaration.status == "expired" and declaration.expires_at is not None and at >= declaration.expires_at
    if not too_late:
        _move_to(declaration, "received")
        declaration.left_due_at = left_due_at


def record_verification(declaration: Declaration, *, revision: int) -> None:
    """Record that the person is who the form says and that the code is theirs (V7)."""
    if _is_news(declaration, revision):
        _move_to(declaration, "verified")


def record_rejection(declaration: Declaration, *, at: datetime, revision: int, reason_code: str, reason: str) -> None:
    """End the declaration: an officer rejected it, with a reason that the person may read (V6, V8)."""
    if _is_news(declaration, revision):
        _move_to(declaration, "rejected", ended_at=at)
        if not declaration.erased:
            declaration.refusal = {"reason_code": reason_code, "reason": reason}


def record_unknown_code(declaration: Declaration, *, revision: int, left_due_at: datetime) -> None:
    """Record that HGĐ does not know the code: the declaration waits until the person has one (V7)."""
    if _is_news(declaration, revision):
        _move_to(declaration, "code_not_found")
        declaration.left_due_at = left_due_at


def record_question(declaration: Declaration, *, revision: int) -> None:
    """Record that a verified declaration waits for an office again: its personal ID is in use after all (V15)."""
    if _is_news(declaration, revision) and declaration.status == "verified":
        _move_to(declaration, "received")


def record_account_result(declaration: Declaration, status: str, *, at: datetime) -> None:
    """End the declaration as accounts did. ``status``: ``activated``, ``adjusted``, ``stopped``, or ``without_effect`` (V12)."""
    if declaration.status not in _ENDED:
        _move_to(declaration, status, ended_at=at)


def _is_news(declaration: Declaration, revision: int) -> bool:
    newer = revision > declaration.case_revision
    declaration.case_revision = max(revision, declaration.case_revision)
    return newer and declaration.status not in _DECIDED


def _move_to(declaration: Declaration, status: str, *, ended_at: datetime | None = None) -> None:
    declaration.status, declaration.ended_at = status, ended_at
    declaration.refusal = declaration.awaited = declaration.left_due_at = declaration.left_at = None
