"""How fast is a hop? The chassis beside a hand-written loop, FastStream, faststream-outbox and plain nameko.

Each peer is one process on the same private broker and database, with the same facts waiting in a quorum queue. See
`peers/__init__.py` for what a peer must do, `measure.py` for what is timed, `README.md` for how the peers were tuned.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.chassis.testing.nodes import NodeError
from tests.bench import report
from tests.bench.measure import Run, RunError, measure
from tests.bench.peers import PEERS, Peer
from tests.bench.stage import Stage, StageError

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"


def _peers(only: str) -> list[Peer]:
    names = [name.strip() for name in only.split(",")] if only else list(PEERS)
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise typer.BadParameter(f"no peer {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return [PEERS[name] for name in PEERS if name in names]


def _settings(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise typer.BadParameter(f"{pair!r} is not NAME=VALUE")
    return dict(pair.split("=", 1) for pair in pairs)


def main(
    facts: Annotated[int, typer.Option(min=1, max=1_000_000, help="Facts a run.")] = 20_000,
    only: Annotated[str, typer.Option(help=f"Some of {','.join(PEERS)}; hop.json is then left alone.")] = "",
    repeat: Annotated[int, typer.Option(min=1, help="Rounds over all peers; the median counts.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="Processes a peer; more than one leaves hop.json alone.")] = 1,
    filled: Annotated[int, typer.Option(min=0, help="Old rows in inbox and business table beforehand; likewise.")] = 0,
    setting: Annotated[list[str] | None, typer.Option("--with", help="NAME=VALUE for the peers, e.g. HOP_PREFETCH=100.")] = None,
    out: Annotated[Path, typer.Option(help="Where hop.json, hop_details.json and the peers' logs go.")] = _OUT,
) -> None:
    """Measure how many facts a second each peer takes through one hop, and write .run/bench/hop.json.

    Starts its own RabbitMQ and PostgreSQL on free ports and removes them again. About two minutes a round with 20,000 facts.
    """
    peers, settings, console = _peers(only), _settings(setting or []), Console()
    if filled:
        peers = [peer for peer in peers if peer.fill]
    out.mkdir(parents=True, exist_ok=True)
    runs: dict[str, list[Run]] = {peer.name: [] for peer in peers}
    faults: dict[str, str] = {}
    columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Stage() as stage, Progress(*columns, console=console, refresh_per_second=4) as progress:
            for number in range(repeat):
                # another one begins each round: what drifts over a round then hits none more than the others
                for peer in peers[number % len(peers) :] + peers[: number % len(peers)]:
                    task = progress.add_task(peer.title, total=facts)

                    def tell(what: str, done: int, task=task, peer=peer) -> None:  # type: ignore[no-untyped-def]  # bound now
                        progress.update(task, description=f"{peer.title} {what}", completed=done)

                    try:
                        with stage.ground() as ground:
                            run = measure(
                                peer, ground, facts, out / f"{peer.name}.log",
                                settings=settings, processes=processes, filled=filled, on_progress=tell,
                            )  # fmt: skip
                    except (RunError, StageError) as error:
                        faults[peer.name] = str(error)
                        tell("gives no figure", 0)
                    else:
                        runs[peer.name].append(run)
                        progress.update(task, description=f"{peer.title}: {run.facts_per_second:,.0f}/s")
    except NodeError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(2) from None
    report.show(console, runs, faults)
    how = {"facts": facts, "repeat": repeat, "processes": processes, "filled": filled, "settings": settings}
    plain = processes == 1 and not filled and not settings
    written = report.write(out, runs, faults, how, whole=plain)
    console.print(f"details in {out / 'hop_details.json'}" + (f", figures in {out / 'hop.json'}" if written else ""))
    raise typer.Exit(1 if faults else 0)


if __name__ == "__main__":
    typer.run(main)
