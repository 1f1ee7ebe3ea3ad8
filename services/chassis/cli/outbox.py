"""``vss outbox``: facts that a service has recorded and not sent yet. Their contents are never shown: that is somebody's data.

Exit codes: 0 done, 2 asked for wrongly, 3 no database.
"""

import json
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from services.chassis.bus.outbox import outbox, outbox_unrouted
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
    """The oldest facts that wait for the broker, or for somebody to read them."""
    found: list[dict[str, Any]] = []
    with open_database(load(service)).read() as session:
        for table, waits_for in ((outbox, "the broker"), (outbox_unrouted, "a reader")):
            query = sa.select(table.c.seq, table.c.fact, table.c.recorded_at, table.c.headers).order_by(table.c.seq)
            if dossier is not None:
                query = query.where(table.c.headers.contains(json.dumps(dossier), autoescape=True))
            for row in session.execute(query.limit(limit)):
                headers = json.loads(row.headers)
                about = {name: attribute(headers, name) for name in ("id", "subject")}
                found.append({"fact": row.fact, **about, "recorded_at": row.recorded_at, "waits_for": waits_for})
    if as_json:
        show_json(found)
    else:
        show_rows(found, ("fact", "id", "subject", "recorded_at", "waits_for"))
