"""The process of one service: ``python -m services.chassis.bus.process module:Class``, which ``vss run`` becomes.

Patches the standard library for green threads before anything else is imported; this is the only place that does.
Exit codes: 0 stopped as asked, 1 died, 2 settings, 3 broker, database or topology.
"""

# the order of these lines is the point
import signal
import time

_BEGAN = time.monotonic()
_asked_to_stop: list[int] = []
# before all else: importing takes a second, and whoever stops the process meanwhile is to see an orderly end
for _number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(_number, lambda number, _frame: _asked_to_stop.append(number))

import ctypes
import os
import warnings
from contextlib import nullcontext, suppress

# glibc: heaps for the process, not for each thread, as they are never given back (M_ARENA_MAX); and large blocks (a decoded
# picture) outside them, so that they are (M_MMAP_THRESHOLD)
with suppress(OSError, AttributeError):
    ctypes.CDLL(None).mallopt(-8, 2)
    ctypes.CDLL(None).mallopt(-3, 4 * 1024**2)

# see resolver.py
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")

# nameko stands on eventlet; that eventlet would rather be retired is not news to whoever reads the logs
warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
import eventlet

# psycopg2 is what it would load for that, where it happens to be installed; ours is psycopg 3
eventlet.monkey_patch(psycopg=False)

import sys

# structlog loads them for tracebacks in colour, where they are installed; a service's log has none: 5 MiB, and a tenth of a second
sys.modules["rich"] = None  # type: ignore[assignment]  # None: as if it were not installed
import structlog  # noqa: F401  # for what its import finds

del sys.modules["rich"]

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from nameko.containers import ServiceContainer
from sqlalchemy.exc import DBAPIError

from services.chassis import clock, discovery as registry
from services.chassis.bus import connection as broker
from services.chassis.bus import outbox, resolver
from services.chassis.bus.extensions import topology_of
from services.chassis.database import Database
from services.chassis.errors import ChassisError, SettingsError, StartUpError, Transient
from services.chassis.observe import logs
from services.chassis.resources import CONFIG_KEY, Resources
from services.chassis.settings import ChassisSettings

log = logs.get_logger(__name__)

_MAX_WORKERS = 100
_GC_ALLOCATIONS = 20_000
_GRACE_SECONDS = 5.0
_WAIT_PAUSE_SECONDS = 1.0
_ONE_TRY_SECONDS = 1.0
_LOOK_SECONDS = 0.1


class _Asked:
    """Whether somebody asked us to stop. Not an Event: the handler of a signal may run where that Event's lock is held."""

    def is_set(self) -> bool:
        return bool(_asked_to_stop)

    def wait(self, seconds: float) -> bool:
        """Up to so many seconds; whether we were asked."""
        until = time.monotonic() + seconds
        while not _asked_to_stop and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_SECONDS))
        return self.is_set()


def main(arguments: list[str]) -> int:
    """Run one service until SIGTERM or SIGINT."""
    resolver.install()
    wait = "--wait" in arguments
    names = [argument for argument in arguments if not argument.startswith("--")]
    if len(names) != 1:
        sys.stderr.write("usage: python -m services.chassis.bus.process SERVICE [--wait]\n")
        return 2
    stopping = _Asked()
    if _asked_to_stop:
        return 0
    try:
        service_class = registry.load(names[0])
        settings = _settings(service_class)
        logs.configure(service_class.name, settings.log_level, json=settings.log_json)
        _log_green_threads()
        container = _start(service_class, settings, wait, stopping)
    except SettingsError as error:
        sys.stderr.write("The settings are not right:\n" + "".join(f"  - {fault}\n" for fault in error.faults))
        return 2
    except StartUpError as error:
        sys.stderr.write(f"Cannot start: {error}\n")
        return 3
    if container is None:
        return 0
    return _serve(container, settings, stopping)


def _log_green_threads() -> None:
    """What a green thread dies of goes to the log, redacted, and not to stderr as eventlet would have it."""
    eventlet.hubs.get_hub().squelch_timer_exception = lambda _timer, info: log.error("green_thread_failed", exc_info=info)


def _settings(service_class: Any) -> ChassisSettings:
    settings_class: Any = getattr(service_class, "settings", None)
    if settings_class is None:
        settings_class = type("Settings", (ChassisSettings,), {}, service=service_class.name)
    settings: ChassisSettings = settings_class.from_environment()
    return settings


