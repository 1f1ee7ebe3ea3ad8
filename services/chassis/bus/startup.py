"""What a service needs before it serves: its database, migrated.

A start says within ``START_SECONDS`` that the database is missing, or waits for it (``--wait``) until somebody stops it. The broker
is looked for once: without it a service takes requests, and its facts wait (decision 24).
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import eventlet
from sqlalchemy.exc import DBAPIError

from services.chassis.bus import connection as broker
from services.chassis.bus import leadership
from services.chassis.bus.extensions import topology_of
from services.chassis.database import Database
from services.chassis.database.migrate import migrate_in_subprocess
from services.chassis.database.ownership import NotMigrated
from services.chassis.errors import StartUpError, Transient
from services.chassis.observe.logs import get_logger
from services.chassis.settings import ChassisSettings
from services.chassis.settings.production import PRODUCTION

log = get_logger(__name__)

_PAUSE_SECONDS = 1.0
_ONE_TRY_SECONDS = 1.0
_BROKER_SECONDS = 5.0


@dataclass(frozen=True)
class Patience:
    """How long a start looks for what it needs: until ``deadline`` (monotonic seconds), or for ever (``wait``).

    ``asked_to_stop`` waits so many seconds for that, and says whether somebody asked.
    """

    deadline: float
    wait: bool
    asked_to_stop: Callable[[float], bool]

    def attempt(self, what: str, step: Callable[[], None], *, bounded: bool = True) -> bool:
        """Run ``step``, again and again while there is an outage. Return False when asked to stop.

        :param bounded: whether one run of it may not outlast the deadline either (a migration may).
        :raises StartUpError: with what to do, at the deadline.
        """
        while not self.asked_to_stop(0):
            problem: Exception
            left = max(self.deadline - time.monotonic(), _ONE_TRY_SECONDS)
            try:
                with eventlet.Timeout(left, exception=Transient("no answer in time")) if bounded else nullcontext():
                    step()
                return True
            except (Transient, *broker.GONE, DBAPIError) as error:
                problem = error
            says = f"{what} is not ready: {problem}" if isinstance(problem, NotMigrated) else None
            if not self.wait and time.monotonic() + _PAUSE_SECONDS + _ONE_TRY_SECONDS >= self.deadline:
                raise StartUpError(
                    says
                    or f"{what} does not answer ({_reason(problem)}). Is it up, and are address and password right? "
                    "Start with --wait to wait for it."
                ) from problem
            log.warning(
                "start_waits", error=type(problem).__name__, reason=says or f"{what} does not answer: {_reason(problem)}"
            )
            self.asked_to_stop(_PAUSE_SECONDS)
        return False


def prepare(service_class: Any, settings: ChassisSettings, database: Database, patience: Patience) -> bool:
    """Reach and migrate the database; declare the service's queues if the broker answers. Return False when asked to stop.

    :raises StartUpError: with what to do, if the database is not there, or something does not fit.
    """

    def reach_database() -> None:
        # a SQLite file is made by its first migration
        if database.is_postgresql:
            database.ping()
            leadership.require_sessions(database)

    def migrate() -> None:
        scripts = getattr(service_class, "migrations", None)
        migrate_in_subprocess(database, scripts)
        if newer := database.newer_schema(scripts):
            log.warning("schema_is_newer", state=newer)

    at_database = f"the database at {settings.database_url}"
    if not (patience.attempt(at_database, reach_database) and patience.attempt(at_database, migrate, bounded=False)):
        return False
    require_other_owner(settings, database)
    _declare(service_class, settings)
    return True


def require_other_owner(settings: ChassisSettings, database: Database) -> None:
    """Refuse, in production, to serve as a user who could drop what keeps a history from being changed (V16, decision 65).

    :raises StartUpError: with what to do.
    """
    if not database.is_owned() or settings.vss_env != PRODUCTION:
        return
    if settings.database_user_may_own:
        log.warning("database_user_owns_tables")
        return
    raise StartUpError(
        f"the user of DATABASE_URL ({settings.database_url}) owns the tables, or is a superuser: it could rewrite the history. "
        "Give the tables an owner of their own and run `vss migrate` as that one (deploy/README.md, 'Two users for each "
        "database'); until then DATABASE_USER_MAY_OWN=true serves all the same"
    )


def _declare(service_class: Any, settings: ChassisSettings) -> None:
    """Declare the service's part of the broker, if that answers within five seconds. The consumer does it again and again.

    :raises StartUpError: if something exists with other arguments: whoever deploys is to see it at once.
    """
    connection = None
    try:
        with eventlet.Timeout(_BROKER_SECONDS, exception=Transient("no answer in time")):
            connection = broker.connect(settings.amqp_uri.reveal())
            broker.declare(connection.channel(), topology_of(service_class, settings), service_class.name)
    except (Transient, *broker.GONE) as error:
        log.error(
            "starts_without_broker",
            error=type(error.__cause__ or error).__name__,
            reason=f"the broker at {settings.amqp_uri} does not answer: {broker.reason(error)}. Is it up, and are address and "
            "password right? Requests are served meanwhile, and facts wait.",
        )
    finally:
        broker.close(connection)


def _reason(problem: Exception) -> str:
    """The first line of what the database said; such errors come before any fact is read, so no person is in them."""
    said = problem.orig if isinstance(problem, DBAPIError) else problem
    text = str(said).strip()
    return text.splitlines()[0] if text else type(said).__name__
