"""The lanes of a restored database: they number anew, in an epoch of their own.

What the backup holds as undelivered goes back into the outbox and is numbered again. Readers that have it drop it by its id.
"""

import time

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.bus.fact_log import fact_lanes, fact_log, fact_numbering
from services.chassis.bus.outbox import outbox

_RECORD_AGAIN = (
    "INSERT INTO outbox (seq, id, fact, headers, body, public_body, needs_reader, recorded_at) {overriding}"
    " SELECT number + :ahead, id, fact, headers, body, public_body, false, recorded_at FROM fact_log"
    " WHERE number > :after AND NOT erased"
)


def begin(session: Session) -> int:
    """Begin a new epoch for every lane; no relay may lead meanwhile. Return how many lanes there are."""
    numbering = session.execute(sa.select(fact_numbering.c.epoch, fact_numbering.c.head)).first()
    if numbering is None:
        return 0  # no relay has led here yet: the first one begins the numbering
    positions = list(session.scalars(sa.select(fact_lanes.c.position)))
    after = min(positions, default=numbering.head)
    _record_again(session, after)
    epoch = max(int(time.time()), numbering.epoch + 1)
    session.execute(sa.update(fact_numbering).values(epoch=epoch))
    session.execute(sa.update(fact_lanes).values(numbered=0, delivered=0, position=numbering.head, last=0, stopped=None))
    return len(positions)


def _record_again(session: Session, after: int) -> None:
    """Move facts numbered above ``after`` from the log to the front of the outbox, in their order.

    Those whose data were erased stay: whoever missed one has nothing to do.
    """
    first = session.scalar(sa.select(sa.func.min(outbox.c.seq))) or 0
    bound = {"after": after, "ahead": first - 1 - (session.scalar(sa.select(sa.func.max(fact_log.c.number))) or 0)}
    # SQLite takes any number for the column; PostgreSQL wants to be told
    overriding = "OVERRIDING SYSTEM VALUE" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(sa.text(_RECORD_AGAIN.format(overriding=overriding)), bound)
    session.execute(sa.delete(fact_log).where(fact_log.c.number > after, ~fact_log.c.erased))
