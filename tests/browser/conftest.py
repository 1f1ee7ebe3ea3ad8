"""One whole system behind the deployed front door, one chromium, and as many people as a test asks for.

    def test_…(visit: Visit) -> None:               # visit(width=PHONE, javascript=False)
        clerk = visit()
        clerk.is_staff(stage.CLERK)
        clerk.opens("/feedback/ban").sees("desk")

Pictures: .run/screens/WIDTH/NAME.png. Logs of the services: .run/browser.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from playground import least_rights
from playground.browser import DESK, PHONE, Chromium
from playground.stage import Stage
from playground.system import System
from services.chassis.testing import RabbitNode
from tests.browser.person import Person

_RUN = Path(__file__).resolve().parents[2] / ".run"
PICTURES = _RUN / "screens"
_LOGS = _RUN / "browser"
#: as for the journeys: what is tried again or looked for now and then shall not keep a test waiting
_EXTRA = {"RETRY_DELAYS_SECONDS": "1,2,5", "SWEEP_SECONDS": "0.5", "ACCOUNTS_SIGNING_KEY_DAYS": "3650"}


class Visit(Protocol):
    """Let another person sit down at a browser of their own."""

    def __call__(self, *, width: int = DESK, javascript: bool = True, **options: Any) -> Person: ...


@pytest.fixture(scope="package")
def stage(rabbit: RabbitNode, nodes_folder: Path) -> Iterator[Stage]:
    """The whole system on SQLite, behind the front door, at ten in the morning. Whoever stops a part of it starts it again."""
    uri = rabbit.start().create_vhost("browser")
    folder = Path(tempfile.mkdtemp(prefix="browser-", dir=nodes_folder))
    users = least_rights.grant(rabbit, uri)
    system = System(folder, amqp_uri=uri, users=users, extra=_EXTRA, door=True)
    try:
        with system:
            stage = Stage(system)
            stage.begin_in_the_morning()
            yield stage
    finally:
        _LOGS.mkdir(parents=True, exist_ok=True)
        for program in system.programs.values():
            if program.log.exists():
                shutil.copy(program.log, _LOGS)
    rabbit.start().delete_vhost("browser")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Chromium]:
    """The browser, for all tests of the folder; each person has cookies of their own."""
    with Chromium() as running:
        yield running


@pytest.fixture
def visit(stage: Stage, chromium: Chromium) -> Iterator[Visit]:
    """People; what any of their browsers complained of fails the test at its end."""
    people: list[Person] = []
    with ExitStack() as browsers:

        def visit(*, width: int = DESK, javascript: bool = True, **options: Any) -> Person:
            context = browsers.enter_context(chromium.context(width=width, javascript=javascript, **options))
            people.append(Person(stage, context, PICTURES, width, javascript=javascript))
            return people[-1]

        yield visit
    faults = [fault for person in people for fault in person.watch.faults]
    if faults:
        pytest.fail(f"{len(faults)} faults in the browser\n" + "\n".join(faults), pytrace=False)


@pytest.fixture(params=[DESK, pytest.param(PHONE, marks=pytest.mark.slow)], ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    """An office's screen, then a phone: the test runs twice; `make test` leaves the phone to `make browser`."""
    return int(request.param)
