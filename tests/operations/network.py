"""A network of our own: each service in a namespace, joined to broker, database and each other by cables that can be cut.

Three bridges in a namespace of their own stand for three networks: `web` (between services, to the sandbox and to us), `bus` (to
the broker) and `data` (to the database); broker and database answer there through relays that can delay (`relay.py`). A namespace
lives as long as the process that holds it, so nothing is left behind, however a run ends. Wants root.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from playground.program import Program
from playground.system import SANDBOX
from services.chassis.testing import free_port
from services.chassis.testing.processes import Process, kill_family, spawn, wait_until

WEB, BUS, DATA = NETWORKS = ("web", "bus", "data")
#: our own cable: behind it are broker, database and sandbox
EVERYBODY = "everybody"
_SECONDS = 10.0


class Network:
    """Namespaces for `names`; a context manager.

    :param servers: the ports of 127.0.0.1 at which broker (`bus`) and database (`data`) are.
    """

    def __init__(self, names: tuple[str, ...], servers: Mapping[str, int], folder: Path) -> None:
        # of 100.64.0.0/10, which nobody routes: several networks may be there at a time
        self._prefix = f"100.{random.SystemRandom().randint(64, 127)}"
        self._places = {name: place for place, name in enumerate((EVERYBODY, *names), 1)}
        self._folder = folder
        self._servers = dict(servers)
        self._ports = {network: free_port() for network in servers}
        self._holders: dict[str, Process] = {}
        self._relays: list[Program] = []

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in ("hub", *self._places):
            if name != EVERYBODY:
                self._holders[name] = self._hold()
        for network in NETWORKS:
            self._ip("hub", "link", "add", network, "type", "bridge")
            self._ip("hub", "link", "set", network, "up")
            for name in self._places:
                self._plug_in(name, network)
        for network, port in self._servers.items():
            self.delay(network, 0)
            here, there = f"{self.address(EVERYBODY, network)}:{self._ports[network]}", f"127.0.0.1:{port}"
            command = ["-m", "tests.operations.relay", here, there, str(self._delay_file(network))]
            self._relays.append(Program(f"relay-{network}", command, folder=self._folder, extra={}).start())
        return self

    def __exit__(self, *_why: object) -> None:
        for relay in self._relays:
            relay.kill()
        for holder in self._holders.values():
            kill_family(holder)

    # Where things are

    def address(self, name: str, network: str) -> str:
        """Return the address of a service, or ours, on a network."""
        return f"{self._prefix}.{NETWORKS.index(network)}.{self._places[name]}"

    def hosts(self) -> dict[str, str]:
        """Return the web address of each service, and of the sandbox, which is on our side."""
        own = {SANDBOX: self.address(EVERYBODY, WEB)}
        return own | {name: self.address(name, WEB) for name in self._places if name != EVERYBODY}

    def within(self) -> dict[str, list[str]]:
        """Return the command that runs a program of each service in its namespace."""
        return {name: _enter(self._holders[name]) for name in self._places if name != EVERYBODY}

    def through(self, url: str, network: str) -> str:
        """Return the URL of broker or database as the services see it."""
        parts = urlsplit(url)
        user = parts.netloc.rpartition("@")[0]
        where = f"{self.address(EVERYBODY, network)}:{self._ports[network]}"
        return urlunsplit(parts._replace(netloc=f"{user}@{where}"))

    # What can happen to it

    @contextmanager
    def cut(self, name: str, network: str) -> Iterator[None]:
        """Pull the cable of a service (or of `EVERYBODY`) out of a network, and put it back."""
        self._ip("hub", "link", "set", self._plug(name, network), "down")
        try:
            yield
        finally:
            self._ip("hub", "link", "set", self._plug(name, network), "up")

    @contextmanager
    def narrow(self, name: str, network: str, kilobits: int) -> Iterator[None]:
        """Let no more than so many kilobits a second through the cable towards a service (or `EVERYBODY`)."""
        limit = ["root", "tbf", "rate", f"{kilobits}kbit", "burst", "4kb", "latency", "500ms"]
        self._run("hub", "tc", "qdisc", "replace", "dev", self._plug(name, network), *limit)
        try:
            yield
        finally:
            self._run("hub", "tc", "qdisc", "del", "dev", self._plug(name, network), "root")

    @contextmanager
    def slow(self, network: str, seconds: float) -> Iterator[None]:
        """Let everything to and from broker or database take `seconds` longer, each way."""
        self.delay(network, seconds)
        try:
            yield
        finally:
            self.delay(network, 0)

    def delay(self, network: str, seconds: float) -> None:
        """Have the relay of a network delay what passes."""
        new = self._delay_file(network).with_suffix(".new")
        new.write_text(f"{seconds}", encoding="ascii")
        new.replace(self._delay_file(network))

    # How it is made

    def _delay_file(self, network: str) -> Path:
        return self._folder / f"delay-{network}"

    def _hold(self) -> Process:
        """Start a process in a new network namespace."""
        with (self._folder / "namespaces.log").open("ab") as output:
            holder = spawn(
                ["unshare", "--net", "sleep", "infinity"],
                environment=dict(os.environ),
                directory=self._folder,
                output=output,
            )
        own = Path("/proc/self/ns/net").readlink()

        def is_apart() -> bool:
            with suppress(OSError):
                return Path(f"/proc/{holder.pid}/ns/net").readlink() != own
            return False

        assert wait_until(is_apart, _SECONDS), "no network namespace: this wants root, or CAP_NET_ADMIN and CAP_SYS_ADMIN"
        return holder

    def _plug(self, name: str, network: str) -> str:
        """The hub's end of a cable."""
        return f"{network}{self._places[name]}"

    def _plug_in(self, name: str, network: str) -> None:
        hub, plug = str(self._holders["hub"].pid), self._plug(name, network)
        # in our own namespace several networks' cables may lie side by side
        end = f"{network}-{self._prefix.rpartition('.')[2]}" if name == EVERYBODY else network
        there = [] if name == EVERYBODY else ["netns", str(self._holders[name].pid)]
        _call(["ip", "link", "add", end, *there, "type", "veth", "peer", "name", plug, "netns", hub])
        self._ip("hub", "link", "set", plug, "master", network, "up")
        self._ip(name, "address", "add", f"{self.address(name, network)}/24", "dev", end)
        self._ip(name, "link", "set", end, "up")
        self._ip(name, "link", "set", "lo", "up")

    def _ip(self, name: str, *arguments: str) -> None:
        self._run(name, "ip", *arguments)

    def _run(self, name: str, *command: str) -> None:
        _call([*(_enter(self._holders[name]) if name != EVERYBODY else ()), *command])


def _enter(holder: Process) -> list[str]:
    return ["nsenter", f"--net=/proc/{holder.pid}/ns/net", "--"]


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
