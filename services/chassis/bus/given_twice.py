"""Numbers that a source gave to two facts: its database was restored, and it goes on in the epoch of the backup (``gaps``)."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.bus.inbox import inbox
from services.chassis.ids import uuid7_of

#: what the clocks of a source's machines may differ by
_CLOCKS_DIFFER = timedelta(minutes=1)


def earlier_epochs(origin: str, known: Collection[str]) -> list[str]:
    """Return those among ``known`` which are earlier epochs of the source of ``origin``."""
    source, _, epoch = origin.partition(" ")
    others = (other.partition(" ") for other in known)
    return [f"{source} {other}" for name, _, other in others if name == source and int(other) < int(epoch)]


def given_twice(session: Session, origin: str, earlier: list[str], since: datetime) -> int:
    """How many numbers of facts received since ``since`` another fact bears, too.

    Those of ``earlier`` epochs count if the fact was recorded after the epoch of ``origin`` began (an epoch is that second, and an
    id tells when its fact was recorded): the source was restored once more, to before that. What it had recorded until then, and
    is told only now, is mended.
    """
    other = inbox.alias("other")
    again = sa.exists().where(other.c.origin == inbox.c.origin, other.c.number == inbox.c.number, other.c.id != inbox.c.id)
    counted: sa.ColumnElement[bool] = inbox.c.origin == origin
    if earlier:
        began = datetime.fromtimestamp(int(origin.partition(" ")[2]), UTC) + _CLOCKS_DIFFER
        # bounded above, too: ids that tell no time (`inbox.take`) are not counted
        recorded = inbox.c.id.between(uuid7_of(began, ""), uuid7_of(clock.machine_now() + timedelta(days=1), ""))
        counted = sa.or_(counted, sa.and_(inbox.c.origin.in_(earlier), recorded))
    query = sa.select(sa.func.count()).select_from(inbox).where(counted, inbox.c.received_at >= since, again)
    return session.scalar(query) or 0