def _start(service_class: Any, settings: ChassisSettings, wait: bool, stopping: _Asked) -> ServiceContainer | None:
    """Check and prepare database and broker, then start the container.

    :raises StartUpError: with what to do, within ``START_SECONDS``; with ``wait`` outages are waited for.
    """
    clock.use_offset_file(settings.clock_offset_file)
    outbox.publish_as(service_class.name)
    database = Database(settings.database_url.reveal(), pool_size=settings.database_pool)
    resources = Resources(service_class.name, settings, database)
    resources.health.add("database", database.ping, "Is the database up and DATABASE_URL right?")
    migrations: Path | None = getattr(service_class, "migrations", None)

    def reach_database() -> None:
        # a SQLite file is made by its first migration
        if database.is_postgresql:
            database.ping()

    def prepare_broker() -> None:
        connection = broker.connect(settings.amqp_uri.reveal())
        try:
            broker.declare(connection.channel(), topology_of(service_class, settings))
        finally:
            broker.close(connection)

    # one bound for all, counted from the very beginning; but a migration may take its time
    search = _Search(_BEGAN + settings.start_seconds, wait, stopping)
    for what, step, bounded in (
        (f"the database at {settings.database_url}", reach_database, True),
        (f"the database at {settings.database_url}", lambda: database.migrate(migrations), False),
        (f"the broker at {settings.amqp_uri}", prepare_broker, True),
    ):
        if not _try(what, step, search, bounded=bounded):
            return None
    container = ServiceContainer(
        service_class,
        config={
            "AMQP_URI": settings.amqp_uri.reveal(),
            "WEB_SERVER_ADDRESS": settings.http_address,
            "max_workers": _MAX_WORKERS,
            CONFIG_KEY: resources,
        },
    )
    # what is loaded by now stays: the collector need not look at it with every batch
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_ALLOCATIONS, 20, 50)
    # what importing and migrating left free goes back
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    container.start()
    log.info("service_ready", pid=os.getpid(), listen=settings.http_address)
    return container


class _Search(NamedTuple):
    """How long to look for what a service needs."""

    deadline: float
    wait: bool
    stopping: _Asked


def _try(what: str, step: Callable[[], None], search: _Search, *, bounded: bool) -> bool:
    """Run ``step``; outages are tried again until the deadline (for ever with ``wait``). ``False`` when asked to stop."""
    while not search.stopping.is_set():
        problem: Exception
        left = max(search.deadline - time.monotonic(), _ONE_TRY_SECONDS)
        try:
            with eventlet.Timeout(left, exception=Transient("no answer in time")) if bounded else nullcontext():
                step()
            return True
        except (Transient, *broker.GONE) as error:
            problem = error
        except Exception as error:
            if isinstance(error, ChassisError) or not _is_outage(error):
                raise
            problem = error
        if not search.wait and time.monotonic() + _WAIT_PAUSE_SECONDS + _ONE_TRY_SECONDS >= search.deadline:
            raise StartUpError(
                f"{what} does not answer ({_reason(problem)}). Is it up, and are address and password right? "
                "Start with --wait to wait for it."
            ) from problem
        log.warning("start_waits", error=type(problem).__name__)
        search.stopping.wait(_WAIT_PAUSE_SECONDS)
    return False


def _is_outage(error: Exception) -> bool:
    return isinstance(error, DBAPIError)


def _reason(problem: Exception) -> str:
    """The first line of what database or broker said; such errors come before any fact is read, so no person is in them."""
    said = problem.orig if isinstance(problem, DBAPIError) else problem
    text = str(said).strip()
    return text.splitlines()[0] if text else type(said).__name__


def _serve(container: ServiceContainer, settings: ChassisSettings, stopping: _Asked) -> int:
    died = eventlet.spawn(_wait_quietly, container)
    while not stopping.wait(0.1):
        if died.dead:
            log.error("service_died")
            return 1
    log.info("service_stopping", timeout_seconds=settings.stop_seconds)
    container.config[CONFIG_KEY].health.stopping()
    try:
        with eventlet.Timeout(settings.stop_seconds * 2 + _GRACE_SECONDS):
            container.stop()
    except eventlet.Timeout:
        log.error("service_stop_overran")
        return 1
    container.config[CONFIG_KEY].db.dispose()
    log.info("service_stopped")
    return 0


def _wait_quietly(container: ServiceContainer) -> None:
    try:
        container.wait()
    except Exception as error:
        log.error("service_failed", exc_info=error)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # green threads of libraries may still sit in waits; everything of ours is closed
    os._exit(code)
