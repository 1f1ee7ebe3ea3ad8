"""A site's services as processes of one release or another, each service behind its front, rolled from one to the other."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from playground.program import Program
from playground.system import SERVICES
from services.chassis.testing import free_port
from tests.operations.front import Front, Way
from tests.operations.site import Site


class Berth(NamedTuple):
    """One process and the way to it."""

    program: Program
    way: Way


class Fleet:
    """A context manager.

    :param releases: the folder of each release, by name.
    :param processes: how many of each service.
    :param warm_up: called with a service and the way to a process that is ready, before it gets requests.
    """

    def __init__(
        self, site: Site, releases: Mapping[str, Path], processes: int, warm_up: Callable[[str, Way], None]
    ) -> None:
        self.fronts: dict[str, Front] = {}
        #: how processes ended that were asked to stop: status → number
        self.ends: Counter[int] = Counter()
        self._site = site
        self._releases = releases
        self._processes = processes
        self._warm_up = warm_up
        self._berths: dict[str, list[Berth]] = {service: [] for service in SERVICES}
        self._started = 0

    def __enter__(self) -> Self:
        for service in SERVICES:
            self.fronts[service] = Front(urlsplit(self._site.system.url(service)).port or 0)
        return self

    def __exit__(self, *_why: object) -> None:
        for berths in self._berths.values():
            for berth in berths:
                berth.program.kill()
        for front in self.fronts.values():
            front.close()

    def launch(self, release: str) -> None:
        """Start every service in this release."""
        new = {service: [self._start(service, release) for _ in range(self._processes)] for service in SERVICES}
        # the others read accounts' keys through its front
        self._open({"accounts": new.pop("accounts")})
        self._open(new)

    def roll(self, services: Sequence[str], release: str, side_by_side_seconds: float) -> None:
        """Replace these services' processes by such of `release`, one of each at a time: the new one is ready before the old one goes.

        :raises ProgramError: if one does not become ready, or does not stop.
        """
        for _ in range(self._processes):
            self._open({service: [self._start(service, release)] for service in services})
            time.sleep(side_by_side_seconds)
            leaving = {service: self._berths[service].pop(0) for service in services}
            for service, berth in leaving.items():
                self.fronts[service].remove(berth.way)
                berth.program.terminate()
            for berth in leaving.values():
                self.ends[berth.program.wait()] += 1

    def logs(self) -> str:
        """Return the ends of the logs of what runs."""
        return "\n".join(berth.program.tail(15) for berths in self._berths.values() for berth in berths)

    def _open(self, new: Mapping[str, list[Berth]]) -> None:
        for service, berths in new.items():
            self._berths[service] += berths
        for service, berths in new.items():
            for berth in berths:
                berth.program.ready()
                self._warm_up(service, berth.way)
                self.fronts[service].add(berth.way)

    def _start(self, service: str, release: str) -> Berth:
        way, system = Way(free_port(), release), self._site.system
        self._started += 1
        program = Program(
            f"{service}-{self._started}-{release}",
            ["-m", "services.chassis.bus.process", service, "--wait"],
            folder=system.folder,
            extra=system.environment(service) | {f"{service.upper()}_HTTP_ADDRESS": f"127.0.0.1:{way.port}"},
            address=(f"http://127.0.0.1:{way.port}", "/readyz"),
            directory=self._releases[release],
        )
        return Berth(program.start(), way)
