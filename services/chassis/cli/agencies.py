"""`vss agencies`: the public feed as another agency sees it.

Exit codes: 0 done, 2 asked for wrongly, 3 no broker.
"""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime
from typing import Annotated, Any

import pika
import typer
from pika import exceptions
from pika.adapters.blocking_connection import BlockingChannel

from services.chassis import clock
from services.chassis.bus.topology import PUBLIC_STREAM
from services.chassis.cli import options
from services.chassis.cli.broker import NoSuchQueue, address, connected
from services.chassis.cli.console import duration, err, interruptible, report_errors
from services.chassis.facts.envelope import PREFIX

_PREFETCH = 500
_IDLE_SECONDS = 2.0
_NOT_FOUND = 404
_WORDS = ("first", "last", "next")

app = typer.Typer(no_args_is_help=True, help="The public feed, as other agencies read it.")


@app.callback()
def _commands() -> None:
    """Keep `tail` a command of its own, though it is the only one."""


def _start(text: str) -> str:
    try:
        _offset(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r}: write first, last, next, an offset, an age (2h) or a time (RFC 3339)") from None
    return text


@app.command()
@report_errors()
def tail(
    *,
    amqp_uri: options.AmqpUri = None,
    start: Annotated[
        str,
        typer.Option("--from", parser=_start, help="first, last, next, an offset, an age (2h), a time.", metavar="START"),
    ] = "first",
    count: Annotated[int | None, typer.Option("--count", "-n", min=1, help="Stop after so many.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on when the end is reached.")] = False,
) -> None:
    """Read the public stream: one JSON object a line, each with its offset. Reading takes nothing away."""
    read, last = 0, -1
    with interruptible() as stop, connected(address(amqp_uri)) as connection:
        console = err()
        with console.status("Reading", spinner="dots") if console.is_terminal else nullcontext() as status:
            for offset, line in _facts(connection, _offset(start), stop, follow=follow):
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
    arrived: list[tuple[pika.spec.Basic.Deliver, pika.BasicProperties, bytes]] = []
    # a stream wants a prefetch and acks, which here only ask for more
    channel.basic_qos(prefetch_count=_PREFETCH)
    _consume(channel, start, lambda _channel, *message: arrived.append(message))
    last = time.monotonic()
    while not stop():
        connection.process_data_events(0.2)
        for _, properties, body in arrived:
            headers: dict[str, Any] = dict(properties.headers or {})
            offset = int(headers.get("x-stream-offset", -1))
            if isinstance(start, int) and offset < start:
                continue
            yield offset, _line(offset, headers, body)
        if arrived:
            channel.basic_ack(arrived[-1][0].delivery_tag or 0, multiple=True)
            arrived.clear()
            last = time.monotonic()
        elif not follow and time.monotonic() - last > _IDLE_SECONDS:
            return


def _consume(channel: BlockingChannel, start: Any, on_message: Callable[..., None]) -> None:
    try:
        channel.basic_consume(PUBLIC_STREAM, on_message, arguments={"x-stream-offset": start})
    except exceptions.ChannelClosedByBroker as error:
        if error.reply_code != _NOT_FOUND:
            raise
        raise NoSuchQueue(f"There is no stream {PUBLIC_STREAM} at this broker. `vss topology declare` makes it.") from None


def _line(offset: int, headers: dict[str, Any], body: bytes) -> str:
    fact: dict[str, Any] = {"offset": offset}
    fact |= {str(k).removeprefix(PREFIX): v for k, v in headers.items() if str(k).startswith(PREFIX)}
    try:
        fact["data"] = json.loads(body)
    except ValueError:
        fact["data_base64"] = base64.b64encode(body).decode()
    return json.dumps(fact, default=str)


def _offset(text: str) -> Any:
    """What RabbitMQ wants to hear.

    :raises ValueError: if ``text`` is nothing of that kind.
    """
    if text in _WORDS:
        return text
    if text.isdecimal():
        return int(text)
    try:
        return clock.now() - duration(text)
    except ValueError:
        return datetime.fromisoformat(text).astimezone()
