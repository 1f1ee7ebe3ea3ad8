"""How many dossiers a second go through everything, and how long is it from a decision to the SMS?

Citizens file Form 01 with three pictures, officers scan the signed form in and decide, HGĐ is asked, accounts make passwords
(argon2id), notifications hands the SMS over; on PostgreSQL, all of it and the client on this machine. Two runs: as fast as it
goes, then a steady rate. Also intake alone (`intake.py`) and the memory of each service. Writes .run/bench/pipeline.json.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from playground.citizen import Human
from tests.bench import intake
from tests.bench.crowd import Crowd, CrowdError, Filed, milliseconds
from tests.bench.town import Town, shares, town

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"
_POLL_SECONDS = 0.25
_DRAIN_SECONDS = 60.0
_CONNECTIONS = 64
#: what is expected on two cores
TARGETS = {
    "dossiers_per_second": 25.0,
    "decision_to_sms_p99_ms": 500.0,
    "intake_requests_per_second": 400.0,
    "rss_mib": 120.0,
}


@dataclass
class Run:
    """One run: its dossiers, and what the machine did meanwhile."""

    filed: list[Filed] = field(default_factory=list)
    seconds: float = 0.0
    cpus: dict[str, float] = field(default_factory=dict)
    requests: dict[str, Any] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Between the first and the last SMS: neither the run's beginning nor its end, when fewer are on their way."""
        told = sorted(one.told_at for one in self.filed)
        return (len(told) - 1) / (told[-1] - told[0])

    @property
    def waits(self) -> list[float]:
        """From decision to SMS, seconds each."""
        return [one.told_at - one.decided_at for one in self.filed]


class _Postman:
    """Notes when each password came, by the sandbox's clock, which is this machine's."""

    def __init__(self, crowd: Crowd, phones: set[str]) -> None:
        self._crowd = crowd
        self._expected = phones
        self._after = 0
        self.by_phone: dict[str, float] = {}

    async def run(self, progress: Progress, task: Any) -> None:
        """Until all have come.

        :raises CrowdError: if nothing comes for a minute.
        """
        moved = time.monotonic()
        while len(self.by_phone) < len(self._expected):
            await asyncio.sleep(_POLL_SECONDS)
            for message in await self._crowd.inbox(self._after):
                self._after = max(self._after, int(message["id"]))
                if "Mat khau: " in message["text"] and message["to"] in self._expected:
                    self.by_phone.setdefault(message["to"], _epoch(message["at"]))
                    moved = time.monotonic()
            progress.update(task, completed=len(self.by_phone))
            if time.monotonic() - moved > _DRAIN_SECONDS:
                raise CrowdError(f"{len(self.by_phone)} of {len(self._expected)} passwords came, then none for a minute")


def _epoch(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


async def _run(
    place: Town, people: Iterator[Human], count: int, per_second: float, in_flight: int, progress: Progress
) -> Run:
    """`count` dossiers: one each 1/`per_second` (whatever has become of the others), or `in_flight` at a time if that is 0."""
    token = place.stage.staff("approver", "79").token
    what = f"{per_second:g} dossiers/s offered" if per_second else "as fast as it goes"
    task = progress.add_task(what, total=count)
    run = Run([Filed(human) for human in itertools.islice(people, count)])
    room = asyncio.Semaphore(in_flight)
    async with Crowd(place.stage.web.bases, connections=_CONNECTIONS, officer_token=token) as crowd:
        postman = _Postman(crowd, {filed.human.phone for filed in run.filed})
        began, before = time.monotonic(), place.cpu_seconds()

        async def one(number: int, filed: Filed) -> None:
            if per_second:
                await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
                await crowd.files(filed)
                await crowd.approves(filed)
                return
            async with room:
                await crowd.files(filed)
                await crowd.approves(filed)

        async with asyncio.TaskGroup() as group:
            group.create_task(postman.run(progress, task))
            for number, filed in enumerate(run.filed):
                group.create_task(one(number, filed))
        run.seconds = time.monotonic() - began
        run.cpus = shares(before, place.cpu_seconds(), run.seconds)
        run.requests = {
            what: {"count": len(each), "p50_ms": milliseconds(each, 0.5), "p99_ms": milliseconds(each, 0.99)}
            for what, each in sorted(crowd.seconds.items())
        }
    for filed in run.filed:
        filed.told_at = postman.by_phone[filed.human.phone]
    return run


def main(
    dossiers: Annotated[int, typer.Option(min=50, help="Dossiers of the run as fast as it goes.")] = 600,
    per_second: Annotated[float, typer.Option(min=1, help="Dossiers a second of the steady run.")] = 20.0,
    seconds: Annotated[float, typer.Option(min=5, help="How long the steady run is.")] = 30.0,
    in_flight: Annotated[
        int, typer.Option(min=1, help="Dossiers between form and decision at a time, as fast as it goes.")
    ] = 24,
    only: Annotated[str, typer.Option(help="fast, steady or intake; pipeline.json is then left alone.")] = "",
    out: Annotated[Path, typer.Option(help="Where pipeline.json goes.")] = _OUT,
) -> None:
    """Measure the whole pipeline. About three minutes; wants a quiet machine."""
    console = Console()
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    figures: dict[str, Any] = {}
    with Progress(*columns, console=console, refresh_per_second=2) as progress:
        if only != "intake":
            with town() as place:
                people = iter(place.stage.human, None)
                asyncio.run(_run(place, people, 40, 0, 8, progress))  # connections, caches, first pages of tables
                if only in ("", "fast"):
                    figures |= _fast(asyncio.run(_run(place, people, dossiers, 0, in_flight, progress)))
                if only in ("", "steady"):
                    steady = asyncio.run(_run(place, people, round(per_second * seconds), per_second, 1, progress))
                    figures |= _steady(steady, per_second)
                figures["rss_mib"] = place.rss_mib()
        if only in ("", "intake"):
            figures |= intake.measure(progress)
    _show(console, figures)
    if not only:
        out.mkdir(parents=True, exist_ok=True)
        (out / "pipeline.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
        console.print(f"figures in {out / 'pipeline.json'}")
    else:
        console.print_json(json.dumps(figures))


def _fast(run: Run) -> dict[str, Any]:
    return {
        "dossiers_per_second": round(run.per_second, 1),
        "fast": {"dossiers": len(run.filed), "seconds": round(run.seconds, 1), "cpus": run.cpus, "requests": run.requests},
    }


def _steady(run: Run, per_second: float) -> dict[str, Any]:
    lateness = [filed.decided_at - filed.began_at for filed in run.filed]
    return {
        "decision_to_sms_p50_ms": milliseconds(run.waits, 0.5),
        "decision_to_sms_p99_ms": milliseconds(run.waits, 0.99),
        "steady": {
            "offered_per_second": per_second,
            "dossiers": len(run.filed),
            "decision_to_sms_longest_ms": milliseconds(run.waits, 1),
            "form_to_decision_p50_ms": milliseconds(lateness, 0.5),
            "cpus": run.cpus,
            "requests": run.requests,
        },
    }


def _show(console: Console, figures: dict[str, Any]) -> None:
    table = Table("what", "measured", "expected", title="Through all services, on PostgreSQL")
    for name, target in TARGETS.items():
        if name not in figures:
            continue
        value = max(figures[name].values()) if name == "rss_mib" else figures[name]
        good = value >= target if name.endswith("per_second") else value < target
        sign = "≥" if name.endswith("per_second") else "<"
        table.add_row(name, f"[{'green' if good else 'red'}]{value:,.1f}[/]", f"{sign} {target:g}")
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
