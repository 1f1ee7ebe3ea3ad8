"""Sealed fields in the fact log: they go once every reader's queue has the fact."""

from collections.abc import Collection, Mapping

import orjson
import sqlalchemy as sa

from services.chassis.bus.fact_log import fact_log
from services.chassis.bus.log_store import LogStore

_CHUNK = 500


def forget(store: LogStore, upto: int, fields: Mapping[str, Collection[str]]) -> None:
    """Take the sealed fields out of facts with numbers up to ``upto``, 500 facts at a time.

    :param fields: of each fact that has any.
    """
    holding = sa.select(fact_log.c.number, fact_log.c.fact, fact_log.c.body).where(
        sa.literal_column("holds_secret"), fact_log.c.number <= upto
    )
    with store.reading() as connection:
        rows = connection.execute(holding.order_by(fact_log.c.number).limit(_CHUNK)).all()
    if not rows:
        return
    change = sa.update(fact_log).where(fact_log.c.number == sa.bindparam("of"))
    bare = [{"of": row.number, "left": _without(row.body, fields.get(row.fact, ()))} for row in rows]
    with store.writing() as connection:
        connection.execute(change.values(body=sa.bindparam("left"), holds_secret=False), bare)


def _without(body: str, fields: Collection[str]) -> str:
    # left out, not null: where a fact never had the secret, null says so
    return orjson.dumps({name: value for name, value in orjson.loads(body).items() if name not in fields}).decode()
