"""Least rights at the broker: one user for each service and each agency, and what each may do.

A service may make what bears its name, write to its own exchanges and ``public.events``, and read its own queue and, to bind it,
the exchanges it is told by; each keeps ``public.stream`` bound. It can neither write into another's queue or lane, nor take copies
of what is told to another. What bears no service's name, and the dead-letter target of a queue that was lost (`amq.default`, through
which every queue could be written), wants an administrator: `vss topology declare`.
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
    own, public, stream = rf"{re.escape(service)}\..+", re.escape(PUBLIC_EXCHANGE), re.escape(PUBLIC_STREAM)
    # the plain exchanges as long as queues are bound to them, too: one release beyond the lanes
    told_by = [re.escape(events_exchange(source)) for source in sorted(set(sources))]
    return Rights(
        configure=f"^{own}$",
        write=f"^({own}|{public}|{stream})$",
        read=f"^({'|'.join([own, public, rf'[^.]+[.]to[.]{re.escape(service)}', *told_by])})$",
    )


def of_agency(name: str) -> Rights:
    """Return what another agency needs: to read its own queues and the public stream. It makes and binds nothing by itself."""
    own = rf"{re.escape(agencies.PREFIX + name.partition('.')[0])}(\..+)?"
    return Rights(configure=_NOTHING, write=_NOTHING, read=f"^({own}|{re.escape(PUBLIC_STREAM)})$")
