"""The whole system for a benchmark: private broker and PostgreSQL, the services as processes, an officer's token."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from playground.stage import Stage
from playground.system import System
from services.chassis.testing import PostgresNode, RabbitNode

_MIB = 2**20
#: what a dossier goes through; with others beside them two cores would say less about these
_DOSSIERS = ("registration", "verification", "accounts", "notifications")
_NOBODYS = ("machine", "stolen")


@dataclass
class Town:
    """What runs, and what it has used so far."""

    system: System
    stage: Stage
    pids: Mapping[str, int]

    def cpu_seconds(self) -> dict[str, float]:
        """CPU seconds so far of each part with all its processes, of this process (`client`) and of the machine;
        `stolen` is what a virtual machine was ready to use and its host gave to another."""
        used = {name: _family(pid) for name, pid in self.pids.items()}
        own = psutil.Process().cpu_times()
        machine = psutil.cpu_times()
        return {
            **used,
            "client": own.user + own.system,
            "machine": machine.user + machine.nice + machine.system + machine.irq + machine.softirq,
            "stolen": machine.steal,
        }

    def rss_mib(self) -> dict[str, float]:
        """Resident memory of each service just now."""
        return {name: round(psutil.Process(self.pids[name]).memory_info().rss / _MIB, 1) for name in self.system.services}


@contextmanager
def town(
    services: Sequence[str] = _DOSSIERS, extra: Mapping[str, str] | None = None, *, door: bool = False
) -> Iterator[Town]:
    """Start everything, with the front door if browsers are to come, and take it down again."""
    folder = Path(tempfile.mkdtemp(prefix="vss-bench-"))
    folder.chmod(0o755)  # for the account that runs PostgreSQL when we are root
    try:
        with RabbitNode(folder / "rabbit") as rabbit, PostgresNode(folder / "postgres") as postgres:
            urls = {service: postgres.create_database(service) for service in services}
            settings = {"LOG_JSON": "true", **(extra or {})}
            system = System(
                folder / "system",
                services=services,
                amqp_uri=rabbit.uri,
                database_urls=urls,
                extra=settings,
                # an SMS has been handed over when the provider takes it, not when the phone rings
                sandbox=("--delivery-seconds", "0"),
                door=door,
            )
            with system:
                pids = {name: program.pid for name, program in system.programs.items()}
                yield Town(system, Stage(system), {**pids, "broker": rabbit.pid, "postgresql": postgres.pid})
    finally:
        keep = os.environ.get("BENCH_KEEP_LOGS")
        if keep:
            shutil.copytree(folder / "system", keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("documents"))
        shutil.rmtree(folder, ignore_errors=True)


def shares(before: Mapping[str, float], after: Mapping[str, float], seconds: float) -> dict[str, float]:
    """How many CPUs each part kept busy meanwhile; `others` is everything on the machine that is not ours."""
    used = {name: (after[name] - before[name]) / seconds for name in after}
    ours = sum(share for name, share in used.items() if name not in _NOBODYS)
    return {name: round(share, 2) for name, share in {**used, "others": max(0.0, used["machine"] - ours)}.items()}


def _family(pid: int) -> float:
    total = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                # what ended meanwhile counts too
                total += times.user + times.system + times.children_user + times.children_system
    return total
