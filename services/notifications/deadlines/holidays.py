"""The copy of the one holiday list (W1), which feedback owns; `services.chassis.calendar` reads it.

A deadline is worked out when its message is composed and kept with it: a later correction moves no deadline.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.calendar import Correction, replace_corrections
from services.notifications.schema import Base

#: one row: the revision of the list that the copy was made of
holiday_list = sa.Table("holiday_list", Base.metadata, sa.Column("revision", sa.Integer(), nullable=False))


def follow_list(session: Session, corrections: Iterable[Correction], *, revision: int) -> bool:
    """Make the copy equal to that revision of the list, unless it is as new already. Return whether it was replaced.

    The facts may arrive out of order, so an older list must not undo a newer one.
    """
    # one statement: of two lists handled at once the second waits for the row, and is judged by what the first left
    newer = sa.update(holiday_list).where(holiday_list.c.revision < revision).values(revision=revision)
    if session.scalar(newer.returning(holiday_list.c.revision)) is None:
        return False
    replace_corrections(session, corrections)
    return True
