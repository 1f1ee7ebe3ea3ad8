"""Our copy of feedback's list of corrections to the working-day calendar (W1).

A deadline is worked out when its message is composed and kept with it: a later correction moves no deadline.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.chassis.calendar import Correction, replace_corrections
from services.notifications.schema import Base


class HolidaysCopied(Base):
    """Which revision of feedback's list the table `holidays` holds; one row, made by the migrations."""

    __tablename__ = "holidays_copied"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]


def copy_corrections(session: Session, revision: int, corrections: Iterable[Correction]) -> bool:
    """Make `corrections` the whole list, unless that of the same or a newer revision is already here.

    :returns: whether it did.
    """
    # one statement: of two lists handled at once the second waits for the row, and is then judged by what the first left
    newer = sa.update(HolidaysCopied).where(HolidaysCopied.revision < revision).values(revision=revision)
    if not session.execute(newer.returning(HolidaysCopied.id)).all():
        return False
    replace_corrections(session, corrections)
    return True
