"""Least rights at the broker: one user for each service and each agency, and what each may do.

A service may make what bears its name, write to its own exchanges and ``public.events``, and read its own queue and, to bind it,
the exchanges it is told by. It cannot write into another's queue, nor take copies of what is addressed to another. What belongs to
nobody alone (``public.events``, ``public.stream``) and the dead-letter target of a queue that was lost (`amq.default`, through
which every queue could be written) wants an administrator: `vss topology declare`.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from services.chassis.bus import agencies
from services.chassis.bus.topology import PUBLIC_EXCHANGE, PUBLIC_STREAM, events_exchange

_NOTHING = "^$"


class Rights(NamedTuple):
    """RabbitMQ's three regular expressions over names of queues and exchanges."""

    configure: str
    write: str
    read: str


def of_service(service: str, sources: Iterable[str]) -> Rights:
    """Return what ``service`` needs to run, once an administrator has loaded the definitions.

    :param sources: the services whose facts it reads.
    """
    own, lanes = rf"{re.escape(service)}\..+", rf"[^.]+\.to\.{re.escape(service)}"
    # the plain exchanges as long as queues are bound to them, too: one release beyond the lanes
    told_by = [re.escape(events_exchange(source)) for source in sorted(set(sources))]
    return Rights(
        configure=f"^{own}$", write=f"^({own}|{re.escape(PUBLIC_EXCHANGE)})$", read=f"^({'|'.join([own, lanes, *told_by])})$"
    )


def of_agency(name: str) -> Rights:
    """Return what another agency needs: to read its own queues and the public stream. It makes and binds nothing by itself."""
    own = rf"{re.escape(agencies.PREFIX + name.partition('.')[0])}(\..+)?"
    return Rights(configure=_NOTHING, write=_NOTHING, read=f"^({own}|{re.escape(PUBLIC_STREAM)})$")
