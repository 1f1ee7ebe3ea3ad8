"""Find the cases whose legal clock must act (N), and forget the addresses of staff whose rights have ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.calendar import day_in_vietnam
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.verification.cases.rules import Case
from services.verification.deadlines.alerts import act_on_clock
from services.verification.officers.addresses import StaffAddress
from services.verification.settings import Settings

#: how often rows of an earlier release are looked for
_UNCLOCKED_SECONDS = 60.0
#: the condition of an index, in its words: with bound values PostgreSQL could not use it
_UNCLOCKED = sa.text(
    "status IN ('new', 'received', 'checking', 'identity_unproved') AND complete IS NOT FALSE AND due_at IS NULL"
)


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweeps; the settings give their periods, and when the office and the director are told."""
    every, terms = resources.settings.sweep_seconds, resources.settings.terms

    def act(_session: Session, case: Case) -> None:
        act_on_clock(case, terms)

    return (
        # without a limit: an outage of HGĐ makes many late at once, and nothing is lost by saying so
        Sweep("legal_clocks", _due, act, limit=Limit.NONE, every_seconds=every),
        Sweep("start_legal_clocks", _unclocked, _start, limit=Limit.NONE, every_seconds=max(every, _UNCLOCKED_SECONDS)),
        Sweep("forget_staff_addresses", _left, _forget, limit=Limit.RECORDS, every_seconds=max(every, _UNCLOCKED_SECONDS)),
    )


def _due(now: datetime) -> sa.Select[Any]:
    return sa.select(Case).where(Case.alert_at <= now)


def _unclocked(_now: datetime) -> sa.Select[Any]:
    """Select the complete cases that an earlier release wrote, before or beside this one."""
    return sa.select(Case).where(_UNCLOCKED)


def _start(_session: Session, case: Case) -> None:
    case.clock_started_at = None
    case.take_stock()


def _left(now: datetime) -> sa.Select[Any]:
    return sa.select(StaffAddress).where(StaffAddress.valid_until < day_in_vietnam(now))


def _forget(_session: Session, member: StaffAddress) -> None:
    member.forget()
