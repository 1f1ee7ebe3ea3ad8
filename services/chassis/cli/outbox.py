"""``vss outbox``: facts that a service has recorded and not sent yet. Their contents are never shown: that is somebody's data.

Exit codes: 0 done, 2 asked for wrongly, 3 no database.
"""

import json
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from services.chassis.bus.fact_log import PUBLIC, fact_log, lanes
from services.chassis.bus.outbox import outbox
from services.chassis.cli import options
from services.chassis.cli.console import report_errors, show_json, show_rows
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import load
from services.chassis.facts.envelope import attribute

app = typer.Typer(
    no_args_is_help=True,
    help="Facts that a service has recorded and not sent yet. Works on the database of the service's DATABASE_URL.",
)


@app.callback()
def _commands() -> None:
    """Keep `list` a command of its own, though it is the only one."""


@app.command("list")
@report_errors()
def list_(
    *,
    service: options.Service,
    dossier: options.Dossier = None,
    limit: Annotated[int, typer.Option(min=1, help="The oldest so many.")] = 100,
    as_json: options.Json = False,
) -> None:
    """The oldest facts that wait for the relay, or for a reader's queue."""
    found: list[dict[str, Any]] = []
    with open_database(load(service)).read() as session:
        behind = {lane.reader: lane for lane in lanes(session) if lane.behind and lane.reader != PUBLIC}
        first = min((lane.position for lane in behind.values()), default=None)
        kept = sa.select(fact_log.c.number, fact_log.c.fact, fact_log.c.recorded_at, fact_log.c.headers, fact_log.c.numbers)
        fresh = sa.select(outbox.c.seq, outbox.c.fact, outbox.c.recorded_at, outbox.c.headers, sa.null())
        queries = [fresh.order_by(outbox.c.seq)]
        if first is not None:
            queries.insert(0, kept.where(fact_log.c.number > first).order_by(fact_log.c.number))
        for query in queries:
            of_it = sa.column("headers").contains(json.dumps(dossier), autoescape=True) if dossier is not None else sa.true()
            for place, fact, recorded_at, headers, numbers in session.execute(query.where(of_it).limit(limit)):
                waits_for = [r for r in json.loads(numbers or "{}") if r in behind and place > behind[r].position]
                if waits_for or numbers is None:
                    about = {name: attribute(json.loads(headers), name) for name in ("id", "subject")}
                    waiting = {"recorded_at": recorded_at, "waits_for": ", ".join(waits_for) or "the relay"}
                    found.append({"fact": fact, **about, **waiting})
    if as_json:
        show_json(found)
    else:
        show_rows(found, ("fact", "id", "subject", "recorded_at", "waits_for"))
