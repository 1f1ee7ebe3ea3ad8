"""A process on green threads that talks to PostgreSQL: prints one JSON line for the scene named on the command line."""

import sys
import warnings

warnings.filterwarnings("ignore")
import eventlet

eventlet.monkey_patch()

import json
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from services.chassis.database import Database, is_gone
from services.chassis.green import postgresql as green_postgresql

_ANSWER_SECONDS = 6.0
_MANY = 8 * 1024 * 1024


def together(database: Database) -> Any:
    """Five sleeps at once, and how often another green thread had its turn meanwhile."""
    turns = 0

    def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            eventlet.sleep(0.01)

    def sleep() -> None:
        with database.read() as session:
            session.execute(sa.text("SELECT pg_sleep(0.5)"))

    counter = eventlet.spawn(count)
    began = time.monotonic()
    for thread in [eventlet.spawn(sleep) for _ in range(5)]:
        thread.wait()
    counter.kill()
    return {"seconds": time.monotonic() - began, "turns": turns}


def large(database: Database) -> Any:
    """A parameter and an answer that fit into no socket's buffer."""
    with database.write() as session:
        got = session.execute(
            sa.text("SELECT repeat(:letter, :times) || :text"), {"letter": "ă", "times": _MANY, "text": "ộ" * _MANY}
        )
        text = got.scalar_one()
    return {"length": len(text), "ends": text[0] + text[-1]}


def killed(database: Database) -> Any:
    """The server ends the connection in the middle of a statement; the next one has another."""

    def end() -> None:
        eventlet.sleep(0.3)
        with database.read() as session:
            session.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid()"
                )
            )

    eventlet.spawn(end)
    began = time.monotonic()
    try:
        with database.read() as session:
            session.execute(sa.text("SELECT pg_sleep(20)"))
        gone = False
    except sa.exc.DBAPIError as error:
        gone = is_gone(error)
    seconds = time.monotonic() - began
    database.ping()
    return {"gone": gone, "seconds": seconds}


def silent(database: Database) -> Any:
    """The server does not answer one of two; the other one is served all the while."""
    answers = 0

    def ask() -> None:
        nonlocal answers
        while True:
            database.ping()
            answers += 1
            eventlet.sleep(0.05)

    asking = eventlet.spawn(ask)
    began = time.monotonic()
    try:
        with database.read() as session:
            session.execute(sa.text("SELECT pg_sleep(60)"))
        gone = False
    except sa.exc.DBAPIError as error:
        gone = is_gone(error)
    asking.kill()
    return {"gone": gone, "seconds": time.monotonic() - began, "answers": answers}


def given_up(database: Database) -> Any:
    """The green thread that waits is told to stop; the next statement is answered with its own answer."""
    stopped = False
    try:
        with eventlet.Timeout(0.3), database.write() as session:
            session.execute(sa.text("SELECT 1 FROM pg_sleep(5)"))
    except eventlet.Timeout:
        stopped = True
    with database.read() as session:
        return {"stopped": stopped, "answer": session.execute(sa.text("SELECT 2")).scalar_one()}


SCENES: dict[str, Callable[[Database], Any]] = {
    scene.__name__: scene for scene in (together, large, killed, silent, given_up)
}

if __name__ == "__main__":
    green_postgresql.install(_ANSWER_SECONDS)
    print(json.dumps(SCENES[sys.argv[1]](Database(sys.argv[2]))), flush=True)
