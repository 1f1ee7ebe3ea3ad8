"""One run of one peer: started as a program of its own, watched from outside.

The clock starts with the peer's line `ready`, which it prints right before it consumes, and stops when the last follow-up is in
the output queue; a quorum queue counts a message when it is safe, that is when it confirms it. Watching is one passive declare
every 50 ms (5 ms at the very end), which neither broker nor peer notices.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.bench import wire
from tests.bench.peers import Peer
from tests.bench.rig import Ground
from tests.bench.verify import Counts, verify

_ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 60
_SILENCE_SECONDS = 60
_STOP_SECONDS = 20
_POLL_SECONDS, _LAST_POLL_SECONDS = 0.05, 0.005
_MIB = 1024 * 1024

#: called with what the peer does now, and how many follow-ups it has published
Progress = Callable[[str, int], None]


class RunError(RuntimeError):
    """The run gives no figure: the peer failed, stood still, or did not do what it should have."""


@dataclass(frozen=True)
class Order:
    """What is to be run, the same for every peer."""

    facts: int
    processes: int = 1
    #: old rows to lay in inbox and business table before
    filled: int = 0
    #: environment variables for the peers, to try other settings than their own
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether it is the comparison itself and not a variation of it."""
        return self.processes == 1 and not self.filled and not self.settings


@dataclass(frozen=True)
class Run:
    """What was seen of one run."""

    peer: str
    facts: int
    seconds: float
    #: of the peer, all its processes together
    rss_mib: float
    cpu_seconds: float
    #: of broker and database
    servers_cpu_seconds: float
    #: of everything else on the machine: if it is much, the figure tells more of the neighbours than of the peer
    others_cpu_seconds: float

    @property
    def facts_per_second(self) -> float:
        return self.facts / self.seconds


def measure(peer: Peer, ground: Ground, order: Order, log: Path, on_progress: Progress) -> Run:
    """Run `peer` and read everything back; `on_progress` hears what goes on and how many follow-ups are out.

    :raises RunError: whenever the run gives no honest figure; the text says why.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **ground.environment(peer), **order.settings}
    with log.open("wb") as output:
        on_progress("prepares", 0)
        prepare(peer, environment, output.fileno(), log)
        ground.fill(peer, order.filled)
        on_progress("loads", 0)
        before = Counts.of(peer, ground)
        ground.load(peer, order.facts)
        on_progress("starts", 0)
        with programs_of(peer, environment, output.fileno(), order.processes) as programs:
            run = _watch(peer, ground, order.facts, programs, log, on_progress)
            stop(programs, peer)
    on_progress("is read back", order.facts)
    if faults := verify(peer, ground, order.facts, before):
        raise RunError(f"{peer.name}: " + "; ".join(faults))
    return run


def prepare(peer: Peer, environment: Mapping[str, str], output: int, log: Path) -> None:
    """Let the peer make its tables and its queue.

    :raises RunError: if it fails.
    """
    command = [sys.executable, "-m", peer.module, "prepare"]
    done = subprocess.run(command, env=environment, cwd=_ROOT, stdout=output, stderr=output, timeout=120, check=False)
    if done.returncode:
        raise RunError(f"{peer.name}: prepare ended with {done.returncode}\n{_tail(log)}")


@contextmanager
def programs_of(
    peer: Peer, environment: Mapping[str, str], errors: int, processes: int
) -> Iterator[list[subprocess.Popen[str]]]:
    """The peer, running; killed at the end if it runs still. ``errors``: the file descriptor of its log."""
    command = [sys.executable, "-m", peer.module, "run"]
    programs: list[subprocess.Popen[str]] = []
    try:
        for _ in range(processes):
            programs.append(  # noqa: PERF401  # one by one: what is started must be ended if the next start fails
                subprocess.Popen(command, env=environment, cwd=_ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
            )
        yield programs
    finally:
        for program in programs:
            if program.poll() is None:
                program.kill()
            program.wait()


def _watch(
    peer: Peer, ground: Ground, facts: int, programs: list[subprocess.Popen[str]], log: Path, on_progress: Progress
) -> Run:
    watched = [psutil.Process(program.pid) for program in programs]
    with ground.broker() as connection:
        channel = connection.channel()
        started = await_ready(peer, programs, log)
        servers = [psutil.Process(pid) for pid in ground.servers]
        before = _machine(), _family(servers), _family(watched)
        done, moved = 0, started
        while done < facts:
            time.sleep(_LAST_POLL_SECONDS if done > 0.97 * facts else _POLL_SECONDS)
            seen = channel.queue_declare(wire.OUT_QUEUE, passive=True).method.message_count
            now = time.perf_counter()
            if seen != done:
                done, moved = seen, now
                on_progress("hops", done)
            for program in programs:
                if program.poll() is not None:
                    raise RunError(
                        f"{peer.name}: ended by itself with {program.returncode} after {done} facts\n{_tail(log)}"
                    )
            if now - moved > _SILENCE_SECONDS:
                raise RunError(f"{peer.name}: nothing moved for {_SILENCE_SECONDS} s after {done} facts\n{_tail(log)}")
        seconds = time.perf_counter() - started
        machine, beside, own = _machine() - before[0], _family(servers) - before[1], _family(watched) - before[2]
        rss = sum(each.memory_info().rss for each in watched)
        return Run(peer.name, facts, seconds, rss / _MIB, own, beside, max(0.0, machine - beside - own))


def await_ready(peer: Peer, programs: list[subprocess.Popen[str]], log: Path) -> float:
    """When the first program said `ready`; returns once all have.

    :raises RunError: if one ends before or keeps silent.
    """
    said: queue.SimpleQueue[float | None] = queue.SimpleQueue()

    def listen(program: subprocess.Popen[str]) -> None:
        for line in program.stdout or ():
            if line.strip() == "ready":
                said.put(time.perf_counter())
        said.put(None)

    for program in programs:
        threading.Thread(target=listen, args=(program,), daemon=True).start()
    times: list[float] = []
    while len(times) < len(programs):
        try:
            at = said.get(timeout=_READY_SECONDS)
        except queue.Empty:
            raise RunError(f"{peer.name}: did not say ready within {_READY_SECONDS} s\n{_tail(log)}") from None
        if at is None:
            raise RunError(f"{peer.name}: ended before it was ready\n{_tail(log)}")
        times.append(at)
    return min(times)


def stop(programs: list[subprocess.Popen[str]], peer: Peer) -> None:
    """Ask all to end.

    :raises RunError: if one does not within 20 s.
    """
    for program in programs:
        program.terminate()
    for program in programs:
        try:
            program.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise RunError(f"{peer.name}: did not stop within {_STOP_SECONDS} s of SIGTERM") from None


def _family(processes: list[psutil.Process]) -> float:
    """CPU seconds of these and of all that they have started, ended ones too."""
    total = 0.0
    for root in processes:
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
    return total


def _machine() -> float:
    """CPU seconds of the whole machine."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:]
