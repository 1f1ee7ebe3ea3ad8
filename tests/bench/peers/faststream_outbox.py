"""(d) FastStream with faststream-outbox: the same stack as (c), and the guarantee of the chassis.

Inbox, business row and outbox row in one SQLAlchemy transaction; faststream-outbox's own subscriber then relays the rows to
RabbitMQ (FOR UPDATE SKIP LOCKED with a lease, woken by LISTEN/NOTIFY) through FastStream's publisher with confirms, and deletes
them. Consumer and relay share one process and one event loop, as its documentation shows.

Batches: its relay fetches (`fetch_batch_size`) and deletes (`terminal_flush_batch_size`) in batches but hands rows over one by
one; `publish_batch` joins rows of one transaction, of which a hop has one. So consuming remains one message, one transaction.
"""

import asyncio
import uuid
from typing import Any

import sqlalchemy as sa
import uvloop
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitExchange, RabbitMessage, RabbitQueue
from faststream.rabbit.response import RabbitResponse
from faststream_outbox import OutboxBroker, make_outbox_table
from faststream_outbox.autovacuum import outbox_autovacuum_ddl
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import create_async_engine

from tests.bench.peers import terms as peer
from tests.bench.peers.faststream import DossierFiled
from tests.bench.peers.terms import Terms
from tests.bench.wire import CONTENT_TYPE, PREFIX, case_of, encode, follow_up_headers

_CASES = "cases"

metadata = sa.MetaData()
outbox_table = make_outbox_table(metadata, table_name="outbox")
inbox = sa.Table("inbox", metadata, sa.Column("id", sa.Uuid))
dossiers = sa.Table(
    "dossiers", metadata, *(sa.Column(n, sa.Text) for n in ("dossier_no", "full_name", "bhxh_code", "office", "state"))
)

_TAKE = insert(inbox).on_conflict_do_nothing()
_OPEN = sa.insert(dossiers)


async def _bytes(message: Any) -> bytes:
    """The relay's decoder: it sends on what it is given, so it need not read it."""
    body: bytes = message.body
    return body


async def serve(terms: Terms) -> None:
    prefetch, pool_size = peer.setting("PREFETCH", 50), peer.setting("POOL", 10)
    workers, batch = peer.setting("RELAY_WORKERS", 20), peer.setting("RELAY_BATCH", 400)
    url = terms.database_url.replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(url, pool_size=pool_size + workers + 1, max_overflow=0, pool_reset_on_return=None)
    rabbit = RabbitBroker(terms.amqp_uri, logger=None, apply_types=False, default_channel=Channel(on_return_raises=True))
    outbox = OutboxBroker(engine, outbox_table=outbox_table, logger=None, apply_types=False)
    app = FastStream(rabbit, logger=None)
    exchange = RabbitExchange(terms.out_exchange, declare=False)
    slots = asyncio.Semaphore(pool_size)

    @rabbit.subscriber(
        RabbitQueue(terms.in_queue, declare=False), channel=Channel(prefetch_count=prefetch), ack_policy=AckPolicy.MANUAL
    )
    async def open_case(body: dict[str, Any]) -> None:
        message: RabbitMessage = rabbit.context.get("message")
        fact = DossierFiled.model_validate(body)
        async with slots, engine.begin() as connection:
            taken = await connection.execute(_TAKE, {"id": uuid.UUID(message.message_id)})
            if taken.rowcount:
                row = fact.model_dump(include={"dossier_no", "full_name", "bhxh_code", "office"})
                await connection.execute(_OPEN, {**row, "state": "open"})
                headers = follow_up_headers(message.headers, fact.dossier_no)
                case = encode(case_of(fact.model_dump()))
                await outbox.publish(case, queue=_CASES, session=connection, headers=headers)
        await message.ack()

    @rabbit.publisher(exchange=exchange, routing_key=terms.out_key, persist=True)
    @outbox.subscriber(
        _CASES,
        max_workers=workers,
        fetch_batch_size=batch,
        terminal_flush_batch_size=batch // workers,
        min_fetch_interval=0.05,
        decoder=_bytes,
    )
    async def relay(body: bytes) -> RabbitResponse:
        headers = outbox.context.get("message").headers
        envelope = {name: value for name, value in headers.items() if name.startswith(PREFIX)}
        return RabbitResponse(
            body, message_id=headers[PREFIX + "id"], headers=envelope, content_type=CONTENT_TYPE, persist=True
        )

    async def _ready() -> None:
        await rabbit.connect()
        await outbox.start()
        peer.ready()

    app.on_startup(_ready)
    app.on_shutdown(outbox.stop)
    await app.run()
    await engine.dispose()


def prepare(terms: Terms) -> None:
    engine = sa.create_engine(terms.database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        metadata.create_all(connection, tables=[outbox_table])
        connection.execute(sa.text(outbox_autovacuum_ddl("outbox")))
    engine.dispose()
    peer.create_tables(terms, peer.INBOX, peer.DOSSIERS)
    peer.declare_input(terms)


def run(terms: Terms) -> None:
    (uvloop.run if peer.setting("UVLOOP", 1) else asyncio.run)(serve(terms))


if __name__ == "__main__":
    peer.main(prepare, run)
