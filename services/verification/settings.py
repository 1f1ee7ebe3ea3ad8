"""What verification can be told (`vss settings verification` lists it)."""

import math

from services.chassis.settings import ChassisSettings, Secret, Url, setting


class Settings(ChassisSettings, service="verification", http_address="127.0.0.1:8102"):
    """HGĐ, how patiently it is asked, and limits of what is uploaded."""

    hgd_url: Url = setting(
        default=Url("http://127.0.0.1:8100/hgd"), help="HGĐ, the national system of BHXH codes", schemes=("http", "https")
    )
    hgd_api_key: Secret = setting(default=Secret("sandbox"), help="our API key for HGĐ; the default is the sandbox's")
    hgd_timeout_seconds: float = setting(default=5.0, help="longest wait for one answer of HGĐ", minimum=0.1, maximum=60)
    hgd_recheck_seconds: float = setting(
        default=30.0, help="time within which it is noticed that HGĐ is back", minimum=0.3, maximum=3600
    )
    hgd_patience_days: float = setting(
        default=30.0, help="how long a look-up is retried before a person must act", minimum=0.01, maximum=365
    )
    hgd_breaker_failures: int = setting(
        default=5, help="failures in a row after which HGĐ is left alone for a while", minimum=1, maximum=1000
    )
    hgd_concurrency: int = setting(default=8, help="most look-ups at once in one process", minimum=1, maximum=200)
    claim_lease_seconds: float = setting(
        default=900.0, help="how long a claimed case stays with an officer who does nothing", minimum=1, maximum=86_400
    )
    attachment_max_bytes: int = setting(default=10 * 1024**2, help="largest document", minimum=1024, maximum=25 * 1024**2)
    attachment_max_pixels: int = setting(default=40_000_000, help="largest picture, width times height", minimum=10_000)

    @property
    def hgd_attempts(self) -> int:
        """Most tries of one look-up: the waits between them are 0 to ``hgd_retry_seconds``, half of it on average."""
        return math.ceil(self.hgd_patience_days * 86_400 / (self.hgd_retry_seconds / 2))

    @property
    def hgd_breaker_seconds(self) -> float:
        """How long HGĐ is left alone; together with the wait for the next try this makes ``hgd_recheck_seconds``."""
        return self.hgd_recheck_seconds / 3

    @property
    def hgd_retry_seconds(self) -> float:
        """The longest wait between two tries of one look-up."""
        return self.hgd_recheck_seconds - self.hgd_breaker_seconds
