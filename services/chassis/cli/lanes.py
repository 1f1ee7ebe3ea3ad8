"""``vss facts lanes|gaps|resend``: who has been told what, what is missing, and telling it again.

Each works on the database of the service's DATABASE_URL; ``resend`` also on the broker. Contents are never shown.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from services.chassis import clock
from services.chassis.bus import backlog, gaps, outbox
from services.chassis.bus.fact_log import PUBLIC
from services.chassis.bus.resend import Resend, Which
from services.chassis.bus.telling import telling_of
from services.chassis.cli import broker, options
from services.chassis.cli.console import (
    Code,
    duration,
    err,
    fail,
    interruptible,
    out,
    progress,
    report_errors,
    show_json,
    show_rows,
)
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import load
from services.chassis.recovery.table import revision_base

_From = Annotated[
    str, typer.Option("--from", help="The service that told them; its DATABASE_URL is used.", metavar="SERVICE")
]
_To = Annotated[str, typer.Option("--to", help="The service that reads them.", metavar="SERVICE")]
_Since = Annotated[
    str | None, typer.Option(help="Facts recorded since then: 2026-11-27T10:00+07:00, or a duration back from now (2h, 3d).")
]
_Numbers = Annotated[
    str | None, typer.Option(help="Facts with these numbers, as `vss facts gaps` prints them: EPOCH:FIRST-LAST.")
]
_Forget = Annotated[
    bool, typer.Option("--forget", help="Forget them: their source keeps them no longer, or lost them in a restore.")
]
_All = Annotated[bool, typer.Option("--all", help="Everything that is kept.")]
_NewSecrets = Annotated[
    bool,
    typer.Option(
        "--new-secrets",
        help="Have a new secret made for each of these --numbers whose own was forgotten (a new first password).",
    ),
]


@report_errors()
def lanes(*, service: options.Service, as_json: options.Json = False) -> None:
    """Show how far each reader of a service's facts has got them. Ends with 1 if one stands still."""
    loaded = load(service)
    found = backlog.measure(open_database(loaded))
    rows: list[dict[str, Any]] = [
        {
            "reader": "everybody else (public)" if reader == PUBLIC else reader,
            "told": None if reader == PUBLIC else lane.numbered,
            "waiting": None if reader == PUBLIC else lane.behind,
            "oldest_seconds": round(found.lane_ages[reader]),
            "stands_still": lane.stopped,
        }
        for reader, lane in sorted(found.lanes.items(), key=lambda pair: (pair[0] == PUBLIC, pair[0]))
    ]
    if as_json:
        show_json({"recorded": found.recorded, "lanes": rows})
    else:
        show_rows(rows, ("reader", "told", "waiting", "oldest_seconds", "stands_still"))
        out().print(f"{found.recorded:,} recorded and not numbered yet.")
    if any(lane.stopped for lane in found.lanes.values()):
        raise typer.Exit(Code.REMAINS)


@report_errors()
def missing(*, service: options.Service, forget: _Forget = False, as_json: options.Json = False) -> None:
    """Show what a service was told and never got, with the command that has it told again. Ends with 1 if anything is missing."""
    loaded = load(service)
    database = open_database(loaded)
    if forget:
        with database.write() as session:
            err().print(f"{gaps.forget(session):,} gaps forgotten.")
    with database.read() as session:
        found, restored = gaps.gaps(session), gaps.went_back(session)
    rows = [gap._asdict() | {"missing": gap.size, "remedy": gap.remedy(loaded.name)} for gap in found]
    if as_json:
        show_json({"gaps": rows, "restored_sources": restored})
    else:
        show_rows(rows, ("source", "epoch", "first", "last", "missing", "found_at"))
        for row in rows:
            out().print(str(row["remedy"]), soft_wrap=True)
        for source in restored:
            err().print(
                f"{source} numbers anew what it tells: its database was restored. Run: {gaps.remedy_of_restored(source)}",
                style="red",
            )
    if found or restored:
        raise typer.Exit(Code.REMAINS)


