"""100,000 complaints: how long do a board's list, its filters and the reports take, over HTTP, on PostgreSQL?

Two years of complaints from 34 provinces in every category; most are answered, some thousands open, hundreds late. Each question is
asked of the application itself, as its server would ask it, so that everything counts but the socket: token, query, ORM, JSON.
Writes .run/bench/complaints.json; ends with 1 if the slowest twentieth of any question takes longer than it may.
"""

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from flask import Flask
from flask.testing import FlaskClient
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.chassis import clock
from services.chassis.bus import outbox
from services.chassis.calendar import VIETNAM
from services.chassis.database import Database
from services.chassis.observe import logs
from services.chassis.resources import Resources
from services.chassis.testing import PostgresNode
from services.chassis.testing.documents import MemoryDocuments
from services.chassis.web.app import create_app
from services.chassis.web.auth import Principal, Verifier
from services.feedback.service import BLUEPRINTS, Feedback
from services.feedback.settings import Settings
from tests.bench.complaints_filling import fill

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"
#: what each question may take
TARGET_MS = 300.0
#: asked for to be known; nobody waits for it every day
_WITHOUT_TARGET = ("report: a year",)


def questions(client: FlaskClient) -> dict[str, str]:
    """What is asked, by name: the address below /feedback, for a board or (after `it:`) the IT centre."""
    today = clock.now().astimezone(VIETNAM).date()
    last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    month = f"from={last_month}&to={today.replace(day=1) - timedelta(days=1)}"
    year = f"from={today - timedelta(days=364)}&to={today}"
    asked = {
        "list: a board's, late first": "/complaints",
        "list: of 200": "/complaints?limit=200",
        "list: the IT centre's": "it:/complaints",
        "list: settled, newest first": "/complaints?state=settled",
        "list: settled of one province": "/complaints?state=settled&province=79",
        "filter: late": "/complaints?late=true",
        "filter: not late": "/complaints?late=false",
        "filter: province": "/complaints?province=79",
        "filter: province without any": "/complaints?province=95",
        "filter: category": "/complaints?category=chot-so",
        "filter: level": "it:/complaints?level=3",
        "filter: status and channel": "/complaints?status=waiting&channel=hotline",
        "filter: not seen by its board": "/complaints?seen=false",
        "filter: days": f"/complaints?state=settled&{month}",
        "filter: days and province, settled": f"/complaints?state=settled&province=96&{month}",
        "report: a month": f"it:/reports/complaints?{month}",
        "report: a month of a board": f"/reports/complaints?{month}",
        "report: a month as CSV": f"it:/reports/complaints.csv?{month}",
        "report: a month of one province": f"it:/reports/complaints?{month}&province=79",
        "report: a year": f"it:/reports/complaints?{year}",
    }
    for state in ("open", "settled"):
        page = f"it:/complaints?state={state}"
        for _ in range(20):
            following = _ask(client, page)["next_cursor"]
            if following is None:  # of a small run
                break
            page = f"it:/complaints?state={state}&cursor={following}"
        asked[f"list: {state}, the 21st page"] = page
    return asked


def main(
    complaints: Annotated[int, typer.Option(min=1000, help="How many complaints.")] = 100_000,
    repeat: Annotated[int, typer.Option(min=5, help="How often each question is asked.")] = 30,
    out: Annotated[Path, typer.Option(help="Where complaints.json goes.")] = _OUT,
) -> None:
    """Measure lists and reports. About a minute."""
    console = Console()
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, refresh_per_second=4) as progress, application(_anybody) as (app, database):
        client = app.test_client()
        task = progress.add_task("complaints", total=complaints)
        counted = fill(database, complaints, lambda done: progress.update(task, completed=done))
        asked = questions(client)
        task = progress.add_task("questions", total=len(asked) * repeat)
        timed = {name: _time(client, path, repeat, progress, task) for name, path in asked.items()}
    figures = {name: _figures(each) for name, each in timed.items()}
    slow = [name for name, each in figures.items() if each["p95_ms"] >= TARGET_MS and name not in _WITHOUT_TARGET]
    _show(console, figures)
    out.mkdir(parents=True, exist_ok=True)
    written = {"complaints": counted, "target_ms": TARGET_MS, "repeat": repeat, "questions": figures}
    (out / "complaints.json").write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    console.print(f"figures in {out / 'complaints.json'}")
    if slow:
        console.print(f"longer than {TARGET_MS:g} ms: {', '.join(slow)}", style="red")
        raise typer.Exit(1)


@contextmanager
def application(verifier: Verifier) -> Iterator[tuple[Flask, Database]]:
    """The application on a PostgreSQL of its own, with its usual durability."""
    folder = Path(tempfile.mkdtemp(prefix="complaints-"))
    folder.chmod(0o755)  # for the account that runs PostgreSQL when we are root
    node = PostgresNode(folder / "postgres")
    node.start()
    try:
        database = Database(node.create_database("feedback"))
        database.migrate(Feedback.migrations)
        outbox.publish_as("feedback")
        logs.configure("feedback", "ERROR")
        resources = Resources("feedback", Settings(), database)
        resources.documents = MemoryDocuments()
        yield create_app(resources, *BLUEPRINTS, verifier=verifier), database
        database.dispose()
    finally:
        node.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _anybody(token: str) -> Principal:
    """A board's member; what a real token costs to check is measured elsewhere."""
    return Principal("bench", "board", {"role": "board", "board": token, "acr": "aal2"})


def _ask(client: FlaskClient, path: str) -> Any:
    """What is answered.

    :raises RuntimeError: for anything but 200.
    """
    token = "cntt" if path.startswith("it:") else "thu-so-the"
    answer = client.get(f"/feedback{path.removeprefix('it:')}", headers={"Authorization": f"Bearer {token}"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
    return answer.json if answer.is_json else answer.text


def _time(client: FlaskClient, path: str, repeat: int, progress: Progress, task: TaskID) -> list[float]:
    """Milliseconds of each time; the first time, which fills caches, is not counted."""
    _ask(client, path)
    taken = []
    for _ in range(repeat):
        began = time.perf_counter()
        _ask(client, path)
        taken.append((time.perf_counter() - began) * 1000)
        progress.advance(task)
    return taken


def _figures(taken: list[float]) -> dict[str, float]:
    ordered = sorted(taken)
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        "longest_ms": round(ordered[-1], 1),
    }


def _show(console: Console, figures: dict[str, dict[str, float]]) -> None:
    table = Table("question", "p50 ms", "p95 ms", "longest ms", title=f"expected: p95 < {TARGET_MS:g} ms")
    for name, each in figures.items():
        good = each["p95_ms"] < TARGET_MS
        table.add_row(
            name, f"{each['p50_ms']:g}", f"[{'green' if good else 'red'}]{each['p95_ms']:g}[/]", f"{each['longest_ms']:g}"
        )
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
