"""A service that cannot start says why and what to do, and goes; with `--wait` it waits. All start side by side here.

Without a broker it starts: it takes requests, and its facts wait.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from playground.program import Program
from services.chassis.bus.topology import of_service
from services.chassis.database import Database
from services.chassis.testing import free_port
from services.chassis.testing.processes import wait_until
from services.registration.service import Registration
from tests.integration.http.desks import FORM
from tests.stand import broker
from tests.stand.link import Link
from tests.stand.messages import filed
from tests.stand.place import ARCHIVE, DESK, Place, fresh_place

_BOUND_SECONDS = 10
#: a machine that is busy with other tests needs longer to load Python's modules; the bound is for the search
_LOADING_SECONDS = 8


class Case(NamedTuple):
    arguments: tuple[str, ...]
    settings: dict[str, str]
    code: int
    says: tuple[str, ...]


def waits_again(program: Program) -> bool:
    return len(program.events("start_waits")) >= 2


def nowhere(scheme: str) -> str:
    return f"{scheme}://somebody:s3cret@127.0.0.1:{free_port()}/x"


CASES = {
    "no database": Case(
        (DESK,), {"DATABASE_URL": nowhere("postgresql+psycopg")}, 3, ("the database at postgresql", "127.0.0.1", "--wait")
    ),
    "another queue": Case(
        (DESK,),
        {"DELIVERY_LIMIT": "7"},
        3,
        ("queue desk.in.v1", "other arguments", "x-delivery-limit", "vss topology check"),
    ),
    "wrong settings": Case(
        (DESK,),
        {"BATCH_SIZE": "0", "DESK_PREFETCHED": "3", "LOG_LEVEL": "loud", "AMQP_URI": "http://example.org"},
        2,
        ("BATCH_SIZE", "DESK_PREFETCHED", "LOG_LEVEL", "AMQP_URI"),
    ),
    "no such service": Case(("tests.integration.chassis.programs.desk:Dask",), {}, 3, ("no class 'Dask'", "Desk")),
    "no argument": Case((), {}, 2, ("usage",)),
    "no folder for the database": Case(
        (DESK,), {"DATABASE_URL": "sqlite:////proc/nowhere/desk.sqlite3"}, 3, ("the database at sqlite", "/proc/nowhere")
    ),
}


class Ended(NamedTuple):
    code: int
    output: str
    seconds: float


@pytest.fixture(scope="module")
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with fresh_place(request, "sqlite", tmp_path_factory.mktemp("start")) as place:
        yield place


@pytest.fixture(scope="module")
def ended(here: Place, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """How each case ended."""
    declare_other_queue(here)
    began = time.monotonic()
    running: dict[str, Program] = {}
    for name, case in CASES.items():
        where = {"AMQP_URI": here.amqp_uri, "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('db')}/a.sqlite3"}
        command = ["-m", "services.chassis.bus.process", *case.arguments]
        running[name] = Program(
            f"start-{len(running)}", command, folder=here.folder, extra={**where, **case.settings}
        ).start()
    ends: dict[str, float] = {}

    def all_ended() -> bool:
        for name, program in running.items():
            if not program.running:
                ends.setdefault(name, time.monotonic() - began)
        return len(ends) == len(running)

    assert wait_until(all_ended, 60), {name: one.output for name, one in running.items() if one.running}
    return {name: Ended(program.wait(), program.output, ends[name]) for name, program in running.items()}


def declare_other_queue(place: Place) -> None:
    """The desk's own, but for one argument."""
    table = of_service("desk", [], max_bytes=2 * 1024**3, delivery_limit=50)
    (queue,) = [queue for queue in table.queues if queue.name == "desk.in.v1"]
    with broker.channel(place.amqp_uri) as channel:
        channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)


@pytest.mark.parametrize("name", CASES)
def test_what_hinders_a_start_is_said_in_time_and_in_words(ended: dict[str, Ended], name: str) -> None:
    case, end = CASES[name], ended[name]
    assert end.code == case.code, end.output
    assert not [words for words in case.says if words not in end.output], end.output
    assert end.seconds <= _BOUND_SECONDS + _LOADING_SECONDS


@pytest.mark.parametrize("name", CASES)
def test_no_start_shows_a_password_or_a_traceback(ended: dict[str, Ended], name: str) -> None:
    assert "s3cret" not in ended[name].output
    assert "Traceback" not in ended[name].output


def test_with_wait_a_service_starts_when_the_others_are_there(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with fresh_place(request, "postgresql", tmp_path) as place:
        with Link(place.amqp_uri, cut=True) as amqp, Link(place.database_url, cut=True) as database:
            settings = {"amqp_uri": amqp.uri, "database_url": database.uri, "START_SECONDS": 0.5}
            waiting = place.start(DESK, "--wait", **settings)
            given_up = place.start(DESK, "--wait", **settings)
            for program in (waiting, given_up):
                program.until(partial(waits_again, program), "waiting")
            assert given_up.stop(15) == 0, "whoever is told to stop need not find the database first"
            assert "the database at postgresql" in waiting.events("start_waits")[0]["reason"]
            database.mend()
            waiting.ready()
            (said,) = waiting.events("starts_without_broker")
            assert "the broker at amqp://" in said["reason"]
            assert "guest:guest" not in said["reason"]
            amqp.mend()
            waiting.until(lambda: bool(waiting.events("consumer_connected")), "connected")
            ids = place.send(filed(1))
            place.until_handled(waiting, ids)
            assert waiting.stop() == 0


def test_a_broker_that_takes_connections_and_never_answers_hinders_no_start(here: Place) -> None:
    with Link(here.amqp_uri) as amqp:
        amqp.silence()
        archive = here.start(ARCHIVE, amqp_uri=amqp.uri).ready()
        (said,) = archive.events("starts_without_broker")
        assert "the broker at amqp://" in said["reason"]
        amqp.cut()
        amqp.mend()
        archive.until(lambda: bool(archive.events("consumer_connected")), "connected")
        assert archive.stop() == 0


def test_requests_are_served_and_the_process_is_ready_while_its_broker_never_answers(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Row 20 of inputs.md: a part that requests do not need leaves the process ready, and is named."""
    with fresh_place(request, "sqlite", tmp_path) as place, Link(place.amqp_uri) as amqp:
        amqp.silence()
        database, port = Database(place.database_url), free_port()
        database.migrate(Registration.migrations)
        database.dispose()
        url = f"http://127.0.0.1:{port}"
        place.start("registration", amqp_uri=amqp.uri, HTTP_ADDRESS=f"127.0.0.1:{port}").ready()
        answer = requests.get(f"{url}/readyz", timeout=10)
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
        assert {"broker", "relay"} & set(answer.json()["degraded"])
        assert requests.post(f"{url}/registration/declarations", json=FORM, timeout=10).status_code == 201
