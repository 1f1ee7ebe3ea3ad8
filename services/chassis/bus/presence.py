"""Whether a process is connected to the broker, and whether the broker takes its messages: for metrics, log and `/readyz`."""

import threading
import time

from services.chassis.bus.connection import reason
from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)


class Presence:
    """State of one of a service's connections.

    :param role: what the connection is for: ``consumer``, ``relay``, …
    """

    def __init__(self, service: str, role: str) -> None:
        self._role = role
        counted = metrics.of(service)
        self._connected, self._blocked = counted.broker_connected[role], counted.broker_blocked[role]
        self._lock = threading.Lock()
        self._since = time.monotonic()
        self._problem: str | None = None
        #: the broker's reason for taking no messages just now
        self.blocked: str | None = None

    def connected(self) -> None:
        """A connection was made and set up."""
        self._connected.set(1)
        self.unblocked()
        self._now(None)

    def lost(self, error: BaseException) -> None:
        """It was lost, or could not be made."""
        self._connected.set(0)
        self.unblocked()
        self._now(f"not connected to the broker ({reason(error)})")

    def idle(self) -> None:
        """It was closed, and is not needed now."""
        self._connected.set(0)
        self.unblocked()
        self._now(None)

    def blocks(self, why: str) -> None:
        """The broker takes no messages any more."""
        self._blocked.set(1)
        if self.blocked is None:
            log.warning("broker_blocks", role=self._role, reason=why)
        self.blocked = why
        self._now(f"the broker takes no messages: {why}. They wait in our database, see docs/runbooks/broker.md")

    def unblocked(self) -> None:
        """It does again; or this is another connection, which was not told so yet."""
        self._blocked.set(0)
        if self.blocked is not None:
            log.info("broker_unblocks", role=self._role, seconds=round(time.monotonic() - self._since, 1))
            self.blocked = None
            self._now(None)

    def problem(self) -> str | None:
        """Say what is wrong, and for how long; None if nothing is."""
        with self._lock:
            if self._problem is None:
                return None
            return f"{self._problem} (for {time.monotonic() - self._since:.0f} s)"

    def _now(self, problem: str | None) -> None:
        with self._lock:
            if problem is None or self._problem is None:
                self._since = time.monotonic()
            self._problem = problem
