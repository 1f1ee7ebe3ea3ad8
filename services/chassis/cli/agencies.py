"""`vss agencies`: the public feed as another agency sees it, and queues for those who want one.

Exit codes: 0 done, 2 asked for wrongly, 3 no broker.
"""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from datetime import datetime
from typing import Annotated, Any

import pika
import typer

from services.chassis import clock
from services.chassis.bus.topology import PUBLIC_STREAM
from services.chassis.cli import options
from services.chassis.cli.agencies_queue import add
from services.chassis.cli.broker import address, connected
from services.chassis.cli.console import duration, err, interruptible, report_errors
from services.chassis.facts.envelope import PREFIX

_PREFETCH = 500
_LOOK_SECONDS = 0.2
_IDLE_SECONDS = 2.0
_WORDS = ("first", "last", "next")

app = typer.Typer(no_args_is_help=True, help="The public feed, as other agencies read it.")


app.command()(add)


def _offset(text: str) -> Any:
    """What RabbitMQ wants to hear."""
    if text in _WORDS:
        return text
    if text.isdecimal():
        return int(text)
    with suppress(ValueError):
        return clock.now() - duration(text)
    with suppress(ValueError):
        return datetime.fromisoformat(text).astimezone()
    raise typer.BadParameter(f"{text!r}: write first, last, next, an offset, an age (2h) or a time (RFC 3339)")


@app.command()
@report_errors()
def tail(
    *,
    amqp_uri: options.AmqpUri = None,
    start: Annotated[
        Any,
        typer.Option("--from", parser=_offset, help="first, last, next, an offset, an age (2h), a time.", metavar="START"),
    ] = "first",
    count: Annotated[int | None, typer.Option("--count", "-n", min=1, help="Stop after so many.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on when the end is reached.")] = False,
) -> None:
    """Read the public stream: one JSON object a line, each with its offset. Reading takes nothing away."""
    read, last = 0, -1
    with interruptible() as stop, connected(address(amqp_uri)) as connection:
        console = err()
        with console.status("Reading", spinner="dots") if console.is_terminal else nullcontext() as status:
            for offset, line in _facts(connection, start, stop, follow=follow):
                typer.echo(line)
                read, last = read + 1, offset
                if status and read % 100 == 0:
                    status.update(f"{read:,} read, at offset {offset}")
                if read == count:
                    break
    after = f" Continue with --from {last + 1}." if read else ""
    err().print(f"{read:,} read.{after}")


def _facts(
    connection: pika.BlockingConnection, start: Any, stop: Callable[[], bool], *, follow: bool
) -> Iterator[tuple[int, str]]:
    """What the stream holds from ``start`` on; ends when nothing has come for 2 s, unless ``follow``."""
    channel = connection.channel()
    # a stream wants a prefetch and acks, which here only ask for more
    channel.basic_qos(prefetch_count=_PREFETCH)
    last = time.monotonic()
    arguments = {"x-stream-offset": start}
    for delivery, properties, body in channel.consume(PUBLIC_STREAM, arguments=arguments, inactivity_timeout=_LOOK_SECONDS):
        if stop() or (delivery is None and not follow and time.monotonic() - last > _IDLE_SECONDS):
            return
        if delivery is None or properties is None or body is None:
            continue
        channel.basic_ack(delivery.delivery_tag or 0)
        last = time.monotonic()
        headers: dict[str, Any] = dict(properties.headers or {})
        offset = int(headers.get("x-stream-offset", -1))
        # the broker begins with the chunk that holds it
        if not isinstance(start, int) or offset >= start:
            yield offset, _line(offset, headers, body)


def _line(offset: int, headers: dict[str, Any], body: bytes) -> str:
    fact: dict[str, Any] = {"offset": offset}
    fact |= {str(k).removeprefix(PREFIX): v for k, v in headers.items() if str(k).startswith(PREFIX)}
    try:
        fact["data"] = json.loads(body)
    except ValueError:
        fact["data_base64"] = base64.b64encode(body).decode()
    return json.dumps(fact, default=str)
