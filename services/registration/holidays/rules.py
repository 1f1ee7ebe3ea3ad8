"""The copy of the one holiday list that registration keeps (W1), which feedback owns; `services.chassis.calendar` reads it."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.calendar import Correction, replace_corrections
from services.registration.schema import metadata

#: one row: the revision of the list that the copy was made of
holiday_list = sa.Table("holiday_list", metadata, sa.Column("revision", sa.Integer(), nullable=False))


def follow_list(session: Session, corrections: Iterable[Correction], *, revision: int) -> bool:
    """Make the copy equal to that revision of the list, unless it is as new already. Return whether it was replaced.

    The facts may arrive out of order, so an older list must not undo a newer one.
    """
    newer = sa.update(holiday_list).where(holiday_list.c.revision < revision).values(revision=revision)
    if session.scalar(newer.returning(holiday_list.c.revision)) is None:
        return False
    replace_corrections(session, corrections)
    return True
