"""Services deployed in every order that matters, with work between one and the next.

Seven orders contain every ordered triple of the five (`sequences.py`). In each, services that have never run are started one
after the other; as soon as registration runs, citizens file; as soon as there is anybody who can decide, officers do; feedback
changes the calendar and takes complaints. What was told before a service came must have reached it in the end.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from playground.account import Account
from playground.stage import STAFF_PASSWORD
from playground.system import SERVICES
from playground.web import Unexpected
from services.chassis.calendar.holidays import SHIPPED
from tests.faults.dossiers.load import decide, submit
from tests.faults.dossiers.people import Filing
from tests.operations import say
from tests.operations.audit import audit
from tests.operations.sequences import Order, smallest_cover, uncovered
from tests.operations.site import Servers, Site, servers

expect = {
    "lost": 0,
    "doubled": 0,
    "repeated": 0,
    "mixed_up": 0,
    "unsettled": 0,
    "undecided": 0,
    "dossiers": 20,
    "uncovered": 0,
}

_DOSSIERS = 20
_SORTS = ("portal", "invalid", "portal", "bare", "unknown")
_TOLD_SECONDS, _REST_SECONDS, _PATIENCE_SECONDS = 30.0, 60.0, 20.0
#: verification after registration and notifications; notifications last
_SHORT = (1, 3)


def run(short: bool) -> dict[str, Any]:
    """Deploy in two orders at a time: two orders (short), or all that are needed."""
    cover = smallest_cover(SERVICES)
    chosen = [cover[place] for place in _SHORT] if short else cover
    with servers() as on, ThreadPoolExecutor(2) as both:
        orders = list(both.map(lambda order: _deploy(on, order), chosen))
    return {
        "orders_needed": len(cover),
        "uncovered": len(uncovered(cover, SERVICES, 3)),
        "orders": orders,
        "dossiers_in_all": sum(order["dossiers"] for order in orders),
    }


def _deploy(on: Servers, order: Order) -> dict[str, Any]:
    with Site(on) as site:
        town = _Town(site, steps=len(order) - order.index("registration"))
        for service in order:
            say(f"{' '.join(order)}: {service}")
            site.deploy(service)
            town.work(service)
            site.survey.until_told(_TOLD_SECONDS)
        undecided = town.finish()
        site.survey.settle(_REST_SECONDS)
        return {
            "order": " ".join(order),
            "dossiers": len(town.filings),
            "undecided": undecided,
            **audit(site.survey).figures(),
        }


class _Town:
    """People at work on whatever runs already."""

    def __init__(self, site: Site, steps: int) -> None:
        self.filings: list[Filing] = []
        self._site = site
        self._per_step = -(-_DOSSIERS // steps)
        self._people = self._humans()
        self._officer: Account | None = None
        self._clerk: Account | None = None

    def work(self, newest: str) -> None:
        """Do what can be done since `newest` has come."""
        there = set(self._site.survey.services)
        if newest == "feedback":
            self._site.system.vss("feedback", "holidays", "import", str(self._holidays()))
        if "feedback" in there:
            self._site.stage.complains(self._site.stage.human())
        if "accounts" in there:
            # one who comes and goes: every service has to hear of the end of each session
            self._clerk = self._clerk or self._site.employ("support")
            self._clerk.signs_out()
            self._clerk.sign_in(STAFF_PASSWORD)
        if "registration" in there:
            with ThreadPoolExecutor(3) as citizens:
                count = min(self._per_step, _DOSSIERS - len(self.filings))
                new = [next(self._people) for _ in range(count)]
                list(citizens.map(lambda filing: submit(self._site.web(), filing), new))
            self.filings += new
        if {"registration", "verification", "accounts"} <= there:
            self._decide()

    def finish(self) -> int:
        """Decide what is left; return how many dossiers cannot be decided, as they never reached verification."""
        self._decide()
        return sum(not filing.decided for filing in self.filings)

    def _decide(self) -> None:
        self._officer = self._officer or self._site.employ()
        officer = self._site.officer(self._officer)
        officer.web.patience_seconds = _PATIENCE_SECONDS
        for filing in self.filings:
            if not filing.decided:
                try:
                    decide(officer, filing)
                except Unexpected as error:
                    say(f"{filing.no}: {str(error)[:200]}")
                    officer.web.patience_seconds = 0.1

    def _humans(self) -> Iterator[Filing]:
        stage = self._site.stage
        for number in range(_DOSSIERS):
            sort = _SORTS[number % len(_SORTS)]
            yield Filing(stage.stranger() if sort == "unknown" else stage.human(), sort)

    def _holidays(self) -> Path:
        """One day off more than was shipped."""
        file = self._site.system.folder / "holidays.csv"
        with SHIPPED.open(encoding="utf-8", newline="") as shipped:
            columns = csv.DictReader(shipped).fieldnames or ()
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns)
            writer.writeheader()
            writer.writerow({"day": "2027-03-02", "kind": "off", "why": "Nghỉ bù"})
        return file
