"""What verification can be told (README.md has the table)."""

import math

from services.chassis.settings import ChassisSettings, Secret, Url, setting


class Settings(ChassisSettings, service="verification", http_address="127.0.0.1:8102"):
    """Frozen; read from the environment at start-up."""

    hgd_url: Url = setting(
        default=Url("http://127.0.0.1:8100/hgd"), help="HGĐ, the national system of BHXH codes", schemes=("http", "https")
    )
    hgd_api_key: Secret = setting(default=Secret("sandbox"), help="our key at HGĐ; the default is the sandbox's")
    hgd_timeout_seconds: float = setting(default=5.0, help="how long one look-up may wait for HGĐ", minimum=0.1, maximum=60)
    hgd_recheck_seconds: float = setting(
        default=30.0, help="an HGĐ that is back is noticed within this time", minimum=0.3, maximum=3600
    )
    hgd_patience_days: float = setting(
        default=30.0, help="how long a look-up is tried before a person must act", minimum=0.01, maximum=365
    )
    hgd_breaker_failures: int = setting(
        default=5, help="failures in a row after which HGĐ is left alone for a while", minimum=1, maximum=1000
    )
    hgd_concurrency: int = setting(default=8, help="look-ups at once in one process", minimum=1, maximum=200)
    claim_lease_seconds: float = setting(
        default=900.0, help="how long a case stays an officer's without a sign of life", minimum=1, maximum=86_400
    )
    attachment_max_bytes: int = setting(
        default=10 * 1024**2, help="size of one document", minimum=1024, maximum=25 * 1024**2
    )
    attachment_max_pixels: int = setting(default=40_000_000, help="width times height of a picture", minimum=10_000)

    @property
    def hgd_attempts(self) -> int:
        """Tries of one look-up: the waits between them are 0 to ``hgd_retry_seconds``, half of it on average."""
        return math.ceil(self.hgd_patience_days * 86_400 / (self.hgd_retry_seconds / 2))

    @property
    def hgd_breaker_seconds(self) -> float:
        """How long HGĐ is left alone. With the wait for the next try after that it makes ``hgd_recheck_seconds``."""
        return self.hgd_recheck_seconds / 3

    @property
    def hgd_retry_seconds(self) -> float:
        """The longest wait between two tries of one look-up."""
        return self.hgd_recheck_seconds - self.hgd_breaker_seconds
