"""The long form of the faults: 20,000 facts, 25 kills, 20 stops; then the same with 1 % poison, mended and replayed.

``make chaos``, or ``python -m tests.faults.long --help``. Writes .run/faults/<name>.json; exits 1 if anything is lost, doubled or
parked that should not be.
"""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.chassis.testing import PostgresNode, RabbitNode
from tests.faults.chaos import Chaos, Plan, Report

_console = Console()


def main(
    facts: Annotated[int, typer.Option(min=100, help="Dossiers filed a run.")] = 20_000,
    kills: Annotated[int, typer.Option(min=0, help="SIGKILLs of consumer, producer, broker and database, in all.")] = 25,
    stops: Annotated[int, typer.Option(min=0, help="Graceful stops of consumer and producer.")] = 20,
    per_second: Annotated[float, typer.Option(min=0, help="Dossiers filed a second; 0: as fast as it goes.")] = 200,
    seed: Annotated[int, typer.Option(help="Decides what is killed when.")] = 1,
    database: Annotated[str, typer.Option(help="postgresql or sqlite.")] = "postgresql",
    only: Annotated[str, typer.Option(help="kills or poison; both if left out.")] = "",
) -> None:
    """Kill and stop at random, then count. About five minutes a run."""
    good = True
    for name, poison in (("kills", 0.0), ("poison", 0.01)):
        if only in ("", name):
            plan = Plan(facts=facts, kills=kills, stops=stops, seed=seed, per_second=per_second, poison=poison)
            good &= _run(f"{name}_{database}", plan, database)
    if not good:
        sys.exit(1)


def _run(name: str, plan: Plan, database: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="vss-chaos-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # PostgreSQL runs as an account of its own
        columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with RabbitNode(folder / "rabbit") as rabbit, PostgresNode(folder / "postgres") as postgres:
            chaos = Chaos(plan, rabbit, rabbit.uri, postgres if database == "postgresql" else None, folder)
            with Progress(*columns, console=_console, refresh_per_second=2) as progress:
                task = progress.add_task(name, total=plan.facts)

                def tell(what: str, done: int) -> None:
                    progress.update(task, description=what, completed=done)

                try:
                    chaos.run(tell)
                    chaos.stop()
                    report = chaos.count()
                    good = _judge(name, report)
                    if plan.poison:
                        chaos.mend_and_replay(tell)
                        chaos.stop()
                        good &= _judge(f"{name}_after_the_mend", chaos.count(), expected_parked=0)
                finally:
                    chaos.close()
    return good


def _judge(name: str, report: Report, expected_parked: int | None = None) -> bool:
    if expected_parked is not None:
        report.expected_parked = expected_parked
    file = report.write(name)
    good = (report.lost, report.doubled, report.parked) == (0, 0, report.expected_parked)
    figures = ", ".join(f"{key} {value}" for key, value in vars(report).items() if key != "details")
    _console.print(f"[{'green' if good else 'red'}]{name}[/]: {figures} ({file})", soft_wrap=True)
    return good


if __name__ == "__main__":
    typer.run(main)
