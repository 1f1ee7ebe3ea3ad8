"""How many requests does one process of registration take: a form created, then submitted, by many people at once?

Registration alone with its broker and database. Forms are made as PDF behind, as ever; how many are waiting at the end is told.
"""

import asyncio
import itertools
import time
from typing import Any

import sqlalchemy as sa
from rich.progress import Progress

from services.chassis.bus.topology import lane_exchange
from services.chassis.discovery import subscriptions
from tests.bench.crowd import Crowd, Filed, milliseconds
from tests.bench.town import Town, shares, town
from tests.faults.wire import tap

_PEOPLE, _WARM_UP = 3000, 200
_CONNECTIONS = 16


def measure(progress: Progress) -> dict[str, Any]:
    """`intake_requests_per_second`, and beside it how long they took and where the time went."""
    with town(services=("registration",)) as place:
        # somebody has to read, or the lanes stand still
        for reader in sorted({reader for readers in subscriptions.of("registration").values() for reader in readers}):
            tap(place.system.amqp_uri, lane_exchange("registration", reader), "#", "bench.everything")
        people = iter(place.stage.human, None)
        asyncio.run(
            _run(place, [Filed(human) for human in itertools.islice(people, _WARM_UP)], progress, "intake, warming up")
        )
        return asyncio.run(_run(place, [Filed(human) for human in itertools.islice(people, _PEOPLE)], progress, "intake"))


async def _run(place: Town, people: list[Filed], progress: Progress, what: str) -> dict[str, Any]:
    task = progress.add_task(what, total=len(people))
    waiting = iter(people)
    async with Crowd(place.stage.web.bases, connections=_CONNECTIONS) as crowd:

        async def work() -> None:
            for filed in waiting:
                await crowd.files(filed, pictures=False)
                progress.advance(task)

        began, before = time.monotonic(), place.cpu_seconds()
        async with asyncio.TaskGroup() as group:
            for _ in range(_CONNECTIONS):
                group.create_task(work())
        seconds = time.monotonic() - began
        requests = crowd.requests["create"] + crowd.requests["submit"]
        return {
            "intake_requests_per_second": round(requests / seconds, 1),
            "intake": {
                "requests": requests,
                "connections": _CONNECTIONS,
                "create_p99_ms": milliseconds(crowd.seconds["create"], 0.99),
                "submit_p99_ms": milliseconds(crowd.seconds["submit"], 0.99),
                "forms_waiting_for_their_pdf": _waiting(place),
                "rss_mib": place.rss_mib()["registration"],
                "cpus": shares(before, place.cpu_seconds(), seconds),
            },
        }


def _waiting(place: Town) -> int:
    url = place.system.environment("registration")["REGISTRATION_DATABASE_URL"]
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM jobs WHERE state = 'waiting'")).scalar_one())
