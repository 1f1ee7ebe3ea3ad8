"""Bound what people without a token of staff may ask for: an operation that anybody or a citizen may call declares its budget.

::

    @declarations.route("/<no>")
    @auth.recognises
    @budgets.bounded(budgets.TRACKING)      # below what authenticates, above what reads the body
    ...

A request counts, before its body is read, against its tracking code, against the citizen's account or else the client's network (an IPv4
address, an IPv6 /64, and the /48 around it), and if nobody is signed in against what all such people have in a minute. Staff answer for
themselves: for them nothing is written. How much each has: `settings/budgets.py`; who could shut out whom: decision 54.

An operation that counts by itself says so with `counted_inside`, one that costs less than counting with `uncounted`; a contract test finds
those that say nothing.
"""

import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import request
from sqlalchemy.orm import DeclarativeBase, Session

from services.chassis import sweeps, tracking
from services.chassis.database import chassis_metadata
from services.chassis.observe.logs import get_logger
from services.chassis.sweeps import Pruning
from services.chassis.web import auth
from services.chassis.web.addresses import client_address
from services.chassis.web.body import typed_header
from services.chassis.web.budget_refusals import (
    system_is_busy,
    too_many_of_account,
    too_many_of_address,
    too_many_of_code,
    too_many_wrong_codes,
)
from services.chassis.web.documented import View, described
from services.chassis.web.failures import unavailable
from services.chassis.web.networks import wider
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.chassis.web.throttles import Budget, Counted, Limit

log = get_logger(__name__)

_MINUTE, _HOUR = 60, 3600
#: a tracking code has this part of what its holder's address has
_CODES_SHARE = 10
#: a /48 is at most a site with many subscribers, or a stranger who rented one: it has as much as so many /64
_WIDER = 16
#: what all strangers have is counted in as many rows: one alone would be locked all the time, and one network reaches one of them only
_SHARDS = 16
_READS = frozenset({"GET", "HEAD"})


class _Base(DeclarativeBase):
    metadata = chassis_metadata


class Spent(Counted, _Base):
    """What has been spent of one budget within its window."""

    __tablename__ = "http_budgets"


#: as many as there are: a flood makes rows, and must not make them stay
FORGET_BUDGETS = Pruning(
    "forget_budgets",
    lambda now: sa.select(Spent.key).where(Spent.until <= now),
    every_seconds=600.0,
    limit=sweeps.Limit.NONE,
)


