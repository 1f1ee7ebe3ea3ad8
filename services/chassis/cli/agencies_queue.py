"""`vss agencies add`: a queue for another agency, made and bounded by us."""

from typing import Annotated

import pika
import typer

from services.chassis.bus import agencies, rights
from services.chassis.bus.topology import PUBLIC_EXCHANGE
from services.chassis.cli import options
from services.chassis.cli.broker import address, connected, parameters
from services.chassis.cli.console import out, report_errors
from services.chassis.cli.topology_report import show_rights

_DAY = 86_400_000


@report_errors()
def add(
    name: Annotated[str, typer.Argument(help="The agency (bca); for a second queue of it: bca.reports.", metavar="NAME")],
    *,
    facts: Annotated[
        list[str] | None,
        typer.Option("--facts", help="What it gets: registration.*, verification.identity_verified; all if not given."),
    ] = None,
    amqp_uri: options.AmqpUri = None,
) -> None:
    """Make the queue agency.NAME, bounded and bound to the public feed. Safe to repeat; bindings are only added.

    An agency that only reads public.stream needs no queue. Its user reads and makes nothing: so nothing that it does can
    make the broker refuse a fact.
    """
    try:
        queue = agencies.queue(name)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    uri = address(amqp_uri)
    with connected(uri) as connection:
        channel: pika.adapters.blocking_connection.BlockingChannel = connection.channel()
        channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)
        for key in facts or ["#"]:
            channel.queue_bind(queue.name, PUBLIC_EXCHANGE, key)
    bounds = queue.arguments
    out().print(
        f"{uri}: queue {queue.name} is there and bound to {', '.join(facts or ['all facts'])}. It keeps the newest "
        f"{bounds['x-max-length']:,} facts, {bounds['x-max-length-bytes'] // 1024**2} MiB and "
        f"{bounds['x-message-ttl'] // _DAY} days, and goes when nobody has read it for {bounds['x-expires'] // _DAY} days. Its user:"
    )
    user = agencies.PREFIX + name.partition(".")[0]
    show_rights({user: rights.of_agency(name)}, parameters(uri).virtual_host)
