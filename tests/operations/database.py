"""A database that goes read-only, is changed by DDL, hangs, fails over, is reached through PgBouncer: under load, nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from services.chassis.testing.processes import wait_until
from tests.operations.callers import Callers
from tests.operations.subjects import say
from tests.operations.town import SERVICES, Town, count, open_town, rest

#: what DDL changes again and again: columns that prepared statements of views, handlers, jobs and the relay return
COLUMNS = {
    "intake": ("dossiers.dossier_no", "jobs.last_error", "outbox.fact", "fact_log.fact"),
    "office": ("outbox.fact", "fact_log.fact", "held_messages.error"),
}

expect: Mapping[str, Any] = {
    "answers_500": 0,
    "without_retry_after": 0,
    "unanswered": 0,
    "lost": 0,
    "doubled": 0,
    "parked": 0,
    "given_up": 0,
}


def run(short: bool) -> dict[str, Any]:
    """Make each trouble while people hand in dossiers; the figures of their answers, and of what the databases hold at the end."""
    with open_town() as town:
        callers = Callers(town.start(pooled=False))
        callers.start()
        troubles = {}
        for name, trouble in TROUBLES.items():
            if name == "pooler":
                callers.pause()
                town.stop()
                town.pooler.start()
                callers.move_to(town.start(pooled=True))
                callers.go_on()
            time.sleep(1.0 if short else 10.0)
            say(f"database: {name}")
            began, before = time.monotonic(), callers.answers.copy()
            trouble(town, short)
            _until_accepted(callers)
            troubles[name] = {"seconds": round(time.monotonic() - began, 1), "answers": dict(callers.answers - before)}
        callers.stop()
        say("database: waits for the rest")
        rest(town, callers.accepted)
        town.stop()
        return {"troubles": troubles, **callers.figures(), **count(town, callers.accepted)}


def read_only(town: Town, short: bool) -> None:
    """The server takes no writes for a while."""
    town.primary.set_read_only(True)
    time.sleep(5 if short else 60)
    town.primary.set_read_only(False)


def ddl(town: Town, short: bool) -> None:
    """Columns change their type and back, so that prepared statements return another one than they were planned for."""
    for number in range(4 if short else 40):
        kind = ("varchar(500)", "text")[number % 2]
        for name, columns in COLUMNS.items():
            for table, _, column in (each.partition(".") for each in columns):
                town.primary.execute(f"ALTER TABLE {table} ALTER {column} TYPE {kind}", name)
        time.sleep(0.3)


def hang(town: Town, short: bool) -> None:
    """The server keeps its connections and answers nobody."""
    with town.primary.hanging():
        time.sleep(4 if short else 40)


def failover(town: Town, short: bool) -> None:
    """The primary dies, and some time later the standby takes over."""
    town.primary.kill()
    time.sleep(1 if short else 20)
    town.standby.promote()


def pooler(town: Town, short: bool) -> None:
    """The pooler, in transaction mode, opens its connections anew, loses them, starts again; the server behind it goes read-only."""
    for _ in range(1 if short else 10):
        town.pooler.command("RECONNECT")
        time.sleep(0.5)
        town.standby.end_sessions()
        time.sleep(0.5)
        for name in SERVICES:
            town.pooler.command(f"KILL {name}")
            town.pooler.command(f"RESUME {name}")
        time.sleep(0.5)
        town.pooler.restart()
        time.sleep(0.5)
        town.standby.set_read_only(True)
        time.sleep(1 if short else 5)
        town.standby.set_read_only(False)


TROUBLES = {"read_only": read_only, "ddl": ddl, "hang": hang, "failover": failover, "pooler": pooler}


def _until_accepted(callers: Callers) -> None:
    """Until the people are served again."""
    accepted = len(callers.accepted)
    assert wait_until(lambda: len(callers.accepted) > accepted + 10, 60), callers.figures()
