"""What every method of a complaint uses: guards, its clocks, its history, what is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.chassis import clock
from services.chassis.bus.outbox import record
from services.chassis.calendar import VIETNAM
from services.chassis.facts import Fact
from services.feedback import categories, events, working_days
from services.feedback.actors import Actor
from services.feedback.clocks import Terms
from services.feedback.complaint_row import (
    ACKNOWLEDGE,
    ACKNOWLEDGED,
    ANSWER,
    ANSWERED,
    CLOSED,
    RECEIVED,
    ROUTE,
    ROUTED,
    WAITING,
    ComplaintRow,
)
from services.feedback.records import log
from services.feedback.refusals import WrongStatus

#: the last level of an escalation: the IT centre
LAST_LEVEL = 3


class Watched(ComplaintRow):
    """A complaint whose clocks are watched."""

    __abstract__ = True

    # ------------------------------------------------------------ clocks (F7)

    def open_steps(self) -> dict[str, datetime]:
        """The steps that are still to be done, in order, with the moment each is due."""
        if self.answered_at is not None:
            return {}
        due = {ANSWER: self.answer_due}
        if self.routed_at is None:
            due = {ROUTE: self.routed_due} | due
        if self.acknowledged_at is None:
            due = {ACKNOWLEDGE: self.acknowledge_due} | due
        return due

    def level_due(self, step: str, due: datetime) -> tuple[int, datetime] | None:
        """The next level of a late step, and when its addressee hears of it; None after the last."""
        level = int(self.overdue_steps.get(step, {}).get("level", 0)) + 1
        if level > LAST_LEVEL:
            return None
        days = (0, self._terms.board_days, self._terms.centre_days)[level - 1]
        return level, self._calendar.postpone(due, days)

    def warning_at(self, step: str, due: datetime) -> datetime | None:
        """When to remind that a step is nearly due; None where that was done, or is not done for so short a clock."""
        terms = self._terms
        days = {ROUTE: terms.route_days, ANSWER: terms.answer_days}.get(step, 0)
        if not 0 < terms.warn_days < days or step in self.warned_steps or step in self.overdue_steps:
            return None
        return self._calendar.warning(due, terms.warn_days)

    def watch(self) -> None:
        """Set anew when a clock has to act next, and by what lists are sorted."""
        if self.status == CLOSED:
            self.next_at = None
        elif self.status == ANSWERED:
            self.next_at = self.reopen_until
        elif self.status == WAITING:
            self.next_at = self.paused_until
            # nobody is late while the citizen is asked; but what was late before stays so
            if self.paused_at and self.paused_until and self.answer_due > self.paused_at:
                self.due_at = max(self.answer_due, self.paused_until)
        else:
            due = self.open_steps()
            self.due_at = min(due.values())
            moments = [self.warning_at(step, at) for step, at in due.items()]
            levels = [self.level_due(step, at) for step, at in due.items()]
            self.next_at = min(
                [at for at in moments if at is not None] + [level[1] for level in levels if level is not None], default=None
            )

    @property
    def _terms(self) -> Terms:
        return Terms.kept(self.terms)

    @property
    def _calendar(self) -> working_days.Calendar:
        return working_days.calendar(self._session)

    @staticmethod
    def _day(moment: datetime) -> date:
        """The day in Vietnam."""
        return moment.astimezone(VIETNAM).date()

    # ------------------------------------------------------------ first steps

    def acknowledge(self, by: Actor) -> None:
        """The office has taken note (F7)."""
        self._must_be(RECEIVED)
        self.status, self.acknowledged_at = ACKNOWLEDGED, clock.now()
        self._log("acknowledged", by)
        self.watch()
        self._tell(events.ComplaintAcknowledged(**self._named(), acknowledged_at=self.acknowledged_at, contact=self.contact))

    def route(self, by: Actor, *, unit: str) -> None:
        """Give it to the department that it concerns, within the office (F7); said again, to another one."""
        self._must_be(RECEIVED, ACKNOWLEDGED, ROUTED)
        if self.status == RECEIVED:
            self.acknowledge(by)
        self.unit = unit
        if self.status == ACKNOWLEDGED:
            self.status = ROUTED
        now = clock.now()
        self.routed_at = self.routed_at or now
        self._log("routed", by, unit=unit)
        self.watch()
        self._tell(events.ComplaintRouted(**self._named(), routed_at=now))

    def take_up(self, by: Actor) -> None:
        """Whoever works on it has taken note of it, and it is with those whom it concerns: both steps are done by doing more."""
        if self.status in (RECEIVED, ACKNOWLEDGED):
            self.route(by, unit=str(self.office["name"]))

    # ------------------------------------------------------------ guards, history, facts

    def _must_be(self, *statuses: str) -> None:
        if self.status not in statuses:
            raise WrongStatus(self.status)

    def _log(self, kind: str, by: Actor, **details: Any) -> None:
        log(self._session, self.complaint_no, kind, by, **details)

    def _named(self) -> dict[str, Any]:
        """What every fact says of the complaint."""
        office = {name: self.office[name] for name in ("code", "name", "province_code")}
        category = categories.find(self._session, self.category_code, closed=True)
        return {
            "complaint_no": self.complaint_no,
            "category_code": self.category_code,
            "category_name": category.name if category else self.category_code,
            "board_code": self.board_code,
            "board_name": categories.BOARDS[self.board_code],
            "province_code": self.province_code,
            "office": office,
        }

    def _tell(self, fact: Fact) -> None:
        self.revision += 1
        record(self._session, fact, revision=self.revision, correlation_id=self.complaint_no)
