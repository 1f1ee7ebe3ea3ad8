"""What runs beside the bus in a service's process: jobs (law 3) and sweeps (clocks), as nameko extensions."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from nameko.extensions import DependencyProvider

from services.chassis import jobs
from services.chassis.jobs import JobKind, JobRunner
from services.chassis.periodic import Periodic
from services.chassis.resources import CONFIG_KEY, Resources
from services.chassis.sweeps import Sweep, SweepRunner

_KEEP_DONE, _KEEP_GIVEN_UP = timedelta(days=7), timedelta(days=180)
_PRUNE_SECONDS = 3600.0


class _Background(DependencyProvider):
    """Something with ``start``, ``stop(timeout)`` that runs beside the rest."""

    def _make(self, resources: Resources) -> Any:
        raise NotImplementedError

    def setup(self) -> None:
        resources: Resources = self.container.config[CONFIG_KEY]
        self._stop_seconds = resources.settings.stop_seconds
        self._runner = self._make(resources)

    def start(self) -> None:
        self._runner.start()

    def stop(self) -> None:
        self._runner.stop(self._stop_seconds)


class Jobs(_Background):
    """Makes the calls to the outside world that are due (law 3).

    ``kinds``: the job kinds, or a function that makes them from the resources (for calls that need settings).
    """

    def __init__(self, kinds: Sequence[JobKind] | Callable[[Resources], Sequence[JobKind]] = ()) -> None:
        self._kinds = kinds

    def _make(self, resources: Resources) -> JobRunner:
        kinds = self._kinds(resources) if callable(self._kinds) else self._kinds
        self._pruning = Periodic(
            "prune_jobs",
            lambda _stopping: jobs.prune(resources.db, keep=_KEEP_DONE, keep_given_up=_KEEP_GIVEN_UP),
            every_seconds=_PRUNE_SECONDS,
        )
        return JobRunner(resources.db, kinds, service=resources.service)

    def start(self) -> None:
        super().start()
        self._pruning.start()

    def stop(self) -> None:
        self._pruning.stop()
        super().stop()


class Sweeps(_Background):
    """Acts on what has become due. ``sweeps``: as for ``Jobs``."""

    def __init__(self, sweeps: Sequence[Sweep] | Callable[[Resources], Sequence[Sweep]] = ()) -> None:
        self._sweeps = sweeps

    def _make(self, resources: Resources) -> SweepRunner:
        sweeps = self._sweeps(resources) if callable(self._sweeps) else self._sweeps
        return SweepRunner(resources.db, sweeps)
