"""Two roads for SMS, of which one is dead, then slow, then back, at 20 SMS a second.

``make chaos-roads`` (about 40 minutes), or ``python -m tests.faults.roads --short`` (four minutes; shares move ten times as fast). Writes
.run/faults/roads.json and roads.svg (``roads_short…``); exits 1 if a share did not move, a code was later than ten seconds (p99) after the
shift, or somebody got an SMS twice. On a machine that is busy with other work the latencies are the machine's.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tests.faults.provider_day import RUN
from tests.faults.roads.acts import ACTS, Report
from tests.faults.roads.picture import draw
from tests.faults.roads.trial import Trial

_SHORT_SCALE = 10.0


def play(*, scale: float, rate: float) -> list[Report]:
    """Play all acts, each with a world of its own."""
    reports = []
    for act in ACTS:
        with tempfile.TemporaryDirectory(prefix=f"vss-roads-{act.name}-") as folder:
            reports.append(Trial(act, Path(folder), rate=rate, scale=scale).run())
    return reports


def write(reports: list[Report], name: str) -> None:
    """Write the reports to ``.run/faults/<name>.json`` and the picture beside it."""
    RUN.mkdir(parents=True, exist_ok=True)
    told = [asdict(each) | {"good": each.good} for each in reports]
    (RUN / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    draw(reports, RUN / f"{name}.svg")


def main(
    *,
    short: Annotated[bool, typer.Option("--short", help="Ten times as fast, in about four minutes.")] = False,
    rate: Annotated[float, typer.Option(help="SMS a second.", min=1, max=200)] = 20.0,
) -> None:
    """Play the acts and write what they showed."""
    reports = play(scale=_SHORT_SCALE if short else 1.0, rate=rate)
    write(reports, "roads_short" if short else "roads")
    for each in reports:
        shown = {name: value for name, value in asdict(each).items() if name not in ("shares", "lateness")}
        typer.echo(json.dumps(shown | {"good": each.good}, indent=1))
    if not all(each.good for each in reports):
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
