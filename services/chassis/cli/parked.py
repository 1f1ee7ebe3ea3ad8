"""`vss parked`: what a service could not handle, and what to do with it.

Exit codes: 0 done, 1 something remains or failed, 2 asked for wrongly, 3 no broker.
"""

import json
import logging
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from services.chassis import clock
from services.chassis.bus.topology import inbound_queue, parked_queue
from services.chassis.cli import parked_edit, parked_views, parking_lot
from services.chassis.cli import parked_options as options
from services.chassis.cli.broker import NoSuchQueue, address
from services.chassis.cli.parked_filter import Filter
from services.chassis.cli.parked_message import Parked, Summary
from services.chassis.cli.parked_save import SaveFile
from services.chassis.cli.parking_lot import ParkingLot
from services.chassis.cli.speaking import Code, clean, err, fail, interruptible, out, plainly, progress
from services.chassis.cli.tally import Tally

app = typer.Typer(
    no_args_is_help=True,
    help="Messages that a service could not handle: look at them, mend them, send them again, drop them. "
    "Exit codes: 0 done, 1 something remains or failed, 2 asked for wrongly, 3 no broker.",
)


@app.callback()
def _quiet() -> None:
    # pika tells its troubles in log lines with tracebacks; here they become sentences
    logging.getLogger("pika").setLevel(logging.CRITICAL)


