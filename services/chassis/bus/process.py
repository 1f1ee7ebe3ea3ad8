"""The process of one service: ``python -m services.chassis.bus.process SERVICE [--wait]``, which ``vss run`` becomes.

Patches the standard library for green threads before anything else is imported; this is the only place that does.
Exit codes: 0 stopped as asked, 1 died, 2 settings, 3 database or topology.
"""

# the order of these lines is the point
import signal
import time

_BEGAN = time.monotonic()
_signals: list[int] = []
# before all else: importing takes a second, and whoever stops the process meanwhile is to see an orderly end
for _number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(_number, lambda number, _frame: _signals.append(number))

from services.chassis.bus import memory

memory.limit_heaps()

import os
import warnings

# see resolver.py
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")

# nameko stands on eventlet; that eventlet would rather be retired is not news to whoever reads the logs
warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
import eventlet

# psycopg2 is what it would load for that, where it happens to be installed; ours is psycopg 3
eventlet.monkey_patch(psycopg=False)

import sys

# structlog loads it for tracebacks in colour, where it is installed; a service's log has none: 5 MiB, and a tenth of a second
sys.modules["rich"] = None  # type: ignore[assignment]  # None: as if it were not installed
import structlog  # noqa: F401  # for what its import finds

del sys.modules["rich"]

from typing import Any

from nameko.containers import ServiceContainer

from services.chassis import clock, discovery, tls
from services.chassis.bus import outbox, startup
from services.chassis.database import Database
from services.chassis.errors import SettingsError, StartUpError
from services.chassis.green import resolver
from services.chassis.observe import logs, metrics
from services.chassis.recovery.table import revision_base
from services.chassis.resources import CONFIG_KEY, Resources
from services.chassis.settings import ChassisSettings, settings_class
from services.chassis.sweeps import Guard

log = logs.get_logger(__name__)

_MAX_WORKERS = 100
_GRACE_SECONDS = 5.0
_LOOK_SECONDS = 0.1


def _asked_to_stop(within_seconds: float = 0) -> bool:
    """Wait up to so long for a signal to stop. Return whether there was one."""
    # no Event: a signal's handler may run where that Event's lock is held
    until = time.monotonic() + within_seconds
    while not _signals and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _LOOK_SECONDS))
    return bool(_signals)


def main(arguments: list[str]) -> int:
    """Run one service until SIGTERM or SIGINT. Return the exit code."""
    resolver.install()
    names = [argument for argument in arguments if not argument.startswith("--")]
    if len(names) != 1:
        sys.stderr.write("usage: python -m services.chassis.bus.process SERVICE [--wait]\n")
        return 2
    if _asked_to_stop():
        return 0
    try:
        service_class = discovery.load(names[0])
        settings = settings_class(service_class).from_environment()
        tls.trust(settings.ca_file)
        logs.configure(service_class.name, settings.log_level, json=settings.log_json)
        _log_green_threads()
        for name, near in settings.doubts():
            log.warning("setting_doubtful", setting=name, near=near)
        # one bound for all, counted from the very beginning
        patience = startup.Patience(_BEGAN + settings.start_seconds, "--wait" in arguments, _asked_to_stop)
        container = _start(service_class, settings, patience)
    except SettingsError as error:
        sys.stderr.write("The settings are not right:\n" + "".join(f"  - {fault}\n" for fault in error.faults))
        return 2
    except StartUpError as error:
        sys.stderr.write(f"Cannot start: {error}\n")
        return 3
    return 0 if container is None else _serve(container, settings)


def _log_green_threads() -> None:
    """Log what a green thread dies of, redacted; eventlet would write it to stderr."""
    eventlet.hubs.get_hub().squelch_timer_exception = lambda _timer, info: log.error("green_thread_failed", exc_info=info)


def _start(service_class: Any, settings: ChassisSettings, patience: startup.Patience) -> ServiceContainer | None:
    """Start the service when what it needs is there. Return None if asked to stop before.

    :raises StartUpError: with what to do.
    """
    clock.use_offset_file(settings.clock_offset_file)
    log.info(
        "service_starts", environment=settings.vss_env, database=settings.database_url.place, broker=settings.amqp_uri.place
    )
    direct = settings.database_direct_url
    database = Database(
        settings.database_url.reveal(), direct_url=direct.reveal() if direct else None, pool_size=settings.database_pool
    )
    if database.is_postgresql:
        from services.chassis.green import postgresql as green_postgresql  # here: it loads psycopg

        green_postgresql.install(settings.database_answer_seconds)
    counted = metrics.of(service_class.name)
    database.on_outage(lambda outage: counted.database_away[outage.name].inc())
    resources = Resources(service_class.name, settings, database)
    resources.health.add("database", database.ping, "Is the database up and DATABASE_URL right?")
    # reads can be served, so the process stays ready
    resources.health.add("database_writes", database.refuses_writes, "Is the database up?", critical=False)
    resources.health.add("clock", Guard.of(resources).check, "Is the database up and DATABASE_URL right?")
    migrations = getattr(service_class, "migrations", None)
    resources.health.add("schema", lambda: database.newer_schema(migrations), critical=False)
    if not startup.prepare(service_class, settings, database, patience):
        return None
    outbox.publish_as(service_class.name, revision_base=revision_base(database))
    config = {
        "AMQP_URI": settings.amqp_uri.reveal(),
        "WEB_SERVER_ADDRESS": settings.http_address,
        "max_workers": _MAX_WORKERS,
        CONFIG_KEY: resources,
    }
    container = ServiceContainer(service_class, config=config)
    memory.settle()
    container.start()
    log.info("service_ready", pid=os.getpid(), listen=settings.http_address)
    return container


def _serve(container: ServiceContainer, settings: ChassisSettings) -> int:
    """Wait until the service is asked to stop or dies. Return the exit code."""
    died = eventlet.spawn(_wait_quietly, container)
    while not _asked_to_stop(_LOOK_SECONDS):
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
