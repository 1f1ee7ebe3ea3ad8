"""Which failures are worth another try, and when.

A message that failed for a passing reason is tried once more at once, then put into ``<service>.retry.<delay>``, whose
time-to-live brings it back. How often it has failed stands in our own header: RabbitMQ changed what ``x-death`` tells in 3.13
and again in 4.0.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis.database import is_contention, is_gone
from services.chassis.errors import Transient

ATTEMPTS_HEADER = "vss-attempts"
FIRST_SEEN_HEADER = "vss-first-seen"
_DEATHS = ("x-death", "x-first-death-", "x-last-death-")


def is_transient(error: BaseException) -> bool:
    """Whether the same message may work on another try."""
    return isinstance(error, (Transient, TimeoutError, ConnectionError)) or is_contention(error) or is_gone(error)


def attempts_of(headers: Mapping[str, Any]) -> int:
    """How many rounds of this message have failed so far; 0 for one that comes for the first time."""
    attempts = headers.get(ATTEMPTS_HEADER, 0)
    return attempts if isinstance(attempts, int) and not isinstance(attempts, bool) and attempts > 0 else 0


def retried_headers(headers: Mapping[str, Any], now: str) -> dict[str, Any]:
    """The headers of a message as it goes to a retry queue.

    Without the broker's own history: a message that was once parked by the delivery limit, and replayed, would look as if it
    ran in a circle when it falls out of the retry queue, and RabbitMQ drops what runs in a circle.
    """
    kept = {name: value for name, value in headers.items() if not str(name).startswith(_DEATHS)}
    return {**kept, ATTEMPTS_HEADER: attempts_of(headers) + 1, FIRST_SEEN_HEADER: headers.get(FIRST_SEEN_HEADER, now)}


def next_delay(attempts: int, delays_seconds: Sequence[float]) -> float | None:
    """The wait after ``attempts`` failed rounds; ``None`` when the retries are used up."""
    return delays_seconds[attempts] if attempts < len(delays_seconds) else None
