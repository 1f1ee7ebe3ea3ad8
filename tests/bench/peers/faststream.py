"""(c) FastStream with RabbitMQ and asyncpg, as a good team writes it.

Inbox and business row in one asyncpg transaction, the follow-up published with a confirm after the commit, the ack last (manual).
As many handlers run at once as there are prefetched messages; each has a connection of the pool to itself while it needs one.

What it lacks: there is no outbox. A crash between the commit and the confirm loses the follow-up for good, because the inbox
then says that the fact was handled. (Publishing before the commit would tell of things that may never be.)

FastStream has no batch mode for RabbitMQ (`batch=True` is for Kafka, Redis and NATS), so one message is one transaction.
`apply_types=False` because FastStream's injection of `message: RabbitMessage` goes through a thread for each message; the body is
validated by pydantic all the same. `HOP_TYPED=1` gives the handler as the documentation writes it. See ../README.md.
"""

import asyncio
import uuid
from typing import Any

import asyncpg
import uvloop
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, RabbitBroker, RabbitExchange, RabbitMessage, RabbitQueue
from pydantic import BaseModel

from tests.bench.peers import terms as peer
from tests.bench.peers.terms import Terms
from tests.bench.wire import CONTENT_TYPE, PREFIX, case_of, encode, follow_up_headers

_TAKE = "INSERT INTO inbox (id) VALUES ($1) ON CONFLICT DO NOTHING"
_OPEN = "INSERT INTO dossiers (dossier_no, full_name, bhxh_code, office, state) VALUES ($1, $2, $3, $4, 'open')"


class DossierFiled(BaseModel):
    """The fact, as the handler reads it."""

    dossier_no: str
    full_name: str
    bhxh_code: str
    id_number: str
    phone: str
    email: str
    address: str
    office: str


async def _no_reset(connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
    """Spare the round trip of RESET ALL at each release: the handler leaves no session state behind."""


async def serve(terms: Terms) -> None:
    prefetch, pool_size = peer.setting("PREFETCH", 20), peer.setting("POOL", 10)
    typed = bool(peer.setting("TYPED", 0))
    broker = RabbitBroker(terms.amqp_uri, logger=None, apply_types=typed, default_channel=Channel(on_return_raises=True))
    app = FastStream(broker, logger=None)
    exchange = RabbitExchange(terms.out_exchange, declare=False)
    pool = await asyncpg.create_pool(terms.database_url, min_size=pool_size, max_size=pool_size, reset=_no_reset)

    async def handle(fact: DossierFiled, message: RabbitMessage) -> None:
        async with pool.acquire() as connection, connection.transaction():
            taken = await connection.execute(_TAKE, uuid.UUID(message.message_id))
            if taken == "INSERT 0 1":
                await connection.execute(_OPEN, fact.dossier_no, fact.full_name, fact.bhxh_code, fact.office)
        if taken == "INSERT 0 1":
            headers = follow_up_headers(message.headers, fact.dossier_no)
            await broker.publish(
                encode(case_of(fact.model_dump())),
                exchange=exchange,
                routing_key=terms.out_key,
                message_id=headers[PREFIX + "id"],
                headers=headers,
                content_type=CONTENT_TYPE,
                persist=True,
            )
        await message.ack()

    async def open_case(fact: DossierFiled, message: RabbitMessage) -> None:
        await handle(fact, message)

    async def open_case_quickly(body: dict[str, Any]) -> None:
        await handle(DossierFiled.model_validate(body), broker.context.get("message"))

    broker.subscriber(
        RabbitQueue(terms.in_queue, declare=False), channel=Channel(prefetch_count=prefetch), ack_policy=AckPolicy.MANUAL
    )(open_case if typed else open_case_quickly)

    async def _ready() -> None:
        await broker.connect()
        peer.ready()

    app.on_startup(_ready)
    await app.run()
    await pool.close()


def prepare(terms: Terms) -> None:
    peer.create_tables(terms, peer.INBOX, peer.DOSSIERS)
    peer.declare_input(terms)


def run(terms: Terms) -> None:
    (uvloop.run if peer.setting("UVLOOP", 1) else asyncio.run)(serve(terms))


if __name__ == "__main__":
    peer.main(prepare, run)
