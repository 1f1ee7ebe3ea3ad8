"""The chassis' hop under other conditions, all in one session, in turn: empty, with a million old rows in inbox and business
table, with those being pruned meanwhile, with two processes.

Writes .run/bench/variations.json. Each figure is the median of its rounds; the ratios to the empty one are what counts.
"""

import json
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.bench.measure import Order, Run, measure
from tests.bench.peers import PEERS
from tests.bench.rig import Rig

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"
_COLUMNS = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


def main(
    facts: Annotated[int, typer.Option(min=1, help="Facts a run.")] = 20_000,
    rows: Annotated[int, typer.Option(min=1, help="Old rows in inbox and business table.")] = 1_000_000,
    repeat: Annotated[int, typer.Option(min=1, help="Rounds over all conditions; the median counts.")] = 3,
    out: Annotated[Path, typer.Option(show_default=".run/bench", help="Where variations.json goes.")] = _OUT,
) -> None:
    """Measure what a million rows, pruning and a second process do to the chassis' hop."""
    out.mkdir(parents=True, exist_ok=True)
    orders = {
        "empty": Order(facts),
        "filled": Order(facts, filled=rows),
        "filled_and_pruned": Order(facts, filled=rows, settings={"BENCH_PRUNES": "1"}),
        "two_processes": Order(facts, processes=2),
    }
    runs: dict[str, list[Run]] = {name: [] for name in orders}
    names = list(orders)
    with Rig() as rig, Progress(*_COLUMNS, refresh_per_second=2) as progress:
        for number in range(repeat):
            # another condition begins each round
            for name in names[number % len(names) :] + names[: number % len(names)]:
                task = progress.add_task(name, total=facts)

                def tell(what: str, done: int, name: str = name, task: int = task) -> None:
                    progress.update(task, description=f"{name} {what}", completed=done)  # type: ignore[arg-type]  # TaskID is int

                with rig.ground() as ground:
                    run = measure(PEERS["chassis"], ground, orders[name], out / f"chassis.{name}.log", tell)
                runs[name].append(run)
                tell(f"{run.facts_per_second:,.0f}/s", facts)
    rates = {name: median(run.facts_per_second for run in each) for name, each in runs.items()}
    table = Table("condition", "facts/s", "of empty", "MiB", title="The chassis' hop under other conditions")
    for name, each in runs.items():
        rss = median(run.rss_mib for run in each)
        table.add_row(name, f"{rates[name]:,.0f}", f"{rates[name] / rates['empty']:.2f}", f"{rss:.0f}")
    Console().print(table)
    figures = {
        "facts": facts,
        "rows": rows,
        "repeat": repeat,
        "facts_per_second": {name: round(rate, 1) for name, rate in rates.items()},
        "of_empty": {name: round(rate / rates["empty"], 3) for name, rate in rates.items()},
        "rss_mib": {name: round(median(run.rss_mib for run in each), 1) for name, each in runs.items()},
    }
    (out / "variations.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    typer.run(main)
