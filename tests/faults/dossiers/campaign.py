"""One run: the system, the load, the kills, the quiet afterwards."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from playground.inbox import Message, message_of
from playground.stage import Stage
from playground.system import SERVICES, System
from services.chassis.testing import PostgresNode, RabbitNode
from services.chassis.testing.processes import NodeError
from tests.faults.dossiers import wire
from tests.faults.dossiers.load import Guardian, Load
from tests.faults.dossiers.patience import PatientWeb
from tests.faults.dossiers.people import filings

_STALLED_SECONDS = 150.0
_START_SECONDS = 60.0
_RETRIES = (1, 2, 5)
_JOBS_BY_STATE = "SELECT kind, state, count(*) FROM jobs GROUP BY kind, state"
_MOST_GUARDIANS, _OFFICES = 5, ("79", "01", "48")

Tell = Callable[[str, int], None]


def _silent(_what: str, _done: int) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Plan:
    """What happens in one run; `seed` decides who is killed when."""

    count: int
    kills: int
    seed: int = 1


class Campaign:
    """PostgreSQL, broker, sandbox and the five services as processes; ``run`` does everything that is planned."""

    def __init__(self, plan: Plan, rabbit: RabbitNode, amqp_uri: str, postgres: PostgresNode, folder: Path) -> None:
        self.plan = plan
        self._random = random.Random(plan.seed)
        self._rabbit = rabbit
        self._postgres = postgres
        prefix = f"dossiers_{self._random.getrandbits(40):x}"
        self._urls = {service: postgres.create_database(f"{prefix}_{service}") for service in SERVICES}
        delays = ",".join(str(delay) for delay in _RETRIES)
        extra = {"RETRY_DELAYS_SECONDS": delays, "LOG_LEVEL": "WARNING", "RELAY_POLL_SECONDS": "0.5"}
        self.system = System(folder / "system", amqp_uri=amqp_uri, database_urls=self._urls, extra=extra)
        self.stage: Stage
        self.load: Load
        self.messages: list[Message] = []
        self.kills: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}

    def run(self, tell: Tell = _silent) -> None:
        """Start, load, kill, wait until everything has come to rest.

        :raises AssertionError: if it stands still.
        """
        self.system.begin()
        self.stage = Stage(self.system)
        tell("makes staff and guardians", 0)
        officers = [self.stage.signed_in_staff("approver", office) for office in _OFFICES]
        count = max(1, min(_MOST_GUARDIANS, self.plan.count // 20))
        humans = [self.stage.human() for _ in range(count)]
        guardians = [Guardian(human, self.stage.registered(human)) for human in humans]
        wire.listen(self.system.amqp_uri)
        # a broker killed within a second of a queue's declaration forgets the queue: that is not what is tested here
        self._rabbit.settle()
        self.load = Load(filings(self.stage, self.plan.count), lambda: PatientWeb(self.stage.web.bases), guardians, officers)
        began = time.monotonic()
        self.load.start()
        self._kill_all(tell)
        self._wait("files and decides", lambda: not self.load.goes_on(), tell)
        self.seconds["load"] = round(time.monotonic() - began, 1)
        self._wait("comes to rest", self._at_rest, tell)
        self.seconds["until rest"] = round(time.monotonic() - began, 1)
        self._read_inbox()

    def close(self) -> None:
        self.system.end()

    # Kills

    def _kill_all(self, tell: Tell) -> None:
        """Kill after kill, evenly over the load; everyone's turn comes, in an order that the seed decides."""
        victims = [*SERVICES, "broker", "database"]
        self._random.shuffle(victims)
        for number in range(self.plan.kills):
            due = self.plan.count * (number + self._random.random()) / (self.plan.kills + 1)
            self._wait("runs", partial(self._is_past, due), tell)
            victim = victims[number % len(victims)]
            tell(f"kills {victim}", self.load.decided)
            self._kill(victim)
            self.kills[victim] += 1

    def _is_past(self, due: float) -> bool:
        """Half of a dossier's way is its filing, half its decision."""
        return (self.load.filed + self.load.decided) / 2 >= due or not self.load.goes_on()

    def _kill(self, victim: str) -> None:
        pause = self._random.uniform(0, 1.5)
        if victim in SERVICES:
            self.system.kill(victim)
            time.sleep(pause)
            self.system.programs[victim].start()
            # one time in three the next blow comes before it is up again
            if self._random.random() < 2 / 3:
                self.system.programs[victim].ready(_START_SECONDS)
            return
        node = self._rabbit if victim == "broker" else self._postgres
        node.kill()
        time.sleep(pause)
        node.start()

    # The quiet afterwards

    def _wait(self, what: str, over: Callable[[], bool], tell: Tell) -> None:
        seen, moved = -1, time.monotonic()
        while not over():
            tell(what, self.load.decided)
            self._read_inbox()
            now = self.load.filed + self.load.decided + len(self.messages)
            if now != seen:
                seen, moved = now, time.monotonic()
            still = time.monotonic() - moved
            assert still < _STALLED_SECONDS, (
                f"{what}: stands still for {still:.0f} s at {self.load.decided} of {self.plan.count}; {self.unrest()}; "
                f"faults {self.load.faults[:5]}; logs in {self.system.folder}"
            )
            time.sleep(0.25)

    def _at_rest(self) -> bool:
        """Two looks that find nothing to move and the same work done: one look alone is no instant.

        While it reads one service, what that one waits for may leave another; then the other has done something
        between the two looks.
        """
        before = self._work_done()
        return before is not None and not self.unrest() and self._work_done() == before and not self.unrest()

    def _work_done(self) -> list[Any] | None:
        """What grows with each message handled and each job ended; None while a database is away."""
        try:
            return [
                (self.rows(service, "SELECT count(*) FROM inbox"), sorted(self.rows(service, _JOBS_BY_STATE)))
                for service in SERVICES
            ]
        except sa.exc.DBAPIError:
            return None

    def unrest(self) -> dict[str, Any]:
        """What still has to move: facts not sent, messages not handled, jobs not done. Empty when all is quiet."""
        found: dict[str, Any] = {}
        for service in SERVICES:
            try:
                unsent = self.rows(service, "SELECT count(*) FROM outbox")[0][0]
                jobs = self.rows(service, _JOBS_BY_STATE)
                waiting = self.rows(service, "SELECT count(*) FROM held_messages WHERE state = 'waiting'")[0][0]
            except sa.exc.DBAPIError as error:
                found[service] = type(error).__name__
                continue
            found |= {f"{service} outbox": unsent} if unsent else {}
            found |= {f"{service} waiting messages": waiting} if waiting else {}
            found |= {f"{service} {kind} {state}": n for kind, state, n in jobs if state in ("waiting", "running")}
        try:
            return found | wire.on_their_way(self._rabbit, self.system.amqp_uri, SERVICES)
        except NodeError as error:
            return found | {"broker": str(error)[:200]}

    def rows(self, service: str, query: str) -> list[Any]:
        """What a service's database holds, read by a connection of its own."""
        engine = sa.create_engine(self._urls[service], poolclass=sa.NullPool)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]

    def _read_inbox(self) -> None:
        """The sandbox keeps only the newest; we keep all."""
        after = self.messages[-1].id if self.messages else "0"
        new = self.stage.web.call("GET", "/inbox", params={"after": after})["messages"]
        self.messages += [message_of(one) for one in new]
