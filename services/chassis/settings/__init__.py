"""Settings: frozen, from the environment, every fault reported at once.

    class Settings(ChassisSettings, service="registration", http_address="127.0.0.1:8101"):
        draft_days: int = setting(default=7, help="how long a draft is kept", minimum=1, maximum=365)
        sms_token: Secret = setting(help="token of the SMS gateway")          # no default: must be set

    settings = Settings.from_environment()

Each variable is looked up as `REGISTRATION_DRAFT_DAYS` first, then as `DRAFT_DAYS`. An empty variable counts as not set.
A `Secret` or `Url` is also read from the file named by `…_FILE` (the way Docker and Kubernetes hand out secrets).
Types: str, int, float, bool, Path, Url, Secret, `tuple[T, ...]` ("5,30,300") and `T | None`. Units are in the names.
Tests make one directly: `Settings(draft_days=1)`; bounds hold there too.
"""

import types
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from services.chassis import clock, tls
from services.chassis.settings.base import Row, setting
from services.chassis.settings.bus import BusSettings
from services.chassis.settings.http import HttpSettings
from services.chassis.settings.values import Secret, Url

__all__ = ["ChassisSettings", "Row", "Secret", "Url", "chassis_settings", "setting", "settings_class"]

_KEY = r"\s*[A-Za-z0-9+/]{43}=\s*"
_LONGEST_WITHOUT_SECOND_FACTOR = timedelta(days=31)
_KEY_WORDS = "32 bytes in base64 (`python -m services.chassis.seal` makes a pair)"


