"""An exporter: the comparison with the broker as metrics, made anew every minute.

A process of its own because only a user with the tag `administrator` sees all of it, and no service should have that.
"""

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge, start_http_server

from services.chassis.cli.broker import BrokerRefused, BrokerUnreachable
from services.chassis.cli.console import err, interruptible, out
from services.chassis.cli.findings import KINDS
from services.chassis.cli.topology_comparison import Comparison
from services.chassis.errors import SettingsError

_LOOK_SECONDS = 0.2


class Metrics:
    """What Prometheus reads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._faults = Gauge(
            "vss_topology_faults",
            "Things in the broker that are not as the release needs them",
            ["kind"],
            registry=self.registry,
        )
        self._compared = Gauge(
            "vss_topology_compared", "1 if the last comparison could see these, else 0", ["kind"], registry=self.registry
        )
        self._checked = Gauge(
            "vss_topology_checked_timestamp_seconds", "When the broker was last compared", registry=self.registry
        )
        self.record_failure()

    def record(self, done: Comparison) -> None:
        """Show the result of one comparison."""
        self._faults.clear()
        for kind in KINDS:
            self._compared.labels(kind).set(kind in done.compared)
        for kind, count in done.faults.items():
            self._faults.labels(kind).set(count)
        self._checked.set_to_current_time()

    def record_failure(self) -> None:
        """Show that nothing could be compared: no number is better than an old one."""
        self._faults.clear()
        for kind in KINDS:
            self._compared.labels(kind).set(0)


def run(compare: Callable[[], Comparison], listen: str, every_seconds: float) -> None:
    """Compare every ``every_seconds`` and expose the result at ``listen`` until somebody stops it. Says what is new.

    :raises SettingsError: if ``listen`` is no address, or not free.
    """
    metrics = Metrics()
    host, _, port = listen.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host or "0.0.0.0", registry=metrics.registry)  # noqa: S104
    except (OSError, ValueError, OverflowError) as error:
        raise SettingsError([f"--listen {listen}: expected a free HOST:PORT ({error})"]) from None
    said: list[str] = []
    with interruptible() as stop:
        out().print(f"Comparing every {every_seconds:g} s; http://{listen}/metrics", soft_wrap=True)
        while not stop():
            said = _compare_once(compare, metrics, said)
            until = time.monotonic() + every_seconds
            while not stop() and (left := until - time.monotonic()) > 0:
                time.sleep(min(left, _LOOK_SECONDS))
    server.shutdown()
    thread.join()


def _compare_once(compare: Callable[[], Comparison], metrics: Metrics, said: list[str]) -> list[str]:
    """Compare and record; print what was not said the last time. Returns all that holds now."""
    try:
        done = compare()
    except (BrokerUnreachable, BrokerRefused) as error:
        metrics.record_failure()
        now = [str(error)]
    else:
        metrics.record(done)
        now = [*map(str, done.findings), *(f"not compared: {kind}: {why}" for kind, why in done.not_compared.items())]
    for line in [line for line in now if line not in said]:
        err().print(line, soft_wrap=True)
    if said and not now:
        err().print("All is as it should be again.")
    return now
