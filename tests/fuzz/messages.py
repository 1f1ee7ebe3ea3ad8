"""Random and mutated messages, mixed with good ones, against a real consumer: `python -m tests.fuzz.messages --count 100000`.

Ends with 0 if every good message was handled exactly once, every other one handled or parked, nothing lost, and the
consumer is still the same process with nothing to do. The report is `.run/fuzz/messages.json`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.chassis.testing import PostgresNode, RabbitNode
from tests.fuzz.run import Result, run
from tests.stand.place import Place

_REPORT = Path(".run/fuzz/messages.json")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.messages", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="messages to send (default 100,000)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same seed makes the same messages")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--timeout", type=float, default=1500, help="seconds after which it has failed (default 1500)")
    options = parser.parse_args(arguments)
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="vss-fuzz-"))
    folder.chmod(0o755)
    try:
        with RabbitNode(folder / "rabbit") as rabbit:
            if options.database == "sqlite":
                result = _run(Place(rabbit.uri, f"sqlite:///{folder}/target.sqlite3", folder), options, console)
            else:
                with PostgresNode(folder / "postgres") as postgres:
                    result = _run(Place(rabbit.uri, postgres.create_database("target"), folder), options, console)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result.write(_REPORT, count=options.count, seed=options.seed, database=options.database)
    console.print(
        f"{result.sent:,} sent: {result.handled:,} handled, {result.parked:,} parked, {result.lost:,} lost, "
        f"{result.doubled:,} doubled; {result.seconds:g} s; seed {options.seed}; {_REPORT}",
        highlight=False,
    )
    for fault in result.faults:
        console.print(fault, style="red", markup=False)
    return 1 if result.faults else 0


def _run(place: Place, options: argparse.Namespace, console: Console) -> Result:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console) as bars:
            tasks = {
                "sent": bars.add_task("sent", total=options.count),
                "waiting": bars.add_task("dealt with", total=options.count),
            }

            def show(what: str, done: int) -> None:
                bars.update(tasks[what], completed=done if what == "sent" else options.count - done)

            return run(place, options.count, options.seed, timeout_seconds=options.timeout, progress=show)
    finally:
        place.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
