"""``vss outbox``: facts that a service has recorded and not sent yet. Their contents are never shown: that is somebody's data.

Exit codes: 0 done, 2 asked for wrongly, 3 no database.
"""

import json
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from rich import box
from rich.table import Table

from services.chassis.bus.outbox import outbox, outbox_unrouted
from services.chassis.cli.console import clean, out, report_errors
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
    service: Annotated[
        str, typer.Option("--service", "-s", help="A service by name, or as module:Class.", metavar="SERVICE")
    ],
    dossier: Annotated[
        str | None,
        typer.Option("--dossier", "--subject", help="About this dossier, account or complaint.", metavar="NUMBER"),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The oldest so many.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
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
                found.append({"fact": row.fact, **about, "recorded_at": row.recorded_at.isoformat(), "waits_for": waits_for})
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    table_ = Table("Fact", "Id", "About", "Recorded", "Waits for", box=box.SIMPLE_HEAD, pad_edge=False)
    for one in found:
        table_.add_row(*(clean(str(value or "")) for value in one.values()))
    out().print(table_)
