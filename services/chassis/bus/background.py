"""What runs beside the bus in a service's process: jobs (law 3) and sweeps (clocks), as nameko extensions."""

from datetime import timedelta
from typing import Any

from nameko.extensions import DependencyProvider

from services.chassis import jobs
from services.chassis.jobs import JobKind, JobRunner
from services.chassis.periodic import Periodic
from services.chassis.recovery import ledger
from services.chassis.resources import CONFIG_KEY, Resources, Source, collect
from services.chassis.sweeps import Guard, Pruning, Sweep, SweepRunner

_COMPARE_SECONDS = 15.0
PRUNE_JOBS = Pruning("prune_jobs", lambda now: jobs.old(now, keep=timedelta(days=7), keep_given_up=timedelta(days=180)))


class _Background(DependencyProvider):
    """Something with ``start``, ``stop(timeout)`` that runs beside the rest."""

    def _make(self, resources: Resources[Any]) -> Any:
        raise NotImplementedError

    def setup(self) -> None:
        resources: Resources[Any] = self.container.config[CONFIG_KEY]
        self._stop_seconds = resources.settings.stop_seconds
        self._runner = self._make(resources)

    def start(self) -> None:
        self._runner.start()

    def stop(self) -> None:
        self._runner.stop(self._stop_seconds)


class Jobs(_Background):
    """Makes the calls to the outside world that are due (law 3); writing the ledger is one of every service.

    Each of ``sources``: job kinds, or a function that makes them from the resources (for calls that need settings).
    """

    def __init__(self, *sources: Source[JobKind]) -> None:
        self._sources = sources

    def _make(self, resources: Resources[Any]) -> JobRunner:
        guard = Guard.of(resources)
        # the clocks are compared here for the metric, as every service has jobs, and not every one sweeps
        self._periodic = (
            PRUNE_JOBS.periodic(resources.db, guard),
            Periodic("compare_clocks", lambda _stopping: guard.check(), every_seconds=_COMPARE_SECONDS),
        )
        kinds = [*collect(resources, self._sources), *ledger.kinds(resources)]
        return JobRunner(resources.db, kinds, service=resources.service)

    def start(self) -> None:
        super().start()
        for each in self._periodic:
            each.start()

    def stop(self) -> None:
        for each in self._periodic:
            each.stop()
        super().stop()


class Sweeps(_Background):
    """Acts on what has become due. ``sources``: as for ``Jobs``."""

    def __init__(self, *sources: Source[Sweep]) -> None:
        self._sources = sources

    def _make(self, resources: Resources[Any]) -> SweepRunner:
        return SweepRunner(resources.db, self.of(resources), Guard.of(resources))

    def of(self, resources: Resources[Any]) -> list[Sweep]:
        """Return the sweeps themselves."""
        return collect(resources, self._sources)
