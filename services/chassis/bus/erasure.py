"""Personal data in what a service keeps of its facts, and holds of others': they go with the data of the dossier (I6).

A fact that is still on its way must arrive whole: its reader sends the last SMS with it. So the rows of the log lose their personal
fields within a minute of the last reader's confirm; until then the request stands in a table. What is left of a fact are its
public fields, and readers that are told it again take its number and do nothing.
"""

import threading
from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.bus.fact_log import fact_lanes, fact_log
from services.chassis.bus.held import State, held_messages
from services.chassis.bus.numbering import ERASED
from services.chassis.bus.outbox import outbox
from services.chassis.database import Database, Instant, chassis_metadata

fact_erasures = sa.Table(
    "fact_erasures",
    chassis_metadata,
    #: number of a dossier or complaint, or id of an account
    sa.Column("about", sa.Text(), primary_key=True),
    sa.Column("asked_at", Instant(), nullable=False),
)

_CHUNK = 200
#: what may still be told about it in the transaction's own wake
_SETTLED = timedelta(minutes=5)


def erase(session: Session, about: str, *, waiting: bool) -> None:
    """Have the personal data about a dossier, account or complaint go from facts kept and messages held here.

    :param waiting: also from messages that wait for another try, and then have no effect; False if they still matter.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    asked = insert(fact_erasures).values(about=about, asked_at=clock.now())
    session.execute(asked.on_conflict_do_update(index_elements=["about"], set_={"asked_at": asked.excluded.asked_at}))
    empty_held(session, about, (State.PARKED, State.WAITING) if waiting else (State.PARKED,))


def empty_held(session: Session, about: str, states: Collection[State]) -> None:
    """Empty the bodies of messages held about a dossier, account or complaint: a replay takes their number, and does nothing."""
    mine = (held_messages.c.subject == about, held_messages.c.state.in_([state.value for state in states]))
    for row in session.execute(sa.select(held_messages.c.id, held_messages.c.headers).where(*mine).with_for_update()):
        headers = f'{{"{ERASED}":1,{row.headers[1:]}' if row.headers != "{}" else f'{{"{ERASED}":1}}'
        emptied = {"body": b"{}", "headers": headers, "error": ""}
        session.execute(sa.update(held_messages).where(held_messages.c.id == row.id).values(emptied))


def carry_out(database: Database, readers: Collection[str], *, stopping: threading.Event | None = None) -> int:
    """Erase what was asked for and every reader has. Return of how many dossiers, accounts and complaints all is gone.

    :param readers: whose lanes count.
    """
    stopping = stopping or threading.Event()
    with database.read() as session:
        asked = session.execute(sa.select(fact_erasures).order_by(fact_erasures.c.asked_at)).all()
        if not asked:
            return 0
        confirmed = session.scalar(
            sa.select(sa.func.min(fact_lanes.c.position)).where(fact_lanes.c.reader.in_(list(readers)))
        )
        oldest = session.scalar(sa.select(sa.func.min(outbox.c.recorded_at, type_=Instant())))
    done = 0
    for start in range(0, len(asked), _CHUNK):
        if stopping.is_set():
            break
        chunk = asked[start : start + _CHUNK]
        # all that was told before the request has its number, and a little more
        numbered = [
            row.about for row in chunk if row.asked_at < clock.now() - _SETTLED and (oldest is None or oldest > row.asked_at)
        ]
        with database.write() as session:
            done += _carry_out(session, [row.about for row in chunk], numbered, confirmed)
    return done


def _carry_out(session: Session, abouts: Collection[str], numbered: Collection[str], confirmed: int | None) -> int:
    kept = (fact_log.c.about.in_(abouts), ~fact_log.c.erased)
    told = kept if confirmed is None else (*kept, fact_log.c.number <= confirmed)
    bare = {"body": sa.func.coalesce(fact_log.c.public_body, "{}"), "erased": True, "holds_secret": False}
    session.execute(sa.update(fact_log).where(*told).values(bare))
    left = sa.exists().where(fact_log.c.about == fact_erasures.c.about, ~fact_log.c.erased)
    over = sa.delete(fact_erasures).where(fact_erasures.c.about.in_(numbered), ~left)
    return len(session.execute(over.returning(fact_erasures.c.about)).all())
