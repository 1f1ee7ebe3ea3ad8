"""Send 20 SMS a second, half of them one-time codes, while one road is bad; watch the shares, and when each code arrives."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.accounts import events as accounts
from services.chassis import jobs
from services.chassis.ids import uuid7
from services.chassis.sweeps import Guard, SweepRunner
from services.chassis.testing.processes import wait_until
from services.notifications.dossiers.readers import DeclarationSubmitted
from services.notifications.holders.readers import OtpIssued
from services.notifications.messages.codes import EXPIRED, UNKNOWN_OUTCOME
from services.notifications.roads.sweeps import sweeps_at
from services.notifications.roads.tables import Road, RoadError, Shift
from services.registration import events as registration
from tests.faults.roads.acts import BAD, Act, Report, pace_at
from tests.faults.sms_world import SmsWorld
from tests.integration.notifications.desk import code_box

_GRACE_SECONDS = 60.0


class Trial:
    """One act, at `rate` SMS a second, everything `scale` times as fast as in production."""

    def __init__(self, act: Act, folder: Path, *, rate: float, scale: float) -> None:
        self._act, self._rate, self._scale = act.at(scale), rate, scale
        seconds = sum(self._act.seconds)
        self._world = SmsWorld(
            folder,
            keep=int(seconds * rate * 2) + 1000,
            delivery_seconds=0.2,
            sms_road_most_errors=max(1, round(50 / scale)),
            sms_slow_answer_seconds=2.0,
            sms_slow_delivery_seconds=10.0,
        )
        self._issued: dict[str, float] = {}
        self._codes: set[str] = set()
        well, bad, _back = self._act.seconds
        self._report = Report(act.name, bad_from=round(well, 1), bad_until=round(well + bad, 1), until=round(seconds, 1))

    def run(self) -> Report:
        """Play the act; return what it showed."""
        desk, ended = self._world.desk, threading.Event()
        sweeps = SweepRunner(desk.db, sweeps_at(desk.resources, pace_at(self._scale)), Guard.of(desk.resources))
        with self._world.running(), desk.working():
            self._began, self._began_at = time.monotonic(), datetime.now(UTC)
            sweeps.start()
            watcher = threading.Thread(target=self._watch, args=(ended,), daemon=True)
            watcher.start()
            for seconds, faults in zip(self._act.seconds, ({}, self._act.faults, {}), strict=True):
                self._world.switch(BAD, **faults)
                self._send_for(seconds)
            wait_until(lambda: not self._open_jobs(), _GRACE_SECONDS)
            time.sleep(2)
            ended.set()
            watcher.join(10)
            sweeps.stop()
            self._tell()
        return self._report

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _send_for(self, seconds: float) -> None:
        """Hand in facts at the rate; one that comes late is not made up for by a burst."""
        end = self._now() + seconds
        due = self._now()
        while (now := self._now()) < end:
            if now < due:
                time.sleep(due - now)
            self._send(len(self._issued))
            due = max(due + 1 / self._rate, self._now() - 1.0)

    def _send(self, number: int) -> None:
        phone = f"+8498{number:07d}"
        contact = {"phone": phone, "email": None}
        self._issued[phone] = self._now()
        if number % 2:
            example = registration.DeclarationSubmitted.example
            self._world.desk.read(DeclarationSubmitted, example, contact=contact, dossier_no=f"roads-{number}")
            return
        self._codes.add(phone)
        otp_id = str(uuid7())
        self._world.desk.read(
            OtpIssued,
            accounts.OtpIssued.example,
            account_id=str(uuid7()),
            otp_id=otp_id,
            contact=contact,
            sealed_code=code_box(f"{number:06d}", otp_id),
            expires_at=(datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
        )

    def _watch(self, ended: threading.Event) -> None:
        query = sa.select(Road.share).where(Road.name == BAD)
        while not ended.wait(1.0 if self._scale < 2 else 0.2):
            self._report.shares.append((round(self._now(), 1), int(self._world.desk.value(query))))

    def _open_jobs(self) -> bool:
        with self._world.desk.db.read() as session:
            waiting = jobs.list_jobs(session, state=jobs.State.WAITING, limit=100_000)
            running = jobs.list_jobs(session, state=jobs.State.RUNNING, limit=1)
        return bool(running) or any(job.held_for is None for job in waiting)

    # ------------------------------------------------------------ what it showed

    def _tell(self) -> None:
        report, came = self._report, self._world.inbox()
        report.sms, report.codes = len(self._issued), len(self._codes)
        report.rate = round(report.sms / report.until, 1)
        report.faults = self._world.happened()
        self._tell_shares()
        first: dict[str, datetime] = {}
        roads: dict[str, set[str]] = defaultdict(set)
        for each in came:
            first.setdefault(each["to"], datetime.fromisoformat(each["at"]))
            roads[each["to"]].add(each["road"])
        report.arrived = len(first)
        report.copies = sum(number > 1 for number in Counter(each["to"] for each in came).values())
        report.by_both_roads = sum(len(each) > 1 for each in roads.values())
        missing, listed = self._issued.keys() - first.keys(), self._listed()
        report.for_a_person = len(missing & listed)
        report.not_arrived = sorted(missing - listed)
        for phone in sorted(self._codes & first.keys(), key=lambda each: self._issued[each]):
            at = (first[phone] - self._began_at).total_seconds()
            report.lateness.append((round(self._issued[phone], 2), round(at - self._issued[phone], 3)))
        self._tell_lateness()

    def _listed(self) -> set[str]:
        """The phones whose SMS waits for a person; a code does so only as long as it is of use."""
        wait = {UNKNOWN_OUTCOME, EXPIRED}
        return {message.address for message in self._world.desk.messages() if message.code in wait and message.address}

    def _tell_shares(self) -> None:
        report = self._report
        with self._world.desk.db.read() as session:
            shifts = session.scalars(sa.select(Shift).order_by(Shift.at, Shift.id)).all()
            report.road_errors = session.scalar(sa.select(sa.func.count()).select_from(RoadError)) or 0
        for each in shifts:
            seconds = round((each.at - self._began_at).total_seconds(), 1)
            report.shifts.append((seconds, each.road, each.share, each.why))
            if each.road == BAD and each.why != "rest" and report.first_shift is None:
                report.first_shift = seconds
        seen = [share for _, share in report.shares]
        if seen:
            report.lowest_share, report.last_share = min(seen), seen[-1]

    def _tell_lateness(self) -> None:
        report = self._report
        shift = report.first_shift if report.first_shift is not None else math.inf

        def of(which: Callable[[float], bool]) -> list[float]:
            return [late for issued, late in report.lateness if which(issued)]

        well = of(lambda issued: issued < report.bad_from)
        report.p50_before, report.p99_before = percentile(well, 50), percentile(well, 99)
        report.p99_until_the_shift = percentile(of(lambda issued: report.bad_from <= issued < shift), 99)
        report.p99_after_the_shift = percentile(of(lambda issued: issued >= shift), 99)
        report.worst = max((late for _, late in report.lateness), default=None)


def percentile(values: Sequence[float], per_cent: int) -> float | None:
    """Return the value that so many per cent do not exceed (nearest rank); None of nothing."""
    ordered: list[Any] = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * per_cent / 100) - 1)] if ordered else None
