"""A day of bad SMS providers: first passwords sent by both roads through the sandbox while faults come and go; then what became of each.

``make chaos-providers``, or ``python -m tests.faults.provider_day --help``. Writes .run/faults/providers.json; exits 1 if a password neither
arrived nor is on somebody's list, or somebody got an SMS more than twice.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from services.accounts import events as accounts
from services.chassis import jobs
from services.chassis.ids import uuid7
from services.chassis.testing.processes import wait_until
from services.notifications.dossiers.readers import AccountActivated
from services.notifications.messages.catalogue import SMS
from services.notifications.messages.rules import Message
from tests.faults.sms_world import SmsWorld
from tests.integration.notifications.desk import password_box

RUN = Path(__file__).resolve().parents[2] / ".run" / "faults"
#: what befalls a fifth of the requests, one after the other, as the day goes on; callbacks are bad all day
SHARE = 0.2
WAVES: tuple[dict[str, Any], ...] = (
    {"refuse": 21408},
    {"fail": 503},
    {"cut": True},
    {"cut": True, "list": "empty"},
    {"refuse": 29999},
    {"fail": 429},
    {"cut": True, "list": "masked"},
    {"refuse": 21610},
)
WAVES_OF: dict[str, tuple[dict[str, Any], ...]] = {
    "twilio": WAVES,
    "aws": (
        {"refuse": "ValidationException COUNTRY_NOT_ENABLED"},
        {"fail": 503},
        {"cut": True},
        {"cut": True},
        {"refuse": "SomethingNewException"},
        {"refuse": "ThrottlingException"},
        {"answer_seconds": 6.0},
        {"refuse": "ConflictException DESTINATION_PHONE_NUMBER_OPTED_OUT"},
    ),
}
CALLBACKS = {"callbacks_lost": 0.1, "callbacks_doubled": 0.1, "callbacks_late_seconds": 2.0}


@dataclass
class Report:
    """What became of the passwords. `by_status`: status and code of each message in the end; `by_road`: how many SMS came by each."""

    passwords: int
    arrived: int = 0
    on_a_list: int = 0
    lost: list[str] = field(default_factory=list)
    most_copies: int = 0
    twice: int = 0
    by_both_roads: int = 0
    by_road: dict[str, int] = field(default_factory=dict)
    taken_up: int = 0
    questions_asked: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        return (
            not self.lost
            and self.most_copies <= 2
            and not self.by_both_roads
            and self.arrived + self.on_a_list >= self.passwords
        )


class Day:
    """`count` first passwords, each to a phone of its own."""

    def __init__(self, count: int, folder: Path) -> None:
        self._count = count
        self.world = SmsWorld(folder, keep=4 * count + 100, delivery_seconds=0.05, sms_timeout_seconds=5.0)
        self.desk = self.world.desk

    def run(self) -> Report:
        """Send under faults, let all be well again, and count."""
        began, report = time.monotonic(), Report(self._count)
        with self.world.running():
            with self.desk.working():
                for number in range(self._count):
                    if number % (self._count // len(WAVES) + 1) == 0:
                        self._switch(number * len(WAVES) // self._count)
                    self._activate(number)
                wait_until(lambda: not self._due(), 120)
                self._switch(None)
                report.taken_up = self._take_up()
                wait_until(lambda: not self._due(), 120)
                time.sleep(CALLBACKS["callbacks_late_seconds"] + 1)
                report.questions_asked = self._a_quarter_of_an_hour_later()
                wait_until(lambda: not self._due(), 120)
            self._count_all(report)
            report.faults = self.world.happened()
        report.seconds = round(time.monotonic() - began, 1)
        return report

    def _switch(self, wave: int | None) -> None:
        """Begin a wave at both providers; None: all is well again but for the callbacks."""
        for road, waves in WAVES_OF.items():
            self.world.switch(road, **({**waves[wave], "share": SHARE} if wave is not None else {}), **CALLBACKS)

    def _activate(self, number: int) -> None:
        account_id = str(uuid7())
        self.desk.read(
            AccountActivated,
            accounts.AccountActivated.example,
            account_id=account_id,
            dossier_no=f"dossier-{number}",
            contact={"phone": _phone(number), "email": None},
            sealed_credential=password_box(f"password-{number}", account_id),
            complete_at=datetime.now(UTC).isoformat(),
        )

    def _due(self) -> bool:
        """Whether something is running, or waits and is not held."""
        with self.desk.db.read() as session:
            open_ = [
                job
                for state in (jobs.State.WAITING, jobs.State.RUNNING)
                for job in jobs.list_jobs(session, state=state, limit=100_000)
            ]
        return any(job.held_for is None or job.state is jobs.State.RUNNING for job in open_)

    def _take_up(self) -> int:
        """What an operator does once all is well: mended, so tried at once. Copies of which nobody knows stay with a person."""
        with self.desk.db.write() as session:
            held = jobs.list_jobs(session, kind=SMS, held=True, limit=self._count)
            for job in held:
                jobs.take_up(session, job.id)
        return len(held)

    def _a_quarter_of_an_hour_later(self) -> int:
        with self.desk.db.write() as session:
            unreported = sa.update(Message).where(Message.receipt_due.is_not(None))
            session.execute(unreported.values(receipt_due=datetime.now(UTC)))
        return self.desk.sweep_one("ask_for_receipts")

    def _count_all(self, report: Report) -> None:
        came = self.world.inbox()
        copies = Counter(each["to"] for each in came)
        roads: dict[str, set[str]] = defaultdict(set)
        for each in came:
            roads[each["to"]].add(each["road"])
        report.by_both_roads = sum(len(each) > 1 for each in roads.values())
        report.by_road = dict(Counter(each["road"] for each in came))
        listed = self._listed()
        report.most_copies = max(copies.values(), default=0)
        report.twice = sum(number == 2 for number in copies.values())
        for message in self.desk.messages():
            key = f"{message.status} {message.code or ''}".strip()
            report.by_status[key] = report.by_status.get(key, 0) + 1
            arrived, on_list = copies[message.address or ""] > 0, message.ref in listed
            report.arrived += arrived
            report.on_a_list += on_list and not arrived
            if not arrived and not on_list:
                report.lost.append(f"{message.ref}: {key}")

    def _listed(self) -> set[str]:
        """The dossiers whose office has been told last that the password did not arrive."""
        last = {each.body["dossier_no"]: each.body["outcome"] for each in self.desk.facts("password_delivery_reported")}
        return {dossier_no for dossier_no, outcome in last.items() if outcome == "failed"}


def _phone(number: int) -> str:
    return f"+8498{number:07d}"


def write(report: Report, name: str = "providers") -> None:
    """Write the report to ``.run/faults/<name>.json``."""
    RUN.mkdir(parents=True, exist_ok=True)
    (RUN / f"{name}.json").write_text(json.dumps(asdict(report) | {"good": report.good}, indent=2) + "\n", encoding="utf-8")


def main(count: Annotated[int, typer.Option(min=len(WAVES), help="First passwords sent.")] = 2_000) -> None:
    """Send while the provider is bad, then count."""
    with tempfile.TemporaryDirectory(prefix="vss-provider-day-") as folder:
        report = Day(count, Path(folder)).run()
    write(report)
    typer.echo(json.dumps(asdict(report), indent=2))
    if not report.good:
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
