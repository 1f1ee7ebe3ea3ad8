"""What the benchmark says: a table for people, JSON for the next program."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

import psutil
from rich.console import Console
from rich.table import Table

from tests.bench.measure import Run
from tests.bench.peers import PEERS

#: what is expected of the chassis: at least so many times the best of these
EXPECTED = ((4.0, ("faststream", "faststream_outbox")), (10.0, ("nameko",)), (0.6, ("ceiling",)))

#: more than that for others, and the figures are not worth keeping
_QUIET_CPUS = 0.2


def figures(runs: Mapping[str, Sequence[Run]]) -> dict[str, float]:
    """Facts per second of each peer: the median of its runs."""
    return {name: round(median(run.facts_per_second for run in each), 1) for name, each in runs.items() if each}


def show(console: Console, runs: Mapping[str, Sequence[Run]], faults: Mapping[str, str]) -> None:
    """The table, and below it how the chassis stands against what is expected of it."""
    rates = figures(runs)
    chassis = rates.get("chassis")
    table = Table(title="One hop: consume, dedupe, insert, record, publish with confirm, ack")
    table.add_column("peer", no_wrap=True)
    for heading in ("facts/s", "spread", "chassis", "MiB", "CPU s"):
        table.add_column(heading, justify="right")
    for name, peer in PEERS.items():
        if name in faults:
            table.add_row(peer.title, "[red]no figure[/]")
        if name not in rates:
            continue
        each = runs[name]
        speeds = [run.facts_per_second for run in each]
        table.add_row(
            peer.title,
            f"{rates[name]:,.0f}",
            f"{min(speeds):,.0f}–{max(speeds):,.0f}" if len(speeds) > 1 else "",
            f"{chassis / rates[name]:.2f} ×" if chassis else "",
            f"{median(run.rss_mib for run in each):.0f}",
            f"{median(run.cpu_seconds for run in each):.1f}",
        )
    console.print(table)
    neighbours = max((run.others_cpu_seconds / run.seconds for each in runs.values() for run in each), default=0.0)
    if neighbours > _QUIET_CPUS:
        console.print(
            f"other processes kept up to {neighbours:.1f} CPUs busy meanwhile: run it again when the machine is quiet",
            style="yellow",
        )
    for fault in faults.values():
        console.print(f"no figure: {fault}", style="red", markup=False)
    for times, names in EXPECTED:
        known = [name for name in names if name in rates]
        if chassis and len(known) == len(names):
            ratio = chassis / max(rates[name] for name in known)
            verdict = "[green]holds[/]" if ratio >= times else "[red]does not hold[/]"
            console.print(f"chassis ≥ {times:g} × {' and '.join(names)}: {ratio:.2f} ×, {verdict}")


def write(
    folder: Path, runs: Mapping[str, Sequence[Run]], faults: Mapping[str, str], how: Mapping[str, object], *, whole: bool
) -> bool:
    """Write `hop_details.json`, and `hop.json` if this was a `whole` benchmark and every peer has a figure; whether it was.

    `hop.json` is always one whole session: never figures of one hour beside those of another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    details = {
        "how": dict(how),
        "machine": {
            "cpus": psutil.cpu_count(),
            "memory_mib": psutil.virtual_memory().total // 2**20,
            "python": platform.python_version(),
            "kernel": platform.release(),
        },
        "facts_per_second": figures(runs),
        "runs": [
            {**asdict(run), "facts_per_second": round(run.facts_per_second, 1)} for each in runs.values() for run in each
        ],
        "faults": dict(faults),
    }
    (folder / "hop_details.json").write_text(json.dumps(details, indent=2, ensure_ascii=False) + "\n")
    rates = figures(runs)
    if not whole or faults or set(rates) != set(PEERS):
        return False
    (folder / "hop.json").write_text(json.dumps({name: rates[name] for name in PEERS}, indent=2) + "\n")
    return True
