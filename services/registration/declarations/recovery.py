"""Repeat, after a restored backup, the erasures that came after it (I6)."""

from __future__ import annotations

import sqlalchemy as sa

from services.chassis.database import ServiceSession
from services.chassis.recovery import Recovery, Step
from services.chassis.recovery.counters import leap
from services.registration.declarations.erasure import DISCARDED, EXPIRED, WITHDRAWN, discard_draft, erase, names_in
from services.registration.declarations.numbers import counters
from services.registration.declarations.rules import UNFINISHED, Declaration


def erase_again(session: ServiceSession, recovery: Recovery) -> int:
    """Erase whatever the ledger says was erased. Expiry and withdrawal are told again: readers know them by the number."""
    erased = 0
    for entry in recovery.noted((DISCARDED, EXPIRED, WITHDRAWN)):
        number, draft_id = names_in(entry.number)
        named = (
            sa.or_(Declaration.dossier_no == number, Declaration.id == draft_id)
            if draft_id
            else Declaration.dossier_no == number
        )
        declaration = session.scalar(sa.select(Declaration).where(named).with_for_update())
        if declaration is None or declaration.erased:
            continue
        erased += 1
        if entry.kind == DISCARDED:
            discard_draft(declaration)
            continue
        if entry.kind == WITHDRAWN and declaration.status in UNFINISHED:
            # the backup is of before it was told as left
            declaration.left_at = declaration.left_at or entry.at
        if not declaration.may_be_withdrawn:
            # a draft of then; what followed its submission was told before
            declaration.status, declaration.ended_at, declaration.dossier_no = entry.kind, entry.at, number
            declaration.submitted_at = declaration.submitted_at or entry.at
        elif entry.kind == EXPIRED:
            declaration.expire(entry.at)
        else:
            declaration.withdraw(entry.at)
        erase(declaration, entry.kind)
    return erased


steps = (Step("erased again", erase_again), leap(counters))
