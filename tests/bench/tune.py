"""Which settings suit a peer best? Tries several, in rounds so that what drifts on the machine hits all alike.

What it found stands in README.md; the best of each has become the default in the peer's program.
"""

import json
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.bench.measure import Order, Run, RunError, measure
from tests.bench.peers import PEERS
from tests.bench.rig import Rig

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"

#: settings of each peer, in the words of its HOP_ variables
TRIALS = {
    "ceiling": ("BATCH=100", "BATCH=200", "BATCH=400"),
    "faststream": (
        "PREFETCH=10 POOL=5",
        "PREFETCH=20 POOL=10",
        "PREFETCH=20 POOL=20",
        "PREFETCH=50 POOL=10",
        "PREFETCH=100 POOL=20",
        "PREFETCH=200 POOL=20",
        "PREFETCH=20 POOL=10 UVLOOP=0",
        "PREFETCH=20 POOL=10 TYPED=1",
    ),
    "faststream_outbox": (
        "PREFETCH=10 POOL=5 RELAY_WORKERS=5 RELAY_BATCH=100",
        "PREFETCH=20 POOL=10 RELAY_WORKERS=4 RELAY_BATCH=200",
        "PREFETCH=20 POOL=10 RELAY_WORKERS=10 RELAY_BATCH=100",
        "PREFETCH=20 POOL=10 RELAY_WORKERS=10 RELAY_BATCH=400",
        "PREFETCH=50 POOL=10 RELAY_WORKERS=10 RELAY_BATCH=200",
        "PREFETCH=50 POOL=10 RELAY_WORKERS=20 RELAY_BATCH=400",
        "PREFETCH=100 POOL=20 RELAY_WORKERS=20 RELAY_BATCH=400",
    ),
    "nameko": ("WORKERS=1", "WORKERS=5", "WORKERS=10", "WORKERS=20", "WORKERS=50"),
}


def _order(trial: str, facts: int) -> Order:
    return Order(facts, settings={f"HOP_{name}": value for name, value in (pair.split("=") for pair in trial.split())})


def main(
    peer: Annotated[str, typer.Argument(help=f"One of {', '.join(TRIALS)}.")],
    facts: Annotated[int, typer.Option(min=1, help="Facts a run.")] = 4_000,
    rounds: Annotated[int, typer.Option(min=1, help="Runs of each setting; the median counts.")] = 3,
    out: Annotated[Path, typer.Option(show_default=".run/bench", help="Where tune_<peer>.json goes.")] = _OUT,
) -> None:
    """Try the settings of one peer and print them, best first."""
    if peer not in TRIALS:
        raise typer.BadParameter(f"no settings to try for {peer}; there are {', '.join(TRIALS)}")
    out.mkdir(parents=True, exist_ok=True)
    console = Console()
    runs: dict[str, list[Run]] = {trial: [] for trial in TRIALS[peer]}
    with Rig() as rig:
        for trial in track([*runs] * rounds, peer, console=console):
            try:
                with rig.ground() as ground:
                    log = out / f"tune_{peer}.log"
                    runs[trial].append(measure(PEERS[peer], ground, _order(trial, facts), log, lambda _what, _done: None))
            except RunError as error:
                console.print(f"{trial}: {error}", style="red", markup=False)
    figures: list[dict[str, Any]] = [
        {
            "settings": trial,
            "facts_per_second": round(median(run.facts_per_second for run in each)),
            "cpu_ms_per_fact": round(median(1000 * run.cpu_seconds / facts for run in each), 2),
            "others_cpus": round(median(run.others_cpu_seconds / run.seconds for run in each), 2),
        }
        for trial, each in runs.items()
        if each
    ]
    figures.sort(key=lambda figure: -figure["facts_per_second"])
    (out / f"tune_{peer}.json").write_text(
        json.dumps({"facts": facts, "rounds": rounds, "trials": figures}, indent=2) + "\n"
    )
    table = Table("settings", "facts/s", "CPU ms/fact", "others, CPUs", title=PEERS[peer].title)
    for figure in figures:
        table.add_row(*map(str, figure.values()))
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
