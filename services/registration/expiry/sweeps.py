"""Warn before the ten days end, expire the declaration after them, tell those who came and left (I6), and discard old drafts.

The calendar is asked again while a declaration waits: where its last day has become a day off, the next working day is its last
(Civil Code 2015, article 148.5), and the person is told. A day that turns out to be worked after all takes nobody's time away (W1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.calendar import OFF, WORK, Calendar, calendar_of, day_in_vietnam
from services.chassis.calendar.holidays import table as holidays
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.registration.declarations.erasure import EXPIRED, discard_draft, erase, forget_rejected
from services.registration.declarations.rules import UNFINISHED, Declaration
from services.registration.expiry.terms import Term, Terms
from services.registration.settings import Settings

#: how often all last days are compared with the calendar
_CALENDAR_SECONDS = 300.0
#: how far ahead a last day may lie
_AHEAD_DAYS = 60
#: for a row without `left_due_at`, of an earlier release or given back: more than ten working days, Tết included
_LEFT_AT_LATEST = timedelta(days=24)

_WEEKEND = (5, 6)  # by Python's count

_Due = Callable[[datetime], sa.Select[Declaration]]


def sweeps(resources: Resources[Settings]) -> Sequence[Sweep]:
    """Return the sweeps; the settings give their periods."""
    settings = resources.settings
    every, terms = settings.sweep_seconds, settings.terms

    def extend(session: Session, declaration: Declaration) -> None:
        if term := _later_term(session, declaration, terms):
            declaration.extend(term)

    def expire(session: Session, declaration: Declaration) -> None:
        term = _later_term(session, declaration, terms)
        if term is not None and term.expires_at > clock.now():
            declaration.extend(term)
        else:
            declaration.expire(clock.now())
            erase(declaration, EXPIRED)

    made = [
        # more days for many people lose nobody anything, and held back they would come too late
        Sweep(
            "extend_declarations",
            _ending_on_a_day_off,
            extend,
            limit=Limit.NONE,
            every_seconds=max(every, _CALENDAR_SECONDS),
        ),
        Sweep("expire_declarations", _overdue, expire, limit=Limit.PEOPLE, every_seconds=every),
        Sweep("tell_unfinished", _left, _leave, limit=Limit.PEOPLE, every_seconds=every),
        Sweep(
            "delete_old_drafts",
            _drafts_older_than(timedelta(days=settings.draft_days)),
            _discard,
            limit=Limit.PEOPLE,
            every_seconds=every,
        ),
    ]
    made.append(
        Sweep(
            "forget_rejected",
            _rejected_for(timedelta(days=settings.rejected_keep_days)),
            lambda _session, declaration: forget_rejected(declaration),
            limit=Limit.RECORDS,
            every_seconds=max(every, 3600.0),
        )
    )
    if settings.expiry_warning_days:
        made.append(Sweep("warn_of_expiry", _to_be_warned, _warn, limit=Limit.PEOPLE, every_seconds=every))
    return made


def _rejected_for(keep: timedelta) -> _Due:
    """Return a select of declarations that were rejected so long ago that nobody appeals any more, and whose data are still here."""

    def due(now: datetime) -> sa.Select[Declaration]:
        old = (Declaration.status == "rejected", Declaration.ended_at <= now - keep, Declaration.bhxh_code.is_not(None))
        return sa.select(Declaration).where(*old)

    return due


def _later_term(session: Session, declaration: Declaration, terms: Terms) -> Term | None:
    """Return the term by today's calendar if it ends later than the one told, otherwise None.

    In an earlier release a term ended at the hour of the confirmation; such a declaration has no last day yet.
    """
    if declaration.expires_at is None:
        return None
    calendar = calendar_of(session)
    last_day = calendar.first_worked_from(declaration.last_day or day_in_vietnam(declaration.expires_at))
    if last_day == declaration.last_day:
        return None
    return terms.ending_on(calendar, last_day, about=declaration.dossier_no, by_post=declaration.by_post)


def _warn(_session: Session, declaration: Declaration) -> None:
    declaration.warn(clock.now())


def _leave(_session: Session, declaration: Declaration) -> None:
    declaration.leave(clock.now())


def _discard(_session: Session, declaration: Declaration) -> None:
    discard_draft(declaration)


def _overdue(now: datetime) -> sa.Select[Declaration]:
    close_at = sa.func.coalesce(Declaration.close_at, Declaration.expires_at)
    return sa.select(Declaration).where(Declaration.status == "submitted", Declaration.expires_at <= now, close_at <= now)


def _to_be_warned(now: datetime) -> sa.Select[Declaration]:
    return sa.select(Declaration).where(
        Declaration.status == "submitted",
        Declaration.warned_at.is_(None),
        Declaration.warn_at <= now,
        Declaration.expires_at > now,
    )


def _ending_on_a_day_off(now: datetime) -> sa.Select[Declaration]:
    """Select what ends on a day that is no longer worked. The public holidays themselves were known when it was submitted."""
    day, today, rule = Declaration.last_day, day_in_vietnam(now), Calendar()
    ahead = [today + timedelta(days=n) for n in range(_AHEAD_DAYS)]
    saturdays_worked = [each for each in ahead if each.weekday() in _WEEKEND and rule.is_working_day(each)]
    off, worked = (sa.exists().where(holidays.c.day == day, holidays.c.kind == kind) for kind in (OFF, WORK))
    weekend = sa.and_(sa.extract("dow", day).in_((0, 6)), day.not_in(saturdays_worked))
    return sa.select(Declaration).where(
        Declaration.status == "submitted",
        Declaration.expires_at > now,
        sa.or_(day.is_(None), off, sa.and_(weekend, ~worked)),
    )


def _left(now: datetime) -> sa.Select[Declaration]:
    last_seen = sa.func.coalesce(Declaration.received_at, Declaration.submitted_at)
    unnoted = sa.and_(Declaration.left_due_at.is_(None), last_seen <= now - _LEFT_AT_LATEST)
    return sa.select(Declaration).where(
        Declaration.status.in_(UNFINISHED), Declaration.left_at.is_(None), sa.or_(Declaration.left_due_at <= now, unnoted)
    )


def _drafts_older_than(age: timedelta) -> _Due:
    def due(now: datetime) -> sa.Select[Declaration]:
        return sa.select(Declaration).where(Declaration.status == "draft", Declaration.created_at <= now - age)

    return due
