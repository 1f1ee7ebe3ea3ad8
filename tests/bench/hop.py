"""How fast is a hop? The chassis beside a hand-written loop, FastStream, faststream-outbox and plain nameko.

Each peer is one process on the same private broker and database, with the same facts waiting in a quorum queue. See
`peers/__init__.py` for what a peer must do, `measure.py` for what is timed, `README.md` for how the peers were tuned.
"""

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from services.chassis.testing.nodes import NodeError
from tests.bench import report
from tests.bench.measure import Order, Run, RunError, measure
from tests.bench.peers import PEERS, Peer
from tests.bench.rig import Rig, RigError

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"
_COLUMNS = (TextColumn("{task.description:<40}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


def main(
    facts: Annotated[int, typer.Option(min=1, max=1_000_000, help="Facts a run.")] = 20_000,
    only: Annotated[str, typer.Option(help=f"Some of {','.join(PEERS)}; hop.json is then left alone.")] = "",
    repeat: Annotated[int, typer.Option(min=1, help="Rounds over all peers; the median counts.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="Processes a peer; more than one leaves hop.json alone.")] = 1,
    filled: Annotated[int, typer.Option(min=0, help="Old rows in inbox and business table beforehand; likewise.")] = 0,
    setting: Annotated[
        list[str] | None, typer.Option("--with", help="NAME=VALUE for the peers, to try a setting; likewise.")
    ] = None,
    out: Annotated[
        Path, typer.Option(show_default=".run/bench", help="Where hop.json, hop_details.json and the peers' logs go.")
    ] = _OUT,
) -> None:
    """Measure how many facts a second each peer takes through one hop, and write .run/bench/hop.json.

    Starts its own RabbitMQ and PostgreSQL on free ports and removes them again. About four minutes a round of 20,000 facts.
    """
    console = Console()
    order = Order(facts, processes, filled, _settings(setting or []))
    peers = [peer for peer in _peers(only) if peer.fill or not filled]
    out.mkdir(parents=True, exist_ok=True)
    try:
        runs, faults = _bench(list(_rounds(peers, repeat)), order, out, console)
    except NodeError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from None
    report.show(console, runs, faults)
    whole = report.write(out, runs, faults, {**asdict(order), "repeat": repeat}, whole=order.whole)
    console.print(f"details in {out / 'hop_details.json'}" + (f", figures in {out / 'hop.json'}" if whole else ""))
    raise typer.Exit(1 if faults else 0)


def _peers(only: str) -> list[Peer]:
    names = [name.strip() for name in only.split(",")] if only else list(PEERS)
    if unknown := [name for name in names if name not in PEERS]:
        raise typer.BadParameter(f"no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return [PEERS[name] for name in PEERS if name in names]


def _settings(pairs: list[str]) -> dict[str, str]:
    if wrong := [pair for pair in pairs if "=" not in pair]:
        raise typer.BadParameter(f"{wrong[0]!r} is not NAME=VALUE")
    return dict(pair.split("=", 1) for pair in pairs)


def _rounds(peers: list[Peer], repeat: int) -> Iterator[Peer]:
    """All peers, `repeat` times. Another one begins each round: what drifts meanwhile hits none more than the others."""
    for number in range(repeat):
        first = number % len(peers)
        yield from peers[first:] + peers[:first]


def _bench(peers: list[Peer], order: Order, out: Path, console: Console) -> tuple[dict[str, list[Run]], dict[str, str]]:
    """The runs of each peer, and of each that failed why."""
    runs: dict[str, list[Run]] = {}
    faults: dict[str, str] = {}
    with Rig() as rig, Progress(*_COLUMNS, console=console, refresh_per_second=4) as progress:
        for peer in peers:
            tell = partial(_tell, progress, progress.add_task(peer.title, total=order.facts), peer)
            try:
                with rig.ground() as ground:
                    run = measure(peer, ground, order, out / f"{peer.name}.log", tell)
            except (RunError, RigError) as error:
                faults[peer.name] = str(error)
                tell("gives no figure", 0)
            else:
                runs.setdefault(peer.name, []).append(run)
                tell(f"{run.facts_per_second:,.0f}/s", order.facts)
    return runs, faults


def _tell(progress: Progress, task: TaskID, peer: Peer, what: str, done: int) -> None:
    progress.update(task, description=f"{peer.title} {what}", completed=done)


if __name__ == "__main__":
    typer.run(main)
