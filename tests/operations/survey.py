"""Look at a running system from outside: the five databases, the broker's queues, the sandbox's inbox."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from playground.inbox import Message, message_of
from playground.system import SERVICES
from playground.web import Web
from services.chassis.testing import NodeError, RabbitNode
from tests.faults.dossiers import wire

#: a document that was replaced is left for hours on purpose: that is no unrest
JOBS_BY_STATE = """
    SELECT kind, state, count(*) AS number FROM jobs
    WHERE NOT (kind LIKE 'delete_document%' AND state = 'waiting') GROUP BY kind, state
"""
_BEHIND = "SELECT reader, numbered - delivered AS number FROM fact_lanes WHERE numbered > delivered"
_PAUSE_SECONDS = 0.25


class Survey:
    """What a system holds. `services`: those that run; a service that was never started has no tables."""

    def __init__(
        self, urls: Mapping[str, str], rabbit: RabbitNode, amqp_uri: str, web: Web, services: Sequence[str] = SERVICES
    ) -> None:
        self.urls = dict(urls)
        self.services = tuple(services)
        #: everything that the sandbox has received for anybody
        self.messages: list[Message] = []
        self._rabbit = rabbit
        self._amqp_uri = amqp_uri
        self._web = web

    def rows(self, service: str, query: str) -> list[dict[str, Any]]:
        """Return what a service's database holds, read by a connection of its own; ids are text on every database."""
        engine = sa.create_engine(self.urls[service], poolclass=sa.NullPool)
        with engine.connect() as connection:
            found = connection.execute(sa.text(query)).mappings()
            return [{name: _plain(value) for name, value in row.items()} for row in found]

    def count(self, service: str, table: str, where: str = "1 = 1") -> int:
        return int(self.rows(service, f"SELECT count(*) AS number FROM {table} WHERE {where}")[0]["number"])

    def read_inbox(self) -> None:
        """Fetch what has arrived since: the sandbox keeps only the newest, we keep all."""
        after = self.messages[-1].id if self.messages else "0"
        new = self._web.call("GET", "/inbox", params={"after": after})["messages"]
        self.messages += [message_of(one) for one in new]

    def until_told(self, seconds: float) -> None:
        """Wait until the services that run have told all they can tell: their outboxes are empty.

        :raises AssertionError: if facts wait there for longer.
        """
        deadline = time.monotonic() + seconds
        while waiting := {service: n for service in self.services if (n := self.count(service, "outbox"))}:
            assert time.monotonic() < deadline, f"facts still wait after {seconds:g} s: {waiting}"
            time.sleep(_PAUSE_SECONDS)

    def facts_missing(self) -> dict[tuple[str, str], int]:
        """Count, by source and reader, the facts in a source's log that are not in the inbox of a reader they are numbered for."""
        here = {service: {row["id"] for row in self.rows(service, "SELECT id FROM inbox")} for service in self.services}
        found: Counter[tuple[str, str]] = Counter()
        for source in self.services:
            for row in self.rows(source, "SELECT id, numbers FROM fact_log"):
                for reader in json.loads(row["numbers"]):
                    if reader in here and row["id"] not in here[reader]:
                        found[source, reader] += 1
        return dict(found)

    # The quiet afterwards

    def settle(self, seconds: float, tell: Callable[[], None] = lambda: None) -> float:
        """Wait until nothing moves any more; return the seconds it took.

        :raises AssertionError: with what still has to move, if it has not come to rest by then.
        """
        began = time.monotonic()
        while not self.at_rest():
            tell()
            waited = time.monotonic() - began
            assert waited < seconds, f"not at rest after {waited:.0f} s: {self.unrest()}"
            time.sleep(_PAUSE_SECONDS)
        return round(time.monotonic() - began, 1)

    def at_rest(self) -> bool:
        """Two looks that find nothing to move and the same work done: one look alone is no instant.

        While it reads one service, what that one waits for may leave another; then the other has done something
        between the two looks.
        """
        before = self._work_done()
        return before is not None and not self.unrest() and self._work_done() == before and not self.unrest()

    def unrest(self) -> dict[str, Any]:
        """What still has to move: facts not sent, messages not handled, jobs not done. Empty when all is quiet."""
        found: dict[str, Any] = {}
        for service in self.services:
            try:
                unsent = self.count(service, "outbox")
                jobs = self.rows(service, JOBS_BY_STATE)
                waiting = self.count(service, "held_messages", "state = 'waiting'")
                behind = self.rows(service, _BEHIND)
            except sa.exc.DBAPIError as error:
                found[service] = type(error).__name__
                continue
            found |= {f"{service} outbox": unsent} if unsent else {}
            found |= {f"{service} waiting messages": waiting} if waiting else {}
            found |= {f"{service} to {lane['reader']}": lane["number"] for lane in behind}
            left = [job for job in jobs if job["state"] in ("waiting", "running")]
            found |= {f"{service} {job['kind']} {job['state']}": job["number"] for job in left}
        try:
            return found | wire.on_their_way(self._rabbit, self._amqp_uri, self.services)
        except NodeError as error:
            return found | {"broker": str(error)[:200]}

    def _work_done(self) -> list[Any] | None:
        """What grows with each message handled and each job ended; None while a database is away."""
        try:
            jobs = [sorted(map(str, self.rows(service, JOBS_BY_STATE))) for service in self.services]
            return [[self.count(service, "inbox") for service in self.services], jobs]
        except sa.exc.DBAPIError:
            return None


def _plain(value: Any) -> Any:
    return value.hex if isinstance(value, uuid.UUID) else value