@app.command("list")
@plainly()
def list_(
    *,
    service: options.Service,
    amqp_uri: options.Uri = None,
    reason: options.Reasons = None,
    type_: options.Types = None,
    error: options.Error = None,
    id_: options.Ids = None,
    older_than: options.Older = None,
    newer_than: options.Newer = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Look at no more than this many.")] = None,
    ids: Annotated[bool, typer.Option("--ids", help="One row for each message.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """What is parked, grouped by reason, fact and error."""
    wanted = _filter(reasons=reason, types=type_, error=error, ids=id_, older_than=older_than, newer_than=newer_than)
    messages = _look(service, amqp_uri, wanted, limit)
    if as_json:
        result: dict[str, Any] = {
            "service": service,
            "queue": parked_queue(service),
            "messages": sum(m.messages for m in messages),
            "copies": sum(m.copies for m in messages),
            "groups": parked_views.groups_json(messages),
        }
        if ids:
            result["items"] = parked_views.messages_json(messages)
        typer.echo(json.dumps(result, indent=2))
        return
    if messages:
        out().print(parked_views.ids_table(messages) if ids else parked_views.groups_table(messages))
    out().print(f"{parked_queue(service)}: {parked_views.total(messages) if messages else 'nothing'}")


@app.command()
@plainly()
def show(id_: options.Id, *, service: options.Service, amqp_uri: options.Uri = None, reveal: options.Reveal = False) -> None:
    """One message: why it is parked, its envelope, its body. Values are masked unless revealed."""
    with parking_lot.opened(address(amqp_uri, service), service) as lot:
        found = _of_one_id(_looked(lot, service), id_)
        messages = [(summary, lot.fetch(summary.key)) for summary in found]
    console = out()
    if reveal:
        err().print("Personal data is shown.", style="yellow")
    for summary, message in messages:
        if message is None:
            fail(f"{summary.name} is gone meanwhile.", Code.REMAINS)
        console.rule(clean(summary.name), align="left")
        console.print(parked_views.parking(summary, message), "")
        console.print(parked_views.envelope(message), "")
        if headers := parked_views.other_headers(message, reveal=reveal):
            console.print(headers, "")
        for line in parked_views.body(message, reveal=reveal):
            console.print(line, soft_wrap=True)
    if not reveal:
        err().print("Values are masked; --reveal shows them.", style="dim")


@app.command()
@plainly()
def edit(
    id_: options.Id,
    *,
    service: options.Service,
    amqp_uri: options.Uri = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="path=value, the value as JSON.", metavar="PATH=JSON")
    ] = None,
    unset: Annotated[list[str] | None, typer.Option("--unset", help="Take this path out.", metavar="PATH")] = None,
    reveal: options.Reveal = False,
    dry_run: options.DryRun = False,
) -> None:
    """Mend a body, here or in $EDITOR. It keeps its id and stays parked, at the end of the queue, until it is replayed."""
    uri = address(amqp_uri, service)
    with parking_lot.opened(uri, service) as lot:
        summary = _one(_looked(lot, service), id_)
        message = lot.fetch(summary.key)
    if message is None:
        fail(f"{summary.name} is gone meanwhile.", Code.REMAINS)
    after = _edited(message, set_ or [], unset or [])
    if after == message.body:
        out().print("Nothing is changed.")
        return
    for line in parked_edit.changes(message.body, after, reveal=reveal):
        out().print(clean(line))
    if dry_run:
        out().print("Nothing is changed: this was a dry run.")
        return
    with parking_lot.opened(uri, service) as lot:
        tally = lot.replace(summary, after)
    if not tally.done:
        fail(tally.failure or f"{summary.name} is gone meanwhile; nothing is changed.", Code.REMAINS)
    out().print(
        clean(f"Changed. It stays parked: vss parked replay --service {service} --id {shlex.quote(summary.id or id_)}")
    )


@app.command()
@plainly()
def replay(
    *,
    service: options.Service,
    amqp_uri: options.Uri = None,
    reason: options.Reasons = None,
    type_: options.Types = None,
    error: options.Error = None,
    id_: options.Ids = None,
    older_than: options.Older = None,
    newer_than: options.Newer = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The first so many of them only.")] = None,
    rate: Annotated[float | None, typer.Option(min=0.01, help="Messages a second, at most.")] = None,
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
) -> None:
    """Send messages to the service again. What it has handled already, its inbox drops."""
    wanted = _filter(reasons=reason, types=type_, error=error, ids=id_, older_than=older_than, newer_than=newer_than)
    chosen = _choose(service, amqp_uri, wanted, limit=limit, done="replayed", dry_run=dry_run)
    if len(chosen) > 1 and not yes:
        typer.confirm(f"Replay {_count(chosen)} into {inbound_queue(service)}?", abort=True, err=True)
    began = time.monotonic()
    with (
        interruptible() as stop,
        _so_far("Replayed", chosen) as advance,
        parking_lot.opened(address(amqp_uri, service), service) as lot,
    ):
        tally = lot.replay(chosen, per_second=rate, stop=stop, progress=advance)
    _report(tally, "Replayed", time.monotonic() - began)


@app.command()
@plainly()
def drop(
    *,
    service: options.Service,
    amqp_uri: options.Uri = None,
    reason: options.Reasons = None,
    type_: options.Types = None,
    error: options.Error = None,
    id_: options.Ids = None,
    older_than: options.Older = None,
    newer_than: options.Newer = None,
    limit: Annotated[int | None, typer.Option(min=1, help="The first so many of them only.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="File that keeps them, not there yet. Default: .run/dropped/<service>-<time>.jsonl")
    ] = None,
    dry_run: options.DryRun = False,
    yes: options.Yes = False,
) -> None:
    """Take messages out for good. They are written to a file first, which only its owner can read."""
    wanted = _filter(reasons=reason, types=type_, error=error, ids=id_, older_than=older_than, newer_than=newer_than)
    chosen = _choose(service, amqp_uri, wanted, limit=limit, done="dropped", dry_run=dry_run)
    number = str(sum(m.messages for m in chosen))
    if not yes and typer.prompt(f"Type {number} to drop {_count(chosen)}", err=True).strip() != number:
        fail("Nothing is dropped.", Code.REMAINS)
    path = save or SaveFile.default_path(service)
    began = time.monotonic()
    with (
        interruptible() as stop,
        _so_far("Dropped", chosen) as advance,
        SaveFile(path, parked_queue(service)) as file,
        parking_lot.opened(address(amqp_uri, service), service) as lot,
    ):
        tally = lot.drop(chosen, file.write, stop=stop, progress=advance)
    out().print(f"Kept in {path}", soft_wrap=True)
    _report(tally, "Dropped", time.monotonic() - began)


@contextmanager
def _so_far(done: str, chosen: Sequence[Summary]) -> Iterator[Callable[[int], None]]:
    """A progress bar that, when the work breaks off, says how far it came."""
    count, total = 0, sum(m.messages for m in chosen)

    def on_progress(more: int) -> None:
        nonlocal count
        count += more
        advance(more)

    try:
        with progress(done, total) as advance:
            yield on_progress
    except (Exception, KeyboardInterrupt):
        err().print(
            f"Broke off: {done.lower()} {count:,} of {total:,}. The rest is still parked; nothing is lost.", style="yellow"
        )
        raise


def _filter(
    *,
    reasons: Sequence[str] | None,
    types: Sequence[str] | None,
    error: str | None,
    ids: Sequence[str] | None,
    older_than: timedelta | None,
    newer_than: timedelta | None,
) -> Filter:
    return Filter(
        reasons=reasons or (), types=types or (), error=error, ids=ids or (), older_than=older_than, newer_than=newer_than
    )


def _look(service: str, amqp_uri: str | None, wanted: Filter, limit: int | None = None) -> list[Summary]:
    with parking_lot.opened(address(amqp_uri, service), service) as lot:
        messages = _looked(lot, service, limit)
    now = clock.now()
    return [m for m in messages if wanted.fits(m, now)]


def _looked(lot: ParkingLot, service: str, limit: int | None = None) -> list[Summary]:
    try:
        return lot.look(limit)
    except NoSuchQueue:
        raise NoSuchQueue(
            f"There is no queue {lot.queue}. Is {service!r} spelt as the service is, is this its broker, and has it run here?"
        ) from None


def _choose(
    service: str, amqp_uri: str | None, wanted: Filter, *, limit: int | None, done: str, dry_run: bool
) -> list[Summary]:
    """What a command is about, shown; ends here if that is nothing, or for a dry run."""
    chosen = _look(service, amqp_uri, wanted)[:limit]
    if not chosen:
        if wanted.ids:
            fail(f"Nothing in {parked_queue(service)} fits.", Code.REMAINS)
        out().print(f"Nothing in {parked_queue(service)} fits; nothing is {done}.")
        raise typer.Exit(Code.DONE)
    out().print(parked_views.groups_table(chosen))
    if dry_run:
        out().print(f"{_count(chosen)} would be {done}. Nothing is: this was a dry run.")
        raise typer.Exit(Code.DONE)
    return chosen


def _of_one_id(messages: Sequence[Summary], beginning: str) -> list[Summary]:
    found = [m for m in messages if m.name.startswith(beginning)]
    if not found:
        fail(f"No parked message's id begins with {beginning}.", Code.REMAINS)
    if len({m.id or m.name for m in found}) > 1:
        _say_more(found, beginning)
    return found


def _one(messages: Sequence[Summary], beginning: str) -> Summary:
    found = _of_one_id(messages, beginning)
    if len(found) > 1:
        _say_more(found, beginning)
    return found[0]


def _say_more(found: Sequence[Summary], beginning: str) -> None:
    called = parked_views.names(found)
    listed = "\n".join(f"  {called[m.key]}" for m in found[:10])
    fail(f"{len(found)} messages begin with {beginning}; say more:\n{listed}", Code.USAGE)


def _edited(message: Parked, settings: Sequence[str], unset: Sequence[str]) -> bytes:
    try:
        if settings or unset:
            return parked_edit.apply(message.body, settings, unset)
        return parked_edit.in_editor(message.body)
    except parked_edit.EditError as error:
        fail(str(error), Code.USAGE)


def _count(messages: Sequence[Summary]) -> str:
    count = sum(m.messages for m in messages)
    return f"{count:,} message{'' if count == 1 else 's'}"


def _report(tally: Tally, done: str, seconds: float) -> None:
    out().print(f"{done} {tally.done:,} of {tally.wanted:,} in {seconds:.1f} s.")
    left = tally.wanted - tally.done - tally.missing
    if tally.missing:
        err().print(f"{tally.missing:,} were gone: somebody else has dealt with them meanwhile.", style="yellow")
    if tally.failure:
        err().print(tally.failure, style="red")
    elif tally.refused:
        err().print(f"The broker refused {tally.refused:,}.", style="red")
    if left:
        stopped = "Stopped. " if tally.stopped else ""
        err().print(f"{stopped}{left:,} still parked; nothing is lost.", style="yellow")
    if tally.done < tally.wanted:
        raise typer.Exit(Code.REMAINS)
