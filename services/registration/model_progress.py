"""How far a submitted declaration has come, as the facts of verification and accounts tell it.

They may come late, twice or out of order (a retry lets later ones pass), so each method says what wins:

- what accounts told (account open, changed, closed) is the end; nothing verification says changes it;
- of what verification told about a case the highest revision wins, and one that is no newer is left alone; a refusal is its
  last word;
- a withdrawn declaration stays withdrawn. An expired one comes back if an officer had received the person in time (I6: the
  clock had stopped, only the news was late) or has decided since; its data are deleted all the same.
"""

from __future__ import annotations

from datetime import datetime

from services.registration.model import Declaration

_ENDED = ("activated", "adjusted", "stopped", "withdrawn")
#: … and for verification also what it has refused itself: the person files anew, perhaps has done so (I8)
_DECIDED = (*_ENDED, "rejected")


def received(declaration: Declaration, *, at: datetime, revision: int) -> None:
    """The person has come: the ten days are over for this dossier (I6)."""
    if declaration.received_at is None:
        declaration.received_at = at
    if not _is_news(declaration, revision):
        return
    late = declaration.status == "expired" and declaration.expires_at is not None and at > declaration.expires_at
    if not late:
        _become(declaration, "received")


def verified(declaration: Declaration, *, revision: int) -> None:
    """The person is who the form says, and the code is theirs (V7)."""
    if _is_news(declaration, revision):
        _become(declaration, "verified")


def rejected(declaration: Declaration, *, at: datetime, revision: int, reason_code: str, reason: str) -> None:
    """An officer refused it, with a reason that the person may read (V6, V8)."""
    if _is_news(declaration, revision):
        _become(declaration, "rejected", ended_at=at)
        if not declaration.erased:
            declaration.refusal = {"reason_code": reason_code, "reason": reason}


def code_not_found(declaration: Declaration, *, revision: int) -> None:
    """HGĐ does not know the code: the dossier waits until the person has one (V7)."""
    if _is_news(declaration, revision):
        _become(declaration, "code_not_found")


def account_done(declaration: Declaration, status: str, *, at: datetime) -> None:
    """Accounts has done what the form asks for: ``activated``, ``adjusted`` or ``stopped``."""
    if declaration.status not in _ENDED:
        _become(declaration, status, ended_at=at)


def _is_news(declaration: Declaration, revision: int) -> bool:
    newer = revision > declaration.case_revision
    declaration.case_revision = max(revision, declaration.case_revision)
    return newer and declaration.status not in _DECIDED


def _become(declaration: Declaration, status: str, *, ended_at: datetime | None = None) -> None:
    declaration.status, declaration.ended_at = status, ended_at
    declaration.refusal = None
