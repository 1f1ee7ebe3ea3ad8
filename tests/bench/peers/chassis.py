"""(b) The chassis: a plain service on it, in one process, just as ``vss run`` starts it."""

import os
import sys

from services.chassis.bus.connection import connect, declare
from services.chassis.bus.topology import of_service
from services.chassis.database import Database
from services.chassis.settings import chassis_settings
from tests.bench.peers import terms as peer
from tests.bench.peers.terms import Terms

_SERVICE = "tests.bench.peers.hop_service:Hop"


def prepare(terms: Terms) -> None:
    """Tables and topology, as the service's own start would make them."""
    Database(terms.database_url).migrate()
    peer.create_tables(terms, peer.DOSSIERS)
    defaults = chassis_settings("hop")()
    connection = connect(terms.amqp_uri)
    topology = of_service(
        "hop",
        [(terms.in_exchange.removesuffix(".events"), terms.in_key)],
        max_bytes=defaults.queue_max_bytes,
        delivery_limit=defaults.delivery_limit,
    )
    declare(connection.channel(), topology, "hop")
    connection.release()


def run(_terms: Terms) -> None:
    """Become the service."""
    os.execv(sys.executable, [sys.executable, "-m", "services.chassis.bus.process", _SERVICE])


if __name__ == "__main__":
    peer.main(prepare, run)
