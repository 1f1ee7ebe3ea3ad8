"""Settings: frozen, from the environment, every fault reported at once.

    class RegistrationSettings(ChassisSettings, service="registration", http_address="127.0.0.1:8101"):
        draft_days: int = setting(default=30, help="how long a draft is kept", minimum=1, maximum=365)
        sms_token: Secret = setting(help="token of the SMS gateway")          # no default: must be set

    settings = RegistrationSettings.from_environment()

Each variable is looked up as `REGISTRATION_DRAFT_DAYS` first, then as `DRAFT_DAYS`. An empty variable counts as not set.
A `Secret` or `Url` is also read from the file named by `…_FILE` (the way Docker and Kubernetes hand out secrets).
Types: str, int, float, bool, Path, Url, Secret, `tuple[T, ...]` ("5,30,300") and `T | None`. Units are in the names.
Tests make one directly: `RegistrationSettings(draft_days=1)`; bounds hold there too.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from services.chassis.settings.declared import Declared, Row, setting
from services.chassis.settings.values import Secret, Url

__all__ = ["ChassisSettings", "Row", "Secret", "Url", "setting"]


class ChassisSettings(Declared):
    """What every service can be told. Subclass it with `service="<name>"` and add the service's own."""

    amqp_uri: Url = setting(
        default=Url("amqp://guest:guest@127.0.0.1:5672/"), help="the message broker", schemes=("amqp", "amqps")
    )
    database_url: Url = setting(
        default=Url("sqlite:///.run/{service}.db"),
        help="the service's own database: SQLite, or PostgreSQL as postgresql+psycopg://…",
        schemes=("sqlite", "postgresql", "postgresql+psycopg", "postgres"),
    )
    http_address: str = setting(
        default="127.0.0.1:8100",
        help="where HTTP is served; port 0 takes a free one",
        pattern=r"(\[[0-9a-fA-F:.]+\]|[\w.-]*):([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])",
        expects="host:port",
    )
    batch_size: int = setting(default=200, help="messages handled in one transaction, at most", minimum=1, maximum=1000)
    prefetch: int = setting(default=400, help="messages the broker hands out ahead of acks", minimum=1, maximum=10_000)
    relay_window: int = setting(
        default=1000, help="facts sent to the broker and not confirmed yet, at most", minimum=1, maximum=10_000
    )
    relay_poll_seconds: float = setting(
        default=0.05,
        help="how often the relay looks for facts of other processes of the service, while there are any",
        minimum=0.001,
        maximum=60,
    )
    retry_delays_seconds: tuple[int, ...] = setting(
        default=(5, 30, 300, 1800, 7200), help="waits before each further try", minimum=1, maximum=7 * 86_400
    )
    inbox_keep_days: int = setting(
        default=30, help="how long message ids are remembered against doubles", minimum=1, maximum=3650
    )
    queue_max_bytes: int = setting(
        default=2 * 1024**3, help="size of the inbound queue from which the broker refuses", minimum=1024**2
    )
    delivery_limit: int = setting(
        default=50, help="deliveries without an ack before the broker parks a message", minimum=1, maximum=10_000
    )
    stop_seconds: float = setting(default=20.0, help="how long a stop waits for running work", minimum=0, maximum=3600)
    start_seconds: float = setting(
        default=10.0, help="how long a start looks for broker and database", minimum=0.1, maximum=3600
    )
    database_pool: int = setting(default=10, help="database connections, at most", minimum=1, maximum=1000)
    log_level: str = setting(
        default="INFO", help="least severe event logged", choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    )
    log_json: bool = setting(default=True, help="logs as JSON lines; false: for reading on a terminal")
    http_max_body_bytes: int = setting(
        default=1024**2, help="size of a request's body, unless a path takes more", minimum=1024
    )
    http_max_connections: int = setting(default=500, help="HTTP connections at once", minimum=1)
    http_head_seconds: float = setting(default=10.0, help="time for a request's line and headers", minimum=0.1)
    http_body_seconds: float = setting(default=120.0, help="time for a request's body", minimum=0.1)
    http_socket_seconds: float = setting(default=30.0, help="time for one read or write of a connection", minimum=0.1)
    http_idle_seconds: float = setting(default=15.0, help="time between two requests of one connection", minimum=0.1)
    documents_url: Url = setting(
        default=Url("file:.run/documents"),
        help="where documents rest: file:<folder> or s3://<bucket>/<prefix>",
        schemes=("file", "s3"),
    )
    s3_endpoint_url: Url | None = setting(default=None, help="an S3 other than Amazon's", schemes=("http", "https"))
    seal_public_key: Secret | None = setting(default=None, help="key that secrets are sealed with (base64)")
    seal_private_key: Secret | None = setting(
        default=None, help="key that opens sealed secrets (base64); after a rotation: new,old"
    )
    jwks_url: Url = setting(
        default=Url("http://127.0.0.1:8103/accounts/jwks.json"),
        help="where the keys that bearer tokens are signed with are published",
        schemes=("http", "https"),
    )
    token_issuer: str = setting(default="vss-accounts", help="who signs bearer tokens")
    token_audience: str = setting(default="vss", help="whom bearer tokens are for")
    clock_offset_file: Path | None = setting(
        default=None, help="file with seconds to add to the clock (tests and demonstrations)"
    )

    def check(self) -> Iterator[str]:
        for name in ("seal_public_key", "seal_private_key"):
            secret: Secret | None = getattr(self, name)
            if secret is not None and not all(map(_is_key, secret.reveal().split(","))):
                yield f"{name.upper()}: expected 32 bytes in base64. Make a pair with `python -m services.chassis.seal`."


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text.strip(), validate=True)) == 32
    except ValueError:
        return False
