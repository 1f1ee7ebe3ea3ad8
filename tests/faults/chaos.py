"""The pipeline under random kills and stops, and the count afterwards.

``python -m tests.faults.long --help`` (``make chaos``) runs the long form; test_chaos.py runs short ones.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.chassis.bus import fact_log
from services.chassis.bus.held import State, held_messages, in_state
from services.chassis.bus.topology import dead_letter_queue, inbound_queue, lane_exchange
from services.chassis.database import Database
from services.chassis.testing.nodes import PostgresNode, RabbitNode
from tests.faults import wire
from tests.faults.pipeline.tables import cases, dossiers, metadata, replies
from tests.faults.programs import ServiceProgram

_RUN = Path(__file__).resolve().parents[2] / ".run" / "faults"
_STALLED_SECONDS = 90.0
_TAP = "tap.case_opened"

Tell = Callable[[str, int], None]


def _silent(_what: str, _done: int) -> None:
    """Nobody listens."""


@dataclass
class Plan:
    """What happens in one run.

    :param per_second: dossiers filed a second; 0 for as fast as it goes.
    :param poison: messages that cannot be handled, in shares of ``facts``.
    """

    facts: int
    kills: int
    stops: int
    seed: int
    per_second: float = 0.0
    poison: float = 0.0
    pause_seconds: tuple[float, float] = (0.2, 2.0)


@dataclass
class Report:
    """What was counted."""

    facts: int
    kills: int = 0
    stops: int = 0
    lost: int = 0
    doubled: int = 0
    parked: int = 0
    expected_parked: int = 0
    details: dict[str, Any] = field(default_factory=dict)

    def write(self, name: str) -> Path:
        """To ``.run/faults/<name>.json``."""
        _RUN.mkdir(parents=True, exist_ok=True)
        file = _RUN / f"{name}.json"
        figures = {key: value for key, value in vars(self).items() if key != "details"}
        file.write_text(json.dumps({**figures, **self.details}, indent=2) + "\n")
        return file


class Chaos:
    """One run: two services, a broker, and PostgreSQL or a SQLite file for each service."""

    def __init__(self, plan: Plan, rabbit: RabbitNode, amqp_uri: str, postgres: PostgresNode | None, folder: Path) -> None:
        self.plan = plan
        self._random = random.Random(plan.seed)
        self._rabbit = rabbit
        self._amqp_uri = amqp_uri
        self._postgres = postgres
        self._folder = folder
        self.databases = {name: Database(self._database_url(name)) for name in ("intake", "office")}
        self.programs = {
            "intake": self._program("intake", "tests.faults.pipeline.intake:Intake"),
            "office": self._program("office", "tests.faults.pipeline.office:Office"),
        }
        self.report = Report(facts=plan.facts)
        self.poison: list[wire.Poison] = []
        self._on_wire: Counter[str] = Counter()

    def _database_url(self, name: str) -> str:
        if self._postgres is None:
            return f"sqlite:///{self._folder / name}.sqlite3"
        return self._postgres.create_database(f"chaos_{name}_{self._random.getrandbits(40):x}")

    def _program(self, name: str, reference: str) -> ServiceProgram:
        environment = {
            "AMQP_URI": self._amqp_uri,
            "DATABASE_URL": self.databases[name].url.render_as_string(hide_password=False),
            "RETRY_DELAYS_SECONDS": "1,2,5",
            "STOP_SECONDS": "10",
            "FILING_TOTAL": str(self.plan.facts),
            "FILING_PER_SECOND": str(self.plan.per_second),
            "CHAOS_BUG": "1" if self.plan.poison else "0",
        }
        return ServiceProgram(name, reference, environment, self._folder / f"{name}.log")

    def run(self, tell: Tell = _silent) -> Report:
        """Start, do all that is planned, wait until everything has come through, count.

        :raises AssertionError: if the pipeline stands still.
        """
        for database in self.databases.values():
            database.migrate()
            metadata.create_all(database.engine)
        wire.tap(self._amqp_uri, lane_exchange("office", "intake"), "case_opened", _TAP)
        began = time.monotonic()
        for program in self.programs.values():
            program.start()
        for service in self.programs:
            wire.wait_for_queue(self._amqp_uri, inbound_queue(service))
        # a broker killed within a second of a queue's declaration forgets the queue: that is not what is tested here
        self._rabbit.settle()
        self._poison_some()
        actions = ["kill"] * self.plan.kills + ["stop"] * self.plan.stops
        self._random.shuffle(actions)
        # everyone's turn comes, in an order that the seed decides
        victims = ["intake", "office", "broker", *(["database"] if self._postgres else [])]
        self._random.shuffle(victims)
        events: Counter[str] = Counter()
        longest_stop = 0.0
        for action in actions:
            time.sleep(self._random.uniform(*self.plan.pause_seconds))
            if action == "kill":
                victim = victims[self.report.kills % len(victims)]
                tell(f"kills {victim}", self._done())
                self._kill(victim)
                self.report.kills += 1
            else:
                victim = self._random.choice(["intake", "office"])
                tell(f"stops {victim}", self._done())
                longest_stop = max(longest_stop, self.programs[victim].stop())
                self.programs[victim].start()
                self.report.stops += 1
            events[f"{action} {victim}"] += 1
        self._wait(tell, self._expected_replies())
        self.report.details |= {
            "seed": self.plan.seed,
            "database": "postgresql" if self._postgres else "sqlite",
            "events": dict(events),
            "longest_stop_seconds": round(longest_stop, 1),
            "seconds": round(time.monotonic() - began, 1),
        }
        return self.report

    def _kill(self, victim: str) -> None:
        if victim in self.programs:
            self.programs[victim].kill()
            self.programs[victim].start()
            return
        node = self._rabbit if victim == "broker" else self._postgres
        assert node is not None
        node.kill()
        time.sleep(self._random.uniform(0, 2))
        node.start()

    # -- poison

    def _poison_some(self) -> None:
        kinds = wire.KINDS
        count = round(self.plan.facts * self.plan.poison)
        of_bug = sum(1 for n in range(1, self.plan.facts + 1) if n % 400 == 7) if self.plan.poison else 0
        extra = max(0, count - of_bug)
        if not extra:
            return
        for number in range(extra):
            self.poison.append(wire.poison(kinds[number % len(kinds)], number))
        wire.publish(self._amqp_uri, inbound_queue("office"), self.poison)
        self.report.expected_parked = extra + of_bug

    def _expected_replies(self) -> int:
        """Bugs keep their dossiers from coming through; the other poison adds nothing as long as it is not mended."""
        return self.plan.facts - (self.report.expected_parked - len(self.poison))

    # -- the end

    def _done(self) -> int:
        try:
            with self.databases["intake"].read() as session:
                return session.execute(sa.select(sa.func.count()).select_from(replies)).scalar_one()
        except sa.exc.DBAPIError:
            return 0

    def _wait(self, tell: Tell, expected: int) -> None:
        done, moved = -1, time.monotonic()
        while True:
            now_done = self._done()
            if now_done != done:
                done, moved = now_done, time.monotonic()
            tell("waits for the rest", done)
            if done >= expected and self._at_rest():
                return
            waited = time.monotonic() - moved
            assert waited < _STALLED_SECONDS, (
                f"stands still at {done} of {expected} for {waited:.0f} s; logs in {self._folder}"
            )
            time.sleep(0.25)

    def _at_rest(self) -> bool:
        """Outboxes empty, no message waiting for another try, and none in a queue."""
        for database in self.databases.values():
            try:
                with database.read() as session:
                    if fact_log.unsent(session):
                        return False
                    if session.execute(sa.select(held_messages.c.id).where(in_state(State.WAITING))).first():
                        return False
            except sa.exc.DBAPIError:
                # our own pooled connection died with the database; the next look opens a new one
                return False
        queues = [queue(service) for service in self.programs for queue in (inbound_queue, dead_letter_queue)]
        return all(count == 0 for count in wire.depths(self._amqp_uri, queues).values())

    def stop(self) -> None:
        """Stop both services in good order: what they hold unacked shows in the queues afterwards."""
        for program in self.programs.values():
            if program.running:
                program.stop()

    def count(self) -> Report:
        """Fill the report from databases and wire. Services must be stopped."""
        assert self._at_rest(), "messages were left unacked"
        report, expected = self.report, self._expected_dossiers()
        handled = self._numbers("office", cases)
        noted = self._numbers("intake", replies)
        with self.databases["intake"].read() as session:
            filed = session.execute(sa.select(sa.func.count()).select_from(dossiers)).scalar_one()
        self._on_wire.update(wire.take_subjects(self._amqp_uri, _TAP))
        on_wire = self._on_wire
        report.lost = len(expected - handled.keys()) + len(expected - noted.keys()) + len(expected - on_wire.keys())
        report.doubled = sum(c - 1 for c in handled.values()) + sum(c - 1 for c in noted.values())
        parked = [row for service in self.programs for row in self._parked(service)]
        report.parked = len(parked)
        report.details |= {
            "filed": filed,
            "handled": len(handled),
            "follow_ups_on_the_wire": len(on_wire),
            "wire_copies": sum(on_wire.values()) - len(on_wire),
            "parked_by_reason": dict(Counter(row.reason for row in parked)),
            "unexpected": len(handled.keys() - expected),
        }
        return report

    def _expected_dossiers(self) -> set[str]:
        bug = self.report.expected_parked > len(self.poison) and self.programs["office"].environment["CHAOS_BUG"] == "1"
        expected = {f"D-{n}" for n in range(1, self.plan.facts + 1) if not (bug and n % 400 == 7)}
        if self.programs["office"].environment.get("CHAOS_MENDED") == "1":
            expected |= {poison.dossier_no for poison in self.poison}
        return expected

    def _numbers(self, service: str, table: sa.Table) -> Counter[str]:
        with self.databases[service].read() as session:
            rows = session.execute(sa.select(table.c.dossier_no, sa.func.count()).group_by(table.c.dossier_no))
            return Counter({row[0]: row[1] for row in rows})

    def _parked(self, service: str) -> Sequence[sa.Row[Any]]:
        with self.databases[service].read() as session:
            return session.execute(sa.select(held_messages).where(in_state(State.PARKED))).all()

    def mend_and_replay(self, tell: Tell = _silent) -> None:
        """What people would do: deploy the mended office, write undecodable bodies anew, and replay everything."""
        office = self.programs["office"]
        office.environment |= {"CHAOS_BUG": "0", "CHAOS_MENDED": "1"}
        meant = {p.id: json.dumps(p.meant, ensure_ascii=False).encode() for p in self.poison if p.kind == "undecodable"}
        for row in self._parked("office"):
            if row.message_id in meant:
                file = self._folder / "meant.json"
                file.write_bytes(meant[row.message_id])
                self._vss("edit", "--id", str(row.id), "--file", str(file))
        for program in self.programs.values():
            program.start()
        self._vss("replay", "--all", "--yes")
        self._wait(tell, self.plan.facts + len(self.poison))

    def _vss(self, command: str, *arguments: str) -> None:
        office = self.programs["office"]
        done = subprocess.run(
            [sys.executable, "-m", "services.chassis.cli.main", "parked", command, "-s", office.reference, *arguments],
            env={**os.environ, **office.environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def close(self) -> None:
        """Whatever happened: no program outlives the run."""
        for program in self.programs.values():
            if program.running:
                program.kill()
        for database in self.databases.values():
            database.dispose()
