"""A clerk's day: forty complaints from the desk to the answer, by keyboard alone, in a real browser on the whole system.

For each complaint: keys beyond the typed text, page loads, requests, bytes on the wire, and how long the clerk waits for the machine. Writes
.run/bench/clerk.json; ends with 1 if a complaint makes the clerk wait longer than a second in all.
"""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from deploy.demo.browser import ANSWER
from playground.browser import DESK, Chromium
from playground.stage import Post, Stage
from tests.bench.town import town
from tests.browser.effort import Cost
from tests.browser.person import Person

_OUT = Path(__file__).resolve().parents[2] / ".run" / "bench"
_PICTURES = _OUT / "clerk"
_PROVINCE = "79"
_DESK = "/feedback/ban"
_COMPLAINT = rf"{_DESK}/(PA-[\w-]+)"
_STEP = rf"{_COMPLAINT}\?viec="
_CLERK = Post("officer", _PROVINCE, _PROVINCE, login="bench.clerk")
_UNIT = "Phòng Quản lý Thu - Sổ, Thẻ"
_SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
#: what a clerk may wait for one complaint, in all
MOST_SECONDS = 1.0
#: every so many a caller has lost the number, and is found by the phone
_LOST = 5


class Day:
    """One clerk at work. Each method is a piece of work of one complaint, and returns what it cost."""

    def __init__(self, clerk: Person) -> None:
        self._clerk, self._hands = clerk, clerk.effort()
        self.pieces: dict[str, list[Cost]] = {}

    def begins(self) -> None:
        """Open the desk, and fill the browser's cache, as on any morning."""
        self._clerk.opens(_DESK)

    def handles(self, phone: str) -> tuple[str, Cost]:
        """Take the topmost complaint of the desk, or the one of a caller who is on the phone, to its answer; return its number."""
        before = self._hands.cost
        with self._piece("found by phone" if phone else "opened"):
            number = self._finds(phone) if phone else self._opens_topmost()
        with self._piece("acknowledged"):
            self._presses_until("a", "Đã ghi nhận phản ánh.")
        with self._piece("given to a department"):
            self._comes_to(_STEP + "chuyen#viec", "p")
            self._writes("#chuyen-unit", _UNIT, "Đã chuyển: ")
        with self._piece("answered"):
            self._comes_to(_STEP + "tra-loi#viec", "r")
            self._writes("#tra-loi-text", ANSWER, "Đã trình dự thảo số")
        with self._piece("back to the desk"):
            self._comes_to(_DESK, "g", "p")
        return number, self._hands.cost - before

    def _opens_topmost(self) -> str:
        self._comes_to(_COMPLAINT, "j", "Enter")
        return self._number()

    def _finds(self, phone: str) -> str:
        self._hands.presses("/")
        self._hands.types(phone)
        self._comes_to("/feedback/tim", "Enter")
        self._comes_to(_COMPLAINT, "j", "Enter")
        return self._number()

    def _number(self) -> str:
        found = re.fullmatch(_COMPLAINT, self._clerk.path)
        if found is None:
            raise RuntimeError(f"the clerk is not at a complaint but at {self._clerk.path}")
        return found[1]

    def _writes(self, box: str, words: str, done: str) -> None:
        self._hands.reaches(box)
        self._hands.types(words)
        self._presses_until("Control+Enter", done)

    def _presses_until(self, key: str, said: str) -> None:
        self._hands.presses(key, until=self._clerk.page.get_by_text(said).first.wait_for)

    def _comes_to(self, path: str, *keys: str) -> None:
        address = re.compile(re.escape(self._clerk.base) + path + "$")
        self._hands.presses(*keys, until=lambda: self._clerk.page.wait_for_url(address))

    @contextmanager
    def _piece(self, name: str) -> Iterator[None]:
        before = self._hands.cost
        yield
        self.pieces.setdefault(name, []).append(self._hands.cost - before)


def main(
    complaints: Annotated[int, typer.Option(min=1, help="How many complaints the day has.")] = 40,
    out: Annotated[Path, typer.Option(help="Where clerk.json goes.")] = _OUT,
) -> None:
    """Live through the day. About five minutes."""
    console = Console()
    with town(_SERVICES, door=True) as here, Chromium() as chromium, chromium.context(width=DESK) as context:
        here.stage.begin_in_the_morning()
        phones = [_filed(here.stage, number) for number in range(complaints)]
        clerk = Person(here.stage, context, _PICTURES, DESK)
        clerk.is_staff(_CLERK)
        day = Day(clerk)
        day.begins()
        costs = []
        for number in track(range(complaints), "complaints", console=console):
            callers = number % _LOST == _LOST - 1
            costs.append(day.handles(phones[-1 - number // _LOST] if callers else "")[1])
        faults = clerk.watch.faults
    figures = {name: _figures(each) for name, each in day.pieces.items()} | {"one complaint": _figures(costs)}
    _show(console, figures)
    waited = figures["one complaint"]["waiting_seconds"]["most"]
    out.mkdir(parents=True, exist_ok=True)
    written = {"complaints": complaints, "most_seconds": MOST_SECONDS, "faults": faults, "pieces": figures}
    (out / "clerk.json").write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    console.print(f"figures in {out / 'clerk.json'}")
    for fault in faults:
        console.print(fault, style="red")
    if waited > MOST_SECONDS:
        console.print(f"a complaint made the clerk wait {waited:g} s, not {MOST_SECONDS:g}", style="red")
    if faults or waited > MOST_SECONDS:
        raise typer.Exit(1)


def _filed(stage: Stage, number: int) -> str:
    """Let somebody complain; return their phone number as it is dictated."""
    person = stage.human()
    stage.complains(person, office=_PROVINCE, subject_line=f"Sổ của tôi thiếu {number % 11 + 2} tháng năm 2019")
    return "0" + person.phone.removeprefix("+84")


def _figures(costs: list[Cost]) -> dict[str, dict[str, float]]:
    """The median and the most of everything that is counted, and how often it was done."""
    counted = [asdict(each) for each in costs]
    return {
        name: {
            "median": round(statistics.median(each[name] for each in counted), 3),
            "most": round(max(each[name] for each in counted), 3),
            "times": len(counted),
        }
        for name in asdict(Cost())
    }


def _show(console: Console, figures: dict[str, dict[str, dict[str, float]]]) -> None:
    names = list(asdict(Cost()))
    table = Table("piece of work", "times", *(f"{name.replace('_', ' ')}: median, most" for name in names))
    for piece, each in figures.items():
        cells = (f"{each[name]['median']:g}, {each[name]['most']:g}" for name in names)
        table.add_row(piece, f"{each[names[0]]['times']:g}", *cells)
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
