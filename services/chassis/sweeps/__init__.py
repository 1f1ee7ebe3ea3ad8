"""Due dates: find the rows that are due, and act on each once.

::

    def overdue(now):                                     # a select of what is due at that moment
        return sa.select(Declaration).where(Declaration.status == "draft", Declaration.expires_at <= now)

    def expire(session, declaration):                     # changes the database and records facts; nothing else (law 2)
        declaration.expire()

    EXPIRE = Sweep("expire_declarations", overdue, expire, limit=Limit.PEOPLE, every_seconds=30)

`act` gets the one thing selected (an ORM object, a value), or the row if several are. Rows are locked by the primary key of the
table of the first thing selected, so one worker at a time acts on each: with ``FOR UPDATE SKIP LOCKED`` on PostgreSQL, by the write
lock on SQLite. After locking, ``due`` is asked again about these rows in a new statement, so a row that somebody else has just
dealt with is left alone. `act` must make its row no longer due: if it does not, that is undone and counts as a failure, or the
same people would get the same reminder every round.

A `Guard` stands before each round: nothing happens while the clocks of this machine and of the database differ, and no more rows than
`limit` says are acted on before an operator has looked. A `Pruning` deletes records of past work under the same guard.
"""

from services.chassis.sweeps.guard import Guard, Limit
from services.chassis.sweeps.pruning import Pruning
from services.chassis.sweeps.rounds import Rounds, StillDue, Sweep
from services.chassis.sweeps.runner import SweepRunner

__all__ = ["Guard", "Limit", "Pruning", "Rounds", "StillDue", "Sweep", "SweepRunner"]
