"""What other agencies may do to our broker, each as a context manager: afterwards it is undone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pika

from services.chassis.bus.agencies import PREFIX
from services.chassis.bus.topology import PUBLIC_EXCHANGE
from services.chassis.testing.processes import wait_until
from tests.operations.hops import Pair

_ROOT = Path(__file__).resolve().parents[2]
_MIB = 1024**2
_REJECTS, UNREAD = f"{PREFIX}rejects", f"{PREFIX}unread"

Disturbance = Callable[[Pair], AbstractContextManager[None]]


@contextmanager
def rejecting_queue(pair: Pair) -> Iterator[None]:
    """A classic queue of one message that refuses all others, for every fact: what policy cannot undo (`bus/agencies.py`)."""
    with pair.channel() as channel:
        channel.queue_declare(_REJECTS, durable=True, arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
        channel.queue_bind(_REJECTS, PUBLIC_EXCHANGE, "#")
        channel.basic_publish("", _REJECTS, b"full")
    yield
    with pair.channel() as channel:
        channel.queue_delete(_REJECTS)


def unread_queue(mebibytes: int) -> Disturbance:
    """A queue for every fact that nobody reads, into which ``mebibytes`` have come already."""

    @contextmanager
    def disturbance(pair: Pair) -> Iterator[None]:
        fill_unread(pair, mebibytes)
        with pair.channel() as channel:
            channel.queue_bind(UNREAD, PUBLIC_EXCHANGE, "#")
        yield
        with pair.channel() as channel:
            channel.queue_unbind(UNREAD, PUBLIC_EXCHANGE, "#")

    return disturbance


def fill_unread(pair: Pair, mebibytes: int) -> None:
    """Put so much into the unread queue, made without any bounds of its own, unless it is full; stops when the broker blocks."""
    with pair.channel() as channel:
        held = channel.queue_declare(UNREAD, durable=True).method.message_count
        channel.connection.add_on_connection_blocked_callback(lambda *_: None)
        for _ in range(0 if held > 1 else mebibytes):
            channel.basic_publish("", UNREAD, bytes(_MIB), pika.BasicProperties(delivery_mode=2))


def idle_connections(count: int) -> Disturbance:
    """So many connections, each with a channel, that do nothing; of a process of their own."""

    @contextmanager
    def disturbance(pair: Pair) -> Iterator[None]:
        before = _connections(pair)
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, pair.rabbit.uri, str(count)], cwd=_ROOT, stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            assert _connections(pair) == before + count
            yield
        finally:
            process.kill()
            process.wait()
        assert wait_until(lambda: _connections(pair) == before, 60, interval_seconds=0.2)

    return disturbance


def disk_alarm(pair: Pair) -> bool:
    """Whether the broker refuses to take anything because its disk is nearly full."""
    return "disk" in pair.rabbit.evaluate("rabbit_alarm:get_alarms().")


def _connections(pair: Pair) -> int:
    return int(pair.rabbit.evaluate("length(rabbit_networking:connections())."))


def _stay_idle(uri: str, count: int) -> None:
    parameters = pika.URLParameters(uri)
    parameters.heartbeat = 0  # nobody here would answer them
    connections = [pika.BlockingConnection(parameters) for _ in range(count)]
    channels = [connection.channel() for connection in connections]
    print("ready", flush=True)
    while channels:
        time.sleep(60)


if __name__ == "__main__":
    _stay_idle(sys.argv[1], int(sys.argv[2]))
