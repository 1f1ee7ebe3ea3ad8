"""Which failures are worth another try, and when."""

from collections.abc import Sequence

from services.chassis.database import is_contention, is_gone
from services.chassis.errors import Transient


def is_transient(error: BaseException) -> bool:
    """Whether the same message may work on another try."""
    return isinstance(error, (Transient, TimeoutError, ConnectionError)) or is_contention(error) or is_gone(error)


def next_delay(attempts: int, delays_seconds: Sequence[float]) -> float | None:
    """Return the wait after ``attempts`` failed rounds; ``None`` when the retries are used up."""
    return delays_seconds[attempts] if attempts < len(delays_seconds) else None


def delay_name(seconds: float) -> str:
    """Name a delay as people say it: ``5s``, ``30s``, ``5m``, ``2h``."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    whole = round(seconds)
    if whole % 3600 == 0:
        return f"{whole // 3600}h"
    if whole % 60 == 0:
        return f"{whole // 60}m"
    return f"{whole}s"
