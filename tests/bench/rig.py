"""The rig: a private broker and database, and fresh ground on them for every run."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pika
import psycopg

from services.chassis.testing.nodes import PostgresNode, RabbitNode
from tests.bench import wire
from tests.bench.confirms import ConfirmedChannel, connect
from tests.bench.peers import Peer

_WINDOW = 1_000  # unconfirmed messages while loading
_SETTLE_SECONDS = 1.5  # the broker goes on writing segments after the last confirm


class RigError(RuntimeError):
    """The ground could not be made as the run needs it."""


@dataclass(frozen=True)
class Ground:
    """One run's virtual host and database."""

    amqp_uri: str
    database_url: str
    #: process ids of broker and database
    servers: tuple[int, ...]

    def environment(self, peer: Peer) -> Mapping[str, str]:
        """The terms of `peer` here (see `peers/__init__.py`)."""
        return {
            "AMQP_URI": self.amqp_uri,
            "DATABASE_URL": self.database_url,
            "IN_EXCHANGE": wire.IN_EXCHANGE,
            "IN_KEY": wire.IN_KEY,
            "IN_QUEUE": peer.in_queue,
            "OUT_EXCHANGE": wire.OUT_EXCHANGE,
            "OUT_KEY": wire.OUT_KEY,
        }

    def broker(self) -> pika.BlockingConnection:
        return pika.BlockingConnection(pika.URLParameters(self.amqp_uri))

    def database(self) -> psycopg.Connection:
        return psycopg.connect(self.database_url, autocommit=True)

    def lay_out(self) -> None:
        """The exchanges, and the quorum queue where the follow-ups gather."""
        with self.broker() as connection:
            channel = connection.channel()
            for exchange in (wire.IN_EXCHANGE, wire.OUT_EXCHANGE, wire.DISPATCHER_EXCHANGE):
                channel.exchange_declare(exchange, "topic", durable=True)
            channel.queue_declare(wire.OUT_QUEUE, durable=True, arguments=wire.QUORUM)
            for exchange in (wire.OUT_EXCHANGE, wire.DISPATCHER_EXCHANGE):
                channel.queue_bind(wire.OUT_QUEUE, exchange, wire.OUT_KEY)

    def load(self, peer: Peer, facts: int) -> None:
        """Put the facts in the peer's queue, each confirmed, and let broker and database come to rest.

        :raises RigError: if they are not all there: the peer's `prepare` has not bound its queue as it should.
        """
        connection = connect(self.amqp_uri)
        channel = ConfirmedChannel(connection)
        for message in wire.facts(facts):
            channel.publish(wire.IN_EXCHANGE, wire.IN_KEY, message.body, message.id, message.headers)
            channel.wait(_WINDOW)
        channel.wait()
        connection.close()
        with self.broker() as blocking, self.database() as database:
            database.execute("CHECKPOINT")
            time.sleep(_SETTLE_SECONDS)
            waiting = blocking.channel().queue_declare(peer.in_queue, passive=True).method.message_count
        if waiting != facts:
            raise RigError(f"{peer.in_queue} holds {waiting} messages before the start instead of {facts}")

    def fill(self, peer: Peer, rows: int) -> None:
        """Lay `rows` old rows in the peer's inbox and business table."""
        with self.database() as database:
            for statement in peer.fill:
                database.execute(statement.encode(), {"rows": rows})
            database.execute("VACUUM ANALYZE")


class Rig:
    """The two servers, for the length of a `with`."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="hop-"))
        self._folder.chmod(0o755)  # for the account that runs PostgreSQL when we are root
        self._rabbit = RabbitNode(self._folder / "rabbit")
        self._postgres = PostgresNode(self._folder / "postgres")

    def __enter__(self) -> Self:
        self._rabbit.start()
        self._postgres.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._postgres.stop()
        self._rabbit.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def ground(self) -> Iterator[Ground]:
        """Fresh ground, gone afterwards so that nothing of it weighs on the next run."""
        name = f"hop{time.monotonic_ns()}"
        amqp_uri = self._rabbit.create_vhost(name)
        self._postgres.create_database(name)
        try:
            url = f"postgresql://postgres@127.0.0.1:{self._postgres.port}/{name}"
            ground = Ground(amqp_uri, url, (self._rabbit.pid, self._postgres.pid))
            ground.lay_out()
            yield ground
        finally:
            self._postgres.drop_database(name)
            self._rabbit.delete_vhost(name)