@dataclass(frozen=True)
class Kind:
    """A kind of operation, and how many of it there may be: of one network or account in an hour, of all strangers in a minute."""

    name: str
    hourly: Callable[[Any], int]
    by_minute: Callable[[Any], int]

    def budget(self, settings: Any) -> Budget:
        """Return what the request in hand counts against."""
        return Budget(tuple(self._parts(settings)))

    def _parts(self, settings: Any) -> Iterator[tuple[Limit, str | None]]:
        each, who = self.hourly(settings), auth.caller()
        if who is not None:
            yield self._limit("account", each, too_many_of_account), who.id if who.role in ("citizen", "newcomer") else None
            return
        code, address = typed_header(tracking.HEADER), client_address()
        if code is not None:
            yield self._limit("code", -(-each // _CODES_SHARE), too_many_of_code), tracking.digest(code).hex()
        yield from around(self._limit("address", each, too_many_of_address), address)
        yield everybody(self.name, self.by_minute(settings), address)

    def _limit(self, part: str, most: int, refuse: Callable[[int], Problem]) -> Limit:
        return Limit(Spent, f"{self.name}:{part}", most, _HOUR, refuse)


#: public information: offices, units, categories, the empty form, a scanned card
LOOKUPS = Kind("lookups", lambda s: s.lookups_per_address_hour, lambda s: s.lookups_per_minute)
#: whoever follows or changes what a tracking code opens
TRACKING = Kind("tracking", lambda s: s.tracking_per_address_hour, lambda s: s.tracking_per_minute)
#: whoever files
FILING = Kind("filing", lambda s: s.filing_per_address_hour, lambda s: s.filing_per_minute)
#: files, which cost more than anything else
UPLOADS = Kind("uploads", lambda s: s.uploads_per_address_hour, lambda s: s.uploads_per_minute)
#: what an account asks for about itself, and who wants to be let in
SIGN_INS = Kind("sign_ins", lambda s: s.sign_ins_per_address_hour, lambda s: s.sign_ins_per_minute)


def around(limit: Limit, address: str | None) -> tuple[tuple[Limit, str | None], ...]:
    """Return the parts of a budget that a client's network has: its own, and that of the /48 around it."""
    outer = replace(limit, name=f"{limit.name}:wider", most=limit.most * _WIDER)
    return ((limit, address), (outer, wider(address) if address else None))


def everybody(name: str, per_minute: int, address: str | None, throttles: type[Counted] = Spent) -> tuple[Limit, str]:
    """Return the part of a budget that all strangers share: ``per_minute`` of them, spread over `_SHARDS` rows by the client's network."""
    shards = _SHARDS if per_minute >= 100 * _SHARDS else 1
    # a client that cannot be told apart is in any of them: not one row for all behind a proxy that is wrong
    shard = zlib.crc32((wider(address) or address).encode()) if address else random.randrange(_SHARDS)  # noqa: S311  # nothing secret
    return Limit(throttles, f"{name}:everybody", -(-per_minute // shards), _MINUTE, system_is_busy), str(shard % shards)


def bounded(kind: Kind) -> Callable[[View], View]:
    """Count a request of this kind before its body is read. Answers: 429, with the wait in words and in ``Retry-After``."""

    def decorator(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            count(kind.budget(resources.settings))
            try:
                return view(*args, **kwargs)
            except WrongCode as wrong:
                count(wrong.budget(resources.settings))
                raise

        return described(wrapper, view, budget=kind.name)

    return decorator


def counted_inside(limits: str) -> Callable[[View], View]:
    """Declare that the operation counts by itself, against these limits."""
    return lambda view: described(view, view, budget=limits)


def uncounted(why: str) -> Callable[[View], View]:
    """Declare that the operation costs less than counting would."""
    return lambda view: described(view, view, uncounted=why)


def count(budget: Budget) -> None:
    """Count one attempt in a transaction of its own, which does not wait for the disk.

    A read goes on where the database takes no count: it may be read-only for a while.

    :raises Problem: 429 if one of the limits is used up.
    """
    parts = [(limit, subject) for limit, subject in budget.parts if limit.most and subject is not None]
    if not parts:
        return
    try:
        resources.db.transact(lambda session: _count(Budget(tuple(parts)), session), lasting=False)
    except Problem:
        raise
    except Exception as error:
        if request.method not in _READS or unavailable(error) is None:
            raise
        log.warning("budget_not_counted", error=type(error).__name__)


def _count(budget: Budget, session: Session) -> None:
    budget.count(session)


class WrongCode(Problem):
    """The 404 for a number that nobody has, and for a code that is not that of the number: outside they look alike.

    It counts against the number and against who tries. The holder of the right code is never refused for it: only wrong ones are.
    """

    def __init__(self, number: str, kind: str, *, vi: str, en: str) -> None:
        super().__init__(404, kind, vi=vi, en=en)
        self._number = number

    def budget(self, settings: Any) -> Budget:
        """Return what this try counts against."""
        address = client_address()
        tries = [
            ("pair", settings.wrong_codes_per_number_hour, f"{self._number}\n{address}" if address else None),
            ("address", settings.wrong_codes_per_address_hour, address),
            ("number", settings.wrong_codes_per_number_hour * _CODES_SHARE, self._number),
        ]
        if auth.caller() is not None:  # who is signed in answers for what they ask for
            return Budget(())
        parts = ((Limit(Spent, f"wrong_codes:{name}", most, _HOUR, too_many_wrong_codes), key) for name, most, key in tries)
        return Budget(tuple(parts))
