"""One host's clock is wrong: nothing that people handed in may go, and an alarm must show.

A registration service really runs with its machine's clock moved (libfaketime), on a PostgreSQL whose clock is right, over
declarations that wait for their people. Then: how many are left, what Prometheus would scrape, what `/readyz` says. Beside it a
process with a right clock goes on and expires what is truly over.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from playground.program import ROOT, Program, service
from services.chassis import clock
from services.chassis.bus.inbox import inbox
from services.chassis.calendar import day_ending_at
from services.chassis.database import Database
from services.chassis.ids import uuid7
from services.chassis.testing import NodeError, PostgresNode, RabbitNode, free_port
from services.chassis.testing.processes import wait_until
from services.registration.declarations.rules import Declaration
from tests.operations.alarms import Recorder
from tests.stand.migrated import migrate

SERVICE = "services.registration.service:Registration"
PEOPLE, DRAFTS, OVER, INBOX = 1_017, 60, 3, 500
_FAKETIME = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")
_ROUND_SECONDS = 0.5
_HELD = re.compile(r'^vss_sweep_held\{service="registration",sweep="(\w+)",why="(\w+)"\} 1\.0$', re.MULTILINE)
_DIFFERENCE = re.compile(r'^vss_clock_difference_seconds\{service="registration"\} (\S+)$', re.MULTILINE)

ALARMS = ("SweepHeld", "ClockDiffers")
#: what the figures must be
expect: Mapping[str, Any] = {
    "deleted_by_a_wrong_clock": 0,
    "alarms": list(ALARMS),
    "ready": False,
    "expired_by_a_right_clock": OVER,
}


def run(short: bool) -> dict[str, Any]:
    """Return the figures of each wrong clock: 11 days ahead; in the long form also 200 days ahead and 11 behind, a minute each."""
    folder = Path(tempfile.mkdtemp(prefix="vss-clock-"))
    folder.chmod(0o755)
    days = (11,) if short else (11, 200, -11)
    try:
        with RabbitNode(folder / "rabbit") as rabbit, PostgresNode(folder / "postgres") as postgres:
            return {
                f"{by:+d}_days": _figures(folder, rabbit.uri, postgres.create_database(f"clock_{number}"), by, short=short)
                for number, by in enumerate(days)
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def moved(days: float) -> dict[str, str]:
    """Return the environment in which a process sees the machine's clock so many days ahead.

    :raises NodeError: if libfaketime is not installed.
    """
    here = Path("/")
    found = sorted(file for pattern in _FAKETIME for file in here.glob(pattern.lstrip("/")))
    if not found:
        raise NodeError(
            "libfaketime is not installed. On Debian: apt-get install -y faketime (or scripts/install_debian.sh)"
        )
    return {"LD_PRELOAD": str(found[0]), "FAKETIME": f"{days:+g}d"}


def fill(database: Database, *, people: int = PEOPLE, drafts: int = DRAFTS, over: int = 0) -> None:
    """Write declarations that wait for their people, drafts of today, some whose ten days are truly over, and message ids."""
    now = clock.now()
    with database.write() as session:
        session.add_all(_declaration(number, "submitted", now, now + timedelta(days=10)) for number in range(people))
        session.add_all(_declaration(people + number, "draft", now, None) for number in range(drafts))
        for number in range(over):
            no = people + drafts + number
            session.add(_declaration(no, "submitted", now - timedelta(days=11), now - timedelta(days=1)))
        session.execute(sa.insert(inbox), [{"id": uuid7(), "received_at": now} for _ in range(INBOX)])


def left(database: Database) -> int:
    """Return how many declarations still hold what their people handed in."""
    with database.read() as session:
        query = sa.select(sa.func.count()).where(Declaration.subject.is_not(None))
        return session.scalar(query) or 0


def read(program: tuple[Program, int], path: str) -> tuple[int, str]:
    """Return status and body of one of a service's own pages."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{program[1]}{path}", timeout=5) as answer:  # our own address
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def vss(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `vss …`; its output and status."""
    command = [sys.executable, "-m", "services.chassis.cli.main", *arguments]
    return subprocess.run(command, env=dict(environment), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@contextlib.contextmanager
def registration(folder: Path, amqp_uri: str, database_url: str, **settings: Any) -> Iterator[tuple[Program, int]]:
    """Run a registration process with sweeps every half second; yield it with its port."""
    port = free_port()
    more = {
        "HTTP_ADDRESS": f"127.0.0.1:{port}",
        "DOCUMENTS_URL": f"file:{folder / 'documents'}",
        "SWEEP_SECONDS": _ROUND_SECONDS,
    }
    program = service(SERVICE, folder=folder, amqp_uri=amqp_uri, database_url=database_url, **more, **settings)
    try:
        program.until(lambda: bool(program.events("service_ready")), "started")
        yield program, port
    finally:
        program.kill()


def _figures(folder: Path, amqp_uri: str, database_url: str, days: float, *, short: bool) -> dict[str, Any]:
    database = Database(database_url)
    migrate(database, _migrations())
    people = PEOPLE if short else 10 * PEOPLE
    fill(database, people=people)
    began = time.monotonic()
    with (
        registration(folder, amqp_uri, database_url, **moved(days)) as wrong,
        Recorder({"registration": f"http://127.0.0.1:{wrong[1]}"}) as recorder,
    ):
        wait_until(lambda: len(_HELD.findall(read(wrong, "/metrics")[1])) >= 3, 20)
        # several rounds more of each: what is held stays held
        time.sleep(6 * _ROUND_SECONDS if short else 75)
        metrics, (status, body) = read(wrong, "/metrics")[1], read(wrong, "/readyz")
        if short:
            _go_on(recorder, seconds=90)
        alarms = [alarm for alarm in ALARMS if recorder.fires(alarm, at=max(recorder.now, 90 if short else 0))]
        held = dict(_HELD.findall(metrics))
        difference = [float(seconds) for seconds in _DIFFERENCE.findall(metrics)]
        deleted = people + DRAFTS - left(database)
        fill_over(database)
        with registration(folder, amqp_uri, database_url) as right:
            right[0].until(lambda: left(database) == people + DRAFTS, "expired what is over", 20)
            time.sleep(2 * _ROUND_SECONDS)
            expired = people + DRAFTS + OVER - left(database)
    database.dispose()
    return {
        "people": people,
        "deleted_by_a_wrong_clock": deleted,
        "held": held,
        "alarms": alarms,
        "difference_seconds": difference[0],
        "ready": status == 200,
        "readyz": body,
        "expired_by_a_right_clock": expired,
        "seconds": round(time.monotonic() - began, 1),
    }


def _go_on(recorder: Recorder, *, seconds: int) -> None:
    """Lengthen the record as if nothing changed: a short form does not last as long as the alarms wait."""
    for samples in recorder.series.values():
        last = max(samples)
        samples.update(dict.fromkeys(range(last + 1, seconds + 1), samples[last]))


def fill_over(database: Database) -> None:
    """Add declarations whose ten days are truly over."""
    fill(database, people=0, drafts=0, over=OVER)


def _declaration(number: int, status: str, created: Any, expires: Any) -> Declaration:
    return Declaration(
        dossier_no=f"{uuid7().hex[-12:]}-{number}",
        kind="register",
        route="portal",
        channel="web",
        filing="self",
        status=status,
        tracking_hash=bytes(32),
        office={"code": "00100", "name": "BHXH", "province_code": "01"},
        bhxh_code=None,
        subject={"bhxh_code": "0123456789", "full_name": "Nguyễn Thị Ánh"},
        contact={"phone": "+84983847986", "email": None},
        created_at=created,
        submitted_at=created if status == "submitted" else None,
        last_day=expires and day_ending_at(expires),
        expires_at=expires,
    )


def _migrations() -> Path:
    from services.registration.service import Registration

    return Registration.migrations
