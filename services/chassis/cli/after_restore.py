"""``vss after-restore``: make a service's database safe to serve from, once a backup was restored into it."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from services.chassis import clock, discovery
from services.chassis.bus import new_epoch, outbox
from services.chassis.bus.leadership import Leadership
from services.chassis.cli import options
from services.chassis.cli.console import Code, err, fail, out, report_errors, show_json, show_rows
from services.chassis.cli.operator import operator
from services.chassis.cli.service_database import look_for_tables_of
from services.chassis.database import Database, ServiceSession
from services.chassis.documents.opening import from_url
from services.chassis.history import Act, add
from services.chassis.recovery import Recovery, Step
from services.chassis.recovery.after_restore import Outcome
from services.chassis.recovery.after_restore import after_restore as repair
from services.chassis.recovery.table import revision_base
from services.chassis.settings import settings_class

#: what hosts' clocks may differ by, and how long a fact may have been on its way
_BEFORE = timedelta(minutes=10)


@report_errors()
def after_restore(
    service: Annotated[str, typer.Argument(help="A service's name, or module:Class.")],
    *,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S"],
            help="When the backup was made (UTC if no offset is given). Left out, it is a guess: the newest moment in the database.",
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also if it was done for this restore before.")] = False,
    dry_run: options.DryRun = False,
    as_json: options.Json = False,
) -> None:
    """Make a restored database safe to serve from. Run it before the service is started again; repeating it is harmless.

    Erases again what was erased since the backup, moves counters and revisions beyond everything given out, has open calls
    to the outside looked up before they run, voids sessions, codes and replaced passwords; then prints the commands that
    bring the service and its readers up to date. Exit codes: 0 done, 2 asked for wrongly, or the service runs; 3 no database.
    """
    loaded: Any = discovery.load(service)
    settings = settings_class(loaded)
    clock.use_offset_file(settings.read_one("clock_offset_file"))
    direct = settings.read_one("database_direct_url")
    database = Database(
        settings.read_one("database_url").reveal(), direct_url=direct.reveal() if direct else None, pool_size=3
    )
    look_for_tables_of(loaded, database)
    scripts = getattr(loaded, "migrations", None)
    if dry_run and not database.is_migrated(scripts):
        fail(f"The backup is of an earlier release. Run `vss migrate {service}` first.", Code.USAGE)
    database.migrate(scripts)
    documents = from_url(settings.read_one("documents_url"), endpoint_url=settings.read_one("s3_endpoint_url"))
    with Leadership(database, f"relay.{loaded.name}").try_lead() as lead:
        if lead is None or lead.others_stand_by():
            fail(f"{loaded.name} runs on this database. Stop it first.", Code.USAGE)
        outbox.publish_as(loaded.name, revision_base=revision_base(database))
        moment = since.replace(tzinfo=since.tzinfo or UTC) if since else None
        steps = (Step("lanes numbered anew", _begin_epoch), *getattr(loaded, "recovers", ()))
        outcome = repair(database, documents, loaded.name, steps, since=moment, again=again, dry_run=dry_run)
    if outcome.done_before and moment is not None and moment != outcome.since:
        fail(
            f"Done before, at {outcome.done_at:%Y-%m-%d %H:%M:%S}Z, for a backup of {outcome.since:%Y-%m-%d %H:%M:%S}Z. Nothing was "
            f"changed. For a backup of {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z, run it again with --again.",
            Code.USAGE,
        )
    guessed = moment is None and not outcome.done_before
    commands = list(_commands(loaded, outcome.since - _BEFORE))
    if as_json:
        about = {"service": loaded.name, "dry_run": dry_run, "since_is_a_guess": guessed}
        show_json({**about, **asdict(outcome), "commands": commands})
    else:
        _show(loaded.name, outcome, commands, dry_run=dry_run)
    if guessed:
        err().print(
            f"THE MOMENT OF THE BACKUP IS A GUESS: {outcome.since:%Y-%m-%d %H:%M:%S}Z is the newest in the database. If {loaded.name} has "
            f"run on it since the restore, this and the commands leave out what was lost. Then: vss after-restore {loaded.name} "
            f"--since MOMENT_OF_THE_BACKUP{'' if dry_run else ' --again'}",
            style="red",
            soft_wrap=True,
        )


def _begin_epoch(session: ServiceSession, recovery: Recovery) -> int:
    # whoever verifies the history later finds its end cut off, and here why
    details = {"since": recovery.since.isoformat()}
    purpose = "vss after-restore"
    add(session, Act(actor=operator(), action="restored", kind="database", purpose=purpose, details=details))
    return new_epoch.begin(session)


def _show(service: str, outcome: Outcome, commands: list[str], *, dry_run: bool) -> None:
    when = f"of {outcome.since:%Y-%m-%d %H:%M:%S}Z (restore number {outcome.generation} of {service})"
    if outcome.done_before:
        out().print(f"Done before, at {outcome.done_at:%Y-%m-%d %H:%M:%S}Z, for this backup {when}. Nothing was changed.")
    else:
        out().print(f"{'Would be repaired' if dry_run else 'Repaired'}, for a backup {when}:")
    show_rows(({"what": name, "rows": number} for name, number in outcome.changed.items()), ("what", "rows"))
    out().print(
        "Start the service. Then run each of these with the settings of the service after --from, in this order:",
        *commands,
        sep="\n  ",
        soft_wrap=True,
    )


def _commands(restored: Any, since: datetime) -> Iterator[str]:
    """What others give back, what brings the service up to date from its sources, and its readers from it."""
    moment = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for other in discovery.load_all():
        if restored.name in getattr(other, "gives_back", {}):
            yield f"vss facts give-back --from {other.name} --to {restored.name} --since {moment}"
    resend = "vss facts resend --from {} --to {} --since " + moment
    for source in sorted({reader.service for reader in restored.reads}):
        yield resend.format(source, restored.name)
    for other in discovery.load_all():
        if restored.name in {reader.service for reader in other.reads}:
            yield resend.format(restored.name, other.name)
