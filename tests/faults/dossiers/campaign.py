"""One run: the system, the load, the kills, the quiet afterwards."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playground.stage import Stage
from playground.system import SERVICES, System
from services.chassis.testing import PostgresNode, RabbitNode
from tests.faults.dossiers import wire
from tests.faults.dossiers.load import Guardian, Load
from tests.faults.dossiers.patience import PatientWeb
from tests.faults.dossiers.people import filings
from tests.operations.survey import Survey

_STALLED_SECONDS = 150.0
_START_SECONDS = 60.0
_RETRIES = (1, 2, 5)
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
        self.survey: Survey
        self.kills: Counter[str] = Counter()
        self.seconds: dict[str, float] = {}

    def run(self, tell: Tell = _silent) -> None:
        """Start, load, kill, wait until everything has come to rest.

        :raises AssertionError: if it stands still.
        """
        self.system.begin()
        self.stage = Stage(self.system)
        self.survey = Survey(self._urls, self._rabbit, self.system.amqp_uri, self.stage.web)
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
        self._wait("comes to rest", self.survey.at_rest, tell)
        self.seconds["until rest"] = round(time.monotonic() - began, 1)
        self.survey.read_inbox()

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
            self.survey.read_inbox()
            now = self.load.filed + self.load.decided + len(self.survey.messages)
            if now != seen:
                seen, moved = now, time.monotonic()
            still = time.monotonic() - moved
            assert still < _STALLED_SECONDS, (
                f"{what}: stands still for {still:.0f} s at {self.load.decided} of {self.plan.count}; {self.survey.unrest()}; "
                f"faults {self.load.faults[:5]}; logs in {self.system.folder}"
            )
            time.sleep(0.25)
