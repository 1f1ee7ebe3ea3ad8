"""What an operator can do to the broker in a moment, and how many facts it destroys."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from services.chassis.bus.topology import inbound_queue
from services.chassis.testing.processes import wait_until
from tests.faults.wire import channel
from tests.operations.site import Site

_FULL_SECONDS, _FULL = 15.0, 3


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    `readers`: who is down meanwhile, so that facts lie in the queues when it is made; `down_seconds`: how long they stay so.
    """

    name: str
    readers: tuple[str, ...]
    make: Callable[[Site], None]
    down_seconds: float = 0.0


def delete_queue(reader: str, down_seconds: float = 0.0) -> Mistake:
    """Delete the queue of one reader, with all that is in it; the reader comes back after so long."""

    def make(site: Site) -> None:
        with channel(site.system.amqp_uri) as ch:
            ch.queue_delete(inbound_queue(reader))

    meanwhile = f", and {reader} down for {down_seconds:g} s" if down_seconds else ""
    return Mistake(f"queue of {reader} deleted{meanwhile}", (reader,), make, down_seconds)


def remove_bindings(reader: str) -> Mistake:
    """Remove every binding of one reader's queue; what is in it stays."""

    def make(site: Site) -> None:
        columns = ("source_name", "routing_key", "destination_name")
        listed = site.servers.rabbit.ctl("-q", "--formatter", "json", "list_bindings", "-p", site.vhost, *columns)
        with channel(site.system.amqp_uri) as ch:
            for binding in json.loads(listed):
                if binding["destination_name"] == inbound_queue(reader) and binding["source_name"]:
                    ch.queue_unbind(inbound_queue(reader), binding["source_name"], binding["routing_key"])

    return Mistake(f"bindings of {reader} removed", (), make)


def empty_vhost() -> Mistake:
    """Delete the virtual host with all exchanges, queues and connections, and make it again, empty."""

    def make(site: Site) -> None:
        site.servers.rabbit.delete_vhost(site.vhost)
        site.servers.rabbit.create_vhost(site.vhost)

    return Mistake("virtual host emptied", ("verification", "notifications"), make)


def replace_broker() -> Mistake:
    """Replace the broker by a new one without any data, at the same address."""

    def make(site: Site) -> None:
        rabbit = site.servers.rabbit
        rabbit.kill()
        shutil.rmtree(rabbit.directory / "mnesia")
        rabbit.start()
        rabbit.create_vhost(site.vhost)

    return Mistake("broker replaced by an empty one", ("verification", "notifications"), make)


@contextmanager
def committed(site: Site, mistake: Mistake) -> Iterator[int]:
    """Make the mistake when facts lie in the queues of its readers, and yield how many; the readers come back afterwards."""
    depths: dict[str, int] = {}
    queues = [inbound_queue(reader) for reader in mistake.readers]

    def full() -> bool:
        depths.update(site.servers.rabbit.messages(site.servers.rabbit.uri_of(site.vhost)))
        return all(depths.get(queue, 0) >= _FULL for queue in queues)

    with _down(site, mistake.readers):
        wait_until(full, _FULL_SECONDS, interval_seconds=0.1)
        mistake.make(site)
        yield sum(depths.get(queue, 0) for queue in queues)


@contextmanager
def _down(site: Site, services: tuple[str, ...]) -> Iterator[None]:
    for service in services:
        site.system.kill(service)
    try:
        yield
    finally:
        for service in services:
            site.system.programs[service].start()
        for service in services:
            site.system.programs[service].ready()
