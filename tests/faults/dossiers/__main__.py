"""2,000 dossiers, 40 kills: `make chaos-dossiers`, or ``python -m tests.faults.dossiers --help``.

Writes .run/faults/dossiers.json; exits 1 if anything is lost, doubled, unsent or parked.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.chassis.testing import PostgresNode, RabbitNode
from tests.faults.dossiers.audit import Report
from tests.faults.dossiers.audit import count as count_all
from tests.faults.dossiers.campaign import Campaign, Plan

_RUN = Path(__file__).resolve().parents[3] / ".run" / "faults"
_console = Console()


def write(report: Report, name: str) -> Path:
    """To ``.run/faults/<name>.json``."""
    _RUN.mkdir(parents=True, exist_ok=True)
    file = _RUN / f"{name}.json"
    figures = {key: value for key, value in vars(report).items() if key != "details"}
    file.write_text(json.dumps({**figures, **report.details}, indent=2, ensure_ascii=False) + "\n")
    return file


def main(
    count: Annotated[int, typer.Option(min=10, max=4000, help="Dossiers filed, each by another person.")] = 2000,
    kills: Annotated[int, typer.Option(min=0, help="SIGKILLs of the services, the broker and the database, in all.")] = 40,
    seed: Annotated[int, typer.Option(help="Decides what is killed when.")] = 1,
    sign_ins: Annotated[int, typer.Option(min=0, help="Of the approved, how many sign in afterwards.")] = 4000,
) -> None:
    """File and decide dossiers while everything is killed, then count. About ten minutes on two cores."""
    with tempfile.TemporaryDirectory(prefix="vss-dossiers-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # PostgreSQL runs as an account of its own
        columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with RabbitNode(folder / "rabbit") as rabbit, PostgresNode(folder / "postgres") as postgres:
            campaign = Campaign(Plan(count, kills, seed), rabbit, rabbit.uri, postgres, folder)
            try:
                with Progress(*columns, console=_console, refresh_per_second=2) as progress:
                    task = progress.add_task("starts", total=count)
                    campaign.run(lambda what, done: progress.update(task, description=what, completed=done))
                    progress.update(task, description="counts", completed=count)
                    report = count_all(campaign, sign_ins)
            finally:
                campaign.close()
    file = write(report, "dossiers")
    figures = ", ".join(f"{key} {value}" for key, value in vars(report).items() if key != "details")
    colour = "green" if report.good else "red"
    _console.print(f"[{colour}]{'good' if report.good else 'not good'}[/]: {figures} ({file})", soft_wrap=True)
    if not report.good:
        _console.print_json(json.dumps(report.details, ensure_ascii=False))
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
