"""Settings of verification (`vss settings verification` lists them)."""

import math
from datetime import timedelta

from services.chassis.settings import ChassisSettings, Secret, Url, setting
from services.verification.deadlines.terms import Terms


class Settings(ChassisSettings, service="verification", http_address="127.0.0.1:8102"):
    """HGĐ, time-outs and retries of look-ups, and limits on uploads."""

    hgd_url: Url = setting(
        default=Url("http://127.0.0.1:8100/hgd"), help="HGĐ, the national system of BHXH codes", schemes=("http", "https")
    )
    hgd_api_key: Secret = setting(default=Secret("sandbox"), help="our API key for HGĐ; the default is the sandbox's")
    hgd_timeout_seconds: float = setting(default=5.0, help="longest wait for one answer of HGĐ", minimum=0.1, maximum=60)
    hgd_recheck_seconds: float = setting(
        default=30.0, help="longest time until HGĐ's return is noticed", minimum=0.3, maximum=3600
    )
    hgd_patience_days: float = setting(
        default=30.0, help="how long a look-up is retried before a person must act", minimum=0.01, maximum=365
    )
    hgd_breaker_failures: int = setting(
        default=5, help="failures in a row that open the circuit breaker", minimum=1, maximum=1000
    )
    hgd_concurrency: int = setting(default=8, help="most concurrent look-ups in one process", minimum=1, maximum=200)
    claim_lease_seconds: float = setting(
        default=900.0, help="how long an idle officer keeps a claimed case", minimum=1, maximum=86_400
    )
    rejected_keep_days: int = setting(
        default=365, help="days after its rejection when the data of a dossier are erased", minimum=90, maximum=3650
    )
    sweep_seconds: float = setting(default=30.0, help="how often deadlines are checked", minimum=0.1, maximum=3600)
    due_soon_share: float = setting(
        default=0.5, help="how much of the legal 15 minutes has gone when the office is warned", minimum=0.1, maximum=0.9
    )
    due_soon_days: int = setting(
        default=1,
        help="working days, of the legal three, before whose end the office is warned, at 8:00 of the first",
        minimum=1,
        maximum=3,
    )
    overdue_director_minutes: int = setting(
        default=15, help="minutes after a legal deadline when the director is told, too", minimum=0, maximum=10_080
    )
    attachment_max_bytes: int = setting(default=10 * 1024**2, help="largest document", minimum=1024, maximum=25 * 1024**2)
    attachment_max_pixels: int = setting(
        default=16_000_000,
        help="width times height of a picture that is kept; larger ones are made smaller",
        minimum=10_000,
        maximum=40_000_000,
    )

    @property
    def terms(self) -> Terms:
        """Return when office and director are told of a legal clock (N)."""
        return Terms(
            warning_share=self.due_soon_share,
            warning_days=self.due_soon_days,
            director_after=timedelta(minutes=self.overdue_director_minutes),
        )

    @property
    def hgd_attempts(self) -> int:
        """Return the most tries of one look-up: the waits between them average half of ``hgd_retry_seconds``."""
        return math.ceil(self.hgd_patience_days * 86_400 / (self.hgd_retry_seconds / 2))

    @property
    def hgd_breaker_seconds(self) -> float:
        """Return how long the circuit stays open; with the wait for the next try it adds up to ``hgd_recheck_seconds``."""
        return self.hgd_recheck_seconds / 3

    @property
    def hgd_retry_seconds(self) -> float:
        """Return the longest wait between two tries of one look-up."""
        return self.hgd_recheck_seconds - self.hgd_breaker_seconds
