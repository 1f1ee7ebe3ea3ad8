"""Two services that tell each other facts, and how fast: ``intake`` files dossiers, ``office`` opens a case for each, intake notes it."""

from __future__ import annotations

import base64
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pika
import sqlalchemy as sa

from playground.program import Program, service
from services.chassis.bus import backlog, outbox
from services.chassis.bus.agencies import operator_policy, policy
from services.chassis.bus.fact_log import PUBLIC
from services.chassis.bus.topology import PUBLIC_STREAM, inbound_queue
from services.chassis.cli.definitions_read import Management
from services.chassis.database import Database
from services.chassis.facts.envelope import PREFIX
from services.chassis.settings import Url
from services.chassis.testing import PostgresNode, RabbitNode
from services.chassis.testing.processes import accepts, wait_until
from tests.faults.pipeline.intake import file_some
from tests.faults.pipeline.tables import cases, dossiers, metadata, replies

SERVICES = {"intake": "tests.faults.pipeline.intake:Intake", "office": "tests.faults.pipeline.office:Office"}
_POLL_SECONDS = 0.02
#: the broker's statistics are up to five seconds old
_STATISTICS_SECONDS = 7.0


@dataclass(frozen=True)
class Round:
    """Dossiers that went through both services, and the seconds from the first reply to the last."""

    replies: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.replies / self.seconds


class Pair:
    """The two services on a broker and a PostgreSQL of their own; a context manager.

    :param broker_folder: where the broker keeps its data: a disk of its own, for those who fill it.
    """

    def __init__(self, folder: Path, broker_folder: Path | None = None) -> None:
        self.folder = folder
        self.rabbit = RabbitNode((broker_folder or folder) / "rabbit", plugins=["rabbitmq_management"])
        self.postgres = PostgresNode(folder / "postgres")
        self.filed = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.rabbit.start()
            stack.callback(self.rabbit.kill)
            self.postgres.start()
            stack.callback(self.postgres.kill)
            self.databases = {name: Database(self.postgres.create_database(name)) for name in SERVICES}
            for database in self.databases.values():
                stack.callback(database.dispose)
                database.migrate()
                metadata.create_all(database.engine)
            assert wait_until(lambda: accepts(self.rabbit.management_port), 30)
            self.set_policies()
            self.programs = {name: self._start(name) for name in SERVICES}
            for program in self.programs.values():
                stack.callback(program.kill)
            for program in self.programs.values():
                program.ready()
            self._open = stack.pop_all()
        return self

    def __exit__(self, *_why: object) -> None:
        self._open.close()

    def set_policies(self) -> None:
        """Bound agencies' queues, as `vss topology declare` does."""
        url = Url(f"http://127.0.0.1:{self.rabbit.management_port}")
        management = Management(url, pika.URLParameters(self.rabbit.uri))
        management.set_policy(policy())
        management.set_policy(operator_policy(), operator=True)

    def file(self, count: int, seconds: float) -> Round | None:
        """File so many dossiers at once and wait until intake has noted the case of each; None if that takes longer."""
        outbox.publish_as("intake")  # the facts are intake's, though this process records them
        before = self._count(replies)
        self.filed += count
        file_some(self.databases["intake"], self.filed, count)
        deadline = time.monotonic() + seconds
        began, first = 0.0, 0
        while (done := self._count(replies) - before) < count:
            if time.monotonic() > deadline:
                return None
            if done and not began:
                began, first = time.monotonic(), done
            time.sleep(_POLL_SECONDS)
        return Round(count - first, time.monotonic() - began) if began else Round(count, _POLL_SECONDS)

    def lost(self) -> int:
        """How many dossiers have no case, or no reply."""
        with self.databases["intake"].read() as session:
            filed = set(session.scalars(sa.select(dossiers.c.dossier_no)))
            noted = set(session.scalars(sa.select(replies.c.dossier_no)))
        with self.databases["office"].read() as session:
            opened = set(session.scalars(sa.select(cases.c.dossier_no)))
        return len(filed - noted) + len(filed - opened)

    def doubled(self) -> int:
        """How many internal facts came twice: those that the inboxes dropped, and those that they did not."""
        wait_until(lambda: min(map(self._published, SERVICES)) >= self.filed, 2 * _STATISTICS_SECONDS, interval_seconds=0.5)
        time.sleep(_STATISTICS_SECONDS)  # what came twice is counted as late as the rest
        twice = sum(self._published(name) - self.filed for name in SERVICES)
        for name, table in (("intake", replies), ("office", cases)):
            with self.databases[name].read() as session:
                rows = session.execute(
                    sa.select(sa.func.count(), sa.func.count(table.c.dossier_no.distinct())).select_from(table)
                )
                every, distinct = rows.one()
            twice += every - distinct
        return twice

    def feed_is_current(self) -> bool:
        """Whether all facts have left for the public feed."""
        found = [backlog.measure(database) for database in self.databases.values()]
        return not any(each.recorded or each.lane_ages.get(PUBLIC) for each in found)

    def feed_missing(self) -> int:
        """How many facts the public stream lacks, once all have left."""
        expected = 2 * self.filed  # a dossier and its case
        return expected - len(self._ids_in_the_feed(expected))

    def _ids_in_the_feed(self, expected: int) -> set[str]:
        ids: set[str] = set()
        with self.channel() as channel:
            channel.basic_qos(prefetch_count=1000)
            for delivery, properties, _body in channel.consume(
                PUBLIC_STREAM, arguments={"x-stream-offset": "first"}, inactivity_timeout=5
            ):
                if delivery is None or properties is None:
                    break
                channel.basic_ack(delivery.delivery_tag or 0)
                ids.add(str((properties.headers or {})[PREFIX + "id"]))
                if len(ids) >= expected:
                    break
        return ids

    @contextmanager
    def channel(self) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
        """An agency's, or an operator's, hand on the broker."""
        with pika.BlockingConnection(pika.URLParameters(self.rabbit.uri)) as connection:
            yield connection.channel()

    def _start(self, name: str) -> Program:
        return service(
            SERVICES[name],
            folder=self.folder,
            amqp_uri=self.rabbit.uri,
            database_url=self.databases[name].url.render_as_string(hide_password=False),
            FILING_TOTAL=0,
            REMIND_SECONDS=3600,  # reminders are messages, too, and `doubled` counts messages
        )

    def _count(self, table: sa.Table) -> int:
        with self.databases["intake"].read() as session:
            return session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()

    def _published(self, name: str) -> int:
        """How many messages the broker has put into a service's queue, as its statistics say, a few seconds later."""
        url = f"http://127.0.0.1:{self.rabbit.management_port}/api/queues/%2F/{inbound_queue(name)}"
        request = urllib.request.Request(
            url, headers={"Authorization": f"Basic {base64.b64encode(b'guest:guest').decode()}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(json.load(answer).get("message_stats", {}).get("publish", 0))