class ChassisSettings(BusSettings, HttpSettings, ignores=("VSS_SERVICE",)):
    """What every service can be told. (VSS_SERVICE is the image's: which service it starts.) Subclass it with `service="<name>"` and add the service's own."""

    #: whether the service puts or reads documents; who does not gets no key to them
    handles_documents = True

    vss_env: str = setting(
        default="development",
        help="production refuses what only a developer's machine may have (docs/how-to.md)",
        choices=("development", "production"),
    )
    amqp_uri: Url = setting(
        default=Url("amqp://guest:guest@127.0.0.1:5672/"), help="the message broker", schemes=("amqp", "amqps")
    )
    rabbitmq_management_url: Url | None = setting(
        default=None,
        help="the broker's management plugin, for `vss topology` only; services do not use it",
        schemes=("http", "https"),
    )
    database_url: Url = setting(
        default=Url("sqlite:///.run/{service}.db"),
        help="the service's own database: SQLite, or PostgreSQL as postgresql+psycopg://…; "
        "several servers: postgresql+psycopg://USER:PASSWORD@/NAME?host=A:5432&host=B:5432, whichever takes writes is used",
        schemes=("sqlite", "postgresql", "postgresql+psycopg", "postgres"),
    )
    database_direct_url: Url | None = setting(
        default=None,
        help="the same database past a pooler in transaction mode: for migrations and the relay's lock",
        schemes=("postgresql", "postgresql+psycopg", "postgres"),
    )
    migration_database_url: Url | None = setting(
        default=None,
        help="for `vss migrate` only: the same database under the user who owns its tables; services do not get it",
        schemes=("postgresql", "postgresql+psycopg", "postgres"),
    )
    database_user_may_own: bool = setting(
        default=False,
        help="production: serve although the database's user owns its tables, until they have an owner of their own",
    )
    ca_file: Path | None = setting(
        default=None,
        help="certificate authorities (PEM) that are trusted besides the system's: of broker, database, mail server",
    )
    plain_hosts: tuple[str, ...] = setting(
        default=(),
        help="hosts that production may reach without TLS, because the way there is encrypted otherwise (a mesh) or "
        "does not leave the machine",
    )
    stop_seconds: float = setting(default=20.0, help="how long a stop waits for running work", minimum=0, maximum=3600)
    start_seconds: float = setting(
        default=10.0, help="how long a start looks for the database (--wait: no limit)", minimum=0.1, maximum=3600
    )
    database_answer_seconds: float = setting(
        default=60.0,
        help="longest wait for an answer of the database; then its connection is given up",
        minimum=1,
        maximum=3600,
    )
    database_pool: int = setting(default=10, help="most database connections", minimum=1, maximum=1000)
    log_level: str = setting(
        default="INFO", help="least severe event that is logged", choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    )
    log_json: bool = setting(default=True, help="log JSON lines; false: lines for a terminal")
    documents_url: Url = setting(
        default=Url("file:.run/documents"),
        help="where documents are kept: file:<folder> or s3://<bucket>/<prefix>",
        schemes=("file", "s3"),
    )
    document_keys_url: Url = setting(
        default=Url("file:.run/document-keys"),
        help="where the keys of encrypted documents are kept, apart from them: file:<folder> or s3://<bucket>/<prefix>",
        schemes=("file", "s3"),
    )
    documents_key: Secret | None = setting(
        default=None,
        help="key under which the documents' own keys are sealed (base64), the same for every service; after a rotation: new,old",
        pattern=rf"{_KEY}(,{_KEY})*",
        expects="32 bytes in base64 (`python -m services.chassis.secretbox` makes one)",
    )
    previous_release_beside: bool = setting(
        default=False,
        help="a process of the release before this one still serves: write only what it can read, so documents and signing keys are not encrypted, "
        "drafts get their number at once, and phones count as proved (docs/releasing.md)",
    )
    s3_endpoint_url: Url | None = setting(default=None, help="an S3 other than Amazon's", schemes=("http", "https"))
    seal_public_key: Secret | None = setting(
        default=None, help="key that secrets are sealed with (base64)", pattern=_KEY, expects=_KEY_WORDS
    )
    seal_private_key: Secret | None = setting(
        default=None,
        help="key that opens sealed secrets (base64); after a rotation: new,old",
        pattern=rf"{_KEY}(,{_KEY})*",
        expects=_KEY_WORDS,
    )
    secrets_key: Secret | None = setting(
        default=None,
        help="key under which the service's own secrets are kept in its database (base64); after a rotation: new,old",
        pattern=rf"{_KEY}(,{_KEY})*",
        expects="32 bytes in base64 (`python -m services.chassis.secretbox` makes one)",
    )
    jwks_url: Url = setting(
        default=Url("http://127.0.0.1:8103/accounts/jwks.json"),
        help="where the public keys of bearer tokens are published",
        schemes=("http", "https"),
    )
    token_issuer: str = setting(default="vss-accounts", help="issuer of bearer tokens")
    token_audience: str = setting(default="vss", help="audience of bearer tokens")
    staff_second_factor_from: str | None = setting(
        default=None,
        help="first day (YYYY-MM-DD, Vietnam) on which staff need a second factor; until then those who have none sign in with a password alone. "
        "Unset: at once (A12)",
        pattern=r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
        expects="a day as YYYY-MM-DD",
    )
    ended_sessions_seconds: float = setting(
        default=30.0,
        help="how often accounts is asked, while staff call, which of their sessions it has ended; besides the fact, which needs the broker",
        minimum=0.2,
        maximum=60,
    )
    officers_help_line: str = setting(
        default="0243.7753944", help="number that staff in difficulty call; people are told HOTLINE instead"
    )
    clock_tolerance_seconds: float = setting(
        default=120.0,
        help="difference between the clocks of this machine and the database at which nothing is deleted or expired any more",
        minimum=1,
        maximum=86_400,
    )
    sweep_max_rows: int = setting(
        default=1000,
        help="most rows about people that one round may expire, erase or remind; more wait for `vss sweeps allow`",
        minimum=1,
    )
    sweep_max_records: int = setting(
        default=250_000,
        help="most records of past work (message ids, finished jobs, old codes) that one round may delete; more wait likewise",
        minimum=1,
    )
    clock_may_move: bool = setting(default=False, help="allow CLOCK_OFFSET_FILE; never in production")
    clock_offset_file: Path | None = setting(
        default=None, help="file with seconds to add to the clock (tests and demonstrations; wants CLOCK_MAY_MOVE)"
    )

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.ca_file is not None and (what := tls.fault(self.ca_file)):
            yield f"CA_FILE: {what}. Correct it, or remove it to trust the system's authorities alone."
        if self.clock_offset_file is not None and not self.clock_may_move:
            yield (
                "CLOCK_OFFSET_FILE: set, but CLOCK_MAY_MOVE is not. A file that moves the clock makes people's deadlines pass. "
                "Remove it; in a test or demonstration set CLOCK_MAY_MOVE=true."
            )
        if self.handles_documents and self.documents_key is None and self.vss_env == "production":
            yield (
                "DOCUMENTS_KEY: not set, and people's papers would lie readable in the store and in all its backups. VSS_ENV is production: "
                "give every service but accounts the same key (`python -m services.chassis.secretbox` makes one)."
            )
        if self.documents_key is not None and self.document_keys_url == self.documents_url:
            yield "DOCUMENT_KEYS_URL: the same place as DOCUMENTS_URL, so every backup of a document would hold its key. Name another."
        if (fault := self._second_factor_fault()) is not None:
            yield f"STAFF_SECOND_FACTOR_FROM: {fault}. Correct it, or remove it: then staff need a second factor at once."

    def _second_factor_fault(self) -> str | None:
        """Return what is wrong with the day: none of the calendar, or so far ahead that it is forgotten."""
        if self.staff_second_factor_from is None:
            return None
        try:
            ahead = date.fromisoformat(self.staff_second_factor_from) - clock.now().date()
        except ValueError:
            return "no day of the calendar"
        if self.vss_env == "production" and ahead > _LONGEST_WITHOUT_SECOND_FACTOR:
            return f"expected a day within the next {_LONGEST_WITHOUT_SECOND_FACTOR.days} days, in which all staff enrol"
        return None


def settings_class(service: Any) -> type[ChassisSettings]:
    """Return the class that a service names as its `settings`, or the chassis' alone if it names none."""
    return getattr(service, "settings", None) or chassis_settings(service.name)


def chassis_settings(service: str) -> type[ChassisSettings]:
    """Return the chassis' settings as a service of that name reads them."""
    made: type[ChassisSettings] = types.new_class("Settings", (ChassisSettings,), {"service": service})
    return made
