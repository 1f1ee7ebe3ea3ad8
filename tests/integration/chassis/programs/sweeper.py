"""A process that sweeps: `python sweeper.py DATABASE_URL`. Marks each due row of `tickets` and notes that it did in `acts`.

A row whose `fault` is set makes the act raise. SIGTERM stops gracefully.
"""

import signal
import sys
import threading
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.database import Database, Instant
from services.chassis.sweeps import Guard, Limit, Sweep, SweepRunner

TICKETS = sa.Table(
    "tickets",
    sa.MetaData(),
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("expires_at", Instant(), nullable=False),
    sa.Column("expired", sa.Boolean, nullable=False),
    sa.Column("fault", sa.Boolean, nullable=False),
)
ACTS = sa.table("acts", sa.column("n"))


def due(now: datetime) -> sa.Select[Any]:
    return sa.select(TICKETS).where(~TICKETS.c.expired, TICKETS.c.expires_at <= now)


def act(session: Session, ticket: Any) -> None:
    session.execute(sa.insert(ACTS).values(n=ticket.n))
    session.execute(sa.update(TICKETS).where(TICKETS.c.n == ticket.n).values(expired=True))
    if ticket.fault:
        raise ValueError("a bad row")


def main() -> None:
    stop = threading.Event()

    def on_signal(*_: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    database = Database(sys.argv[1])
    sweep = Sweep("expire", due, act, limit=Limit.NONE, every_seconds=0.2, batch=40, group=7)
    runner = SweepRunner(database, [sweep], Guard(database, "sweeper"))
    runner.start()
    while not stop.wait(0.05):
        pass
    sys.exit(0 if runner.stop(10) else 3)


if __name__ == "__main__":
    main()