@report_errors(ValueError)
def resend(
    *,
    source: _From,
    reader: _To,
    since: _Since = None,
    numbers: _Numbers = None,
    everything: _All = False,
    new_secrets: _NewSecrets = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
    amqp_uri: options.AmqpUri = None,
) -> None:
    """Tell a reader again what a service has told it. Safe to repeat: what it has handled, it drops."""
    loaded = load(source)
    telling = telling_of(loaded)
    if reader not in telling.readers:
        fail(f"{reader} reads nothing of {loaded.name}; its readers: {', '.join(telling.readers) or 'none'}.", Code.USAGE)
    if sum([since is not None, numbers is not None, everything]) != 1:
        fail("Say which: --since, --numbers or --all.", Code.USAGE)
    if new_secrets and numbers is None:
        fail(
            "--new-secrets wants --numbers: whoever has had the message would get another one, with another secret.",
            Code.USAGE,
        )
    database = open_database(loaded)
    renewals = getattr(loaded, "renewals", {}) if new_secrets else {}
    again = Resend(database, loaded.name, reader, _which(since, numbers), secrets=telling.secrets, renewals=renewals)
    told = again.count()
    if numbers is not None and not told.facts:
        fail(
            f"{loaded.name} keeps no facts with the numbers {numbers} for {reader}: they were never given, or are older than FACTS_KEEP_DAYS. "
            f"`vss facts gaps --service {reader}` prints what is missing.",
            Code.REMAINS,
        )
    if not dry_run and told.facts:
        uri = broker.address(amqp_uri).reveal()
        with progress("Telling again", told.facts) as advance, interruptible() as asked_to_stop:
            told = again.run(uri, advance, asked_to_stop)
    if as_json:
        show_json({"source": loaded.name, "reader": reader, "dry_run": dry_run} | asdict(told))
        return
    verb = "would be told" if dry_run else "told"
    out().print(f"{told.facts:,} facts of {loaded.name} {verb} again to {reader}.")
    if told.erased:
        out().print(f"{told.erased:,} of them as erased: their personal data have gone, {reader} does nothing.")
    if told.renewed:
        out().print(f"{told.renewed:,} of them with a new secret.")
    if told.without_secret:
        err().print(
            f"{told.without_secret:,} of them without their secret, which was forgotten: --new-secrets makes new ones.",
            style="yellow",
        )


@report_errors(ValueError)
def give_back(*, source: _From, reader: _To, since: _Since, as_json: options.Json = False) -> None:
    """Tell a service that was restored from a backup what this one knows of its lost changes. Safe to repeat.

    `vss after-restore` prints it where it is needed. The facts go into the outbox; the running service sends them.
    """
    loaded = load(source)
    gives_back = getattr(loaded, "gives_back", {})
    if reader not in gives_back:
        fail(f"{loaded.name} gives back nothing to {reader}; to: {', '.join(gives_back) or 'nobody'}.", Code.USAGE)
    database = open_database(loaded)
    outbox.publish_as(loaded.name, revision_base=revision_base(database))
    told = 0
    # nobody knows how many there will be
    with progress("Giving back", None) as advance, interruptible() as asked_to_stop:
        for count in gives_back[reader](database, _moment(since or "")):
            told += count
            advance(count)
            if asked_to_stop():
                break
    if as_json:
        show_json({"source": loaded.name, "reader": reader, "facts": told})
    else:
        out().print(f"{told:,} facts of {loaded.name} are on their way to {reader}.")


def _which(since: str | None, numbers: str | None) -> Which:
    if since is not None:
        return Which(since=_moment(since))
    if numbers is None:
        return Which()
    epoch, _, span = numbers.partition(":")
    first, _, last = span.partition("-")
    try:
        return Which(epoch=int(epoch), first=int(first), last=int(last or first))
    except ValueError:
        raise ValueError(f"--numbers: {numbers!r} is not of the form EPOCH:FIRST-LAST") from None


def _moment(text: str) -> datetime:
    try:
        return clock.now() - duration(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--since: {text!r} is neither a moment (2026-11-27T10:00+07:00) nor a duration (2h)") from None
    if moment.tzinfo is None:
        raise ValueError(f"--since: {text!r} has no time zone: write {text}+07:00, or {text}Z")
    return moment
