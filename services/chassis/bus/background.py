"""What runs beside the bus in a service's process: jobs (law 3) and sweeps (clocks), as nameko extensions."""

from datetime import timedelta
from typing import Any

from nameko.extensions import DependencyProvider

from services.chassis import jobs
from services.chassis.jobs import JobKind, JobRunner
from services.chassis.periodic import Periodic
from services.chassis.resources import CONFIG_KEY, Resources, Source, collect
from services.chassis.sweeps import Sweep, SweepRunner

_KEEP_DONE, _KEEP_GIVEN_UP = timedelta(days=7), timedelta(days=180)
_PRUNE_SECONDS = 3600.0


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
    """Makes the calls to the outside world that are due (law 3).

    Each of ``sources``: job kinds, or a function that makes them from the resources (for calls that need settings).
    """

    def __init__(self, *sources: Source[JobKind]) -> None:
        self._sources = sources

    def _make(self, resources: Resources[Any]) -> JobRunner:
        self._pruning = Periodic(
            "prune_jobs",
            lambda _stopping: jobs.prune(resources.db, keep=_KEEP_DONE, keep_given_up=_KEEP_GIVEN_UP),
            every_seconds=_PRUNE_SECONDS,
        )
        return JobRunner(resources.db, collect(resources, self._sources), service=resources.service)

    def start(self) -> None:
        super().start()
        self._pruning.start()

    def stop(self) -> None:
        self._pruning.stop()
        super().stop()


class Sweeps(_Background):
    """Acts on what has become due. ``sources``: as for ``Jobs``."""

    def __init__(self, *sources: Source[Sweep]) -> None:
        self._sources = sources

    def _make(self, resources: Resources[Any]) -> SweepRunner:
        return SweepRunner(resources.db, collect(resources, self._sources))
