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

from services.chassis import tracking
from services.chassis.database import chassis_metadata
from services.chassis.observe.logs import get_logger
from services.chassis.sweeps import Pruning
from services.chassis.web import auth
from services.chassis.web.addresses import client_address
from services.chassis.web.body import typed_header
from services.chassis.web.documented import View, described
from services.chassis.web.failures import unavailable
from services.chassis.web.networks import wider
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources
from services.chassis.web.throttles import Budget, Counted, Limit, try_later

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


FORGET_BUDGETS = Pruning("forget_budgets", lambda now: sa.select(Spent.key).where(Spent.until <= now))


@dataclass(frozen=True)
class Kind:
    """A kind of operation; the settings ``<name>_per_address_hour`` and ``<name>_per_minute`` say how many there may be."""

    name: str

    def budget(self, settings: Any) -> Budget:
        """Return what the request in hand counts against."""
        return Budget(tuple(self._parts(settings)))

    def _parts(self, settings: Any) -> Iterator[tuple[Limit, str | None]]:
        each = getattr(settings, f"{self.name}_per_address_hour")
        who = auth.caller()
        if who is not None:
            yield (
                self._hourly("account", each, _too_many_of_account),
                who.id if who.role in ("citizen", "newcomer") else None,
            )
            return
        code, address = typed_header(tracking.HEADER), client_address()
        if code is not None:
            yield self._hourly("code", -(-each // _CODES_SHARE), _too_many_of_code), tracking.digest(code).hex()
        yield from around(self._hourly("address", each, _too_many_of_address), address)
        yield everybody(self.name, getattr(settings, f"{self.name}_per_minute"), address)

    def _hourly(self, part: str, most: int, refuse: Callable[[int], Problem]) -> Limit:
        return Limit(Spent, f"{self.name}:{part}", most, _HOUR, refuse)


#: public information: offices, units, categories, the empty form, a scanned card
LOOKUPS = Kind("lookups")
#: whoever follows or changes what a tracking code opens
TRACKING = Kind("tracking")
#: whoever files
FILING = Kind("filing")
#: files, which cost more than anything else
UPLOADS = Kind("uploads")
#: what an account asks for about itself, and who wants to be let in
SIGN_INS = Kind("sign_ins")


def around(limit: Limit, address: str | None) -> tuple[tuple[Limit, str | None], ...]:
    """Return the parts of a budget that a client's network has: its own, and that of the /48 around it."""
    outer = replace(limit, name=f"{limit.name}:wider", most=limit.most * _WIDER)
    return ((limit, address), (outer, wider(address) if address else None))


def everybody(name: str, per_minute: int, address: str | None, throttles: type[Counted] = Spent) -> tuple[Limit, str]:
    """Return the part of a budget that all strangers share: ``per_minute`` of them, spread over `_SHARDS` rows by the client's network."""
    shards = _SHARDS if per_minute >= 100 * _SHARDS else 1
    # a client that cannot be told apart is in any of them: not one row for all behind a proxy that is wrong
    shard = zlib.crc32((wider(address) or address).encode()) if address else random.randrange(_SHARDS)  # noqa: S311  # nothing secret
    return Limit(throttles, f"{name}:everybody", -(-per_minute // shards), _MINUTE, _system_is_busy), str(shard % shards)


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
        parts = ((Limit(Spent, f"wrong_codes:{name}", most, _HOUR, _too_many_wrong_codes), key) for name, most, key in tries)
        return Budget(tuple(parts))


def _too_many_of_code(retry_after: int) -> Problem:
    return try_later(
        retry_after,
        "too-many-requests",
        vi="Mã tra cứu này được dùng quá nhiều lần. Hãy thử lại sau {wait}.",
        en="This tracking code has been used too often. Try again in {wait}.",
    )


def _too_many_of_account(retry_after: int) -> Problem:
    return try_later(
        retry_after,
        "too-many-requests",
        vi="Tài khoản này đã gửi quá nhiều yêu cầu. Hãy thử lại sau {wait}.",
        en="Too many requests have come from this account. Try again in {wait}.",
    )


def _too_many_of_address(retry_after: int) -> Problem:
    return try_later(
        retry_after,
        "too-many-requests",
        vi="Địa chỉ mạng này đã gửi quá nhiều yêu cầu. Hãy thử lại sau {wait}, dùng mạng khác, hoặc đến cơ quan BHXH gần nhất.",
        en="Too many requests have come from this network address. Try again in {wait}, use another network, or go to the nearest office.",
    )


def _too_many_wrong_codes(retry_after: int) -> Problem:
    return try_later(
        retry_after,
        "too-many-wrong-codes",
        vi="Mã tra cứu đã bị nhập sai quá nhiều lần. Hãy xem lại mã trong tin nhắn đã nhận; nhập đúng thì vẫn mở được. Nhập sai nữa thì hãy đợi {wait}.",
        en="Too many wrong tracking codes. Look the code up in the message you got: the right one still opens it. For further tries wait {wait}.",
    )


def _system_is_busy(retry_after: int) -> Problem:
    return try_later(
        retry_after,
        "system-busy",
        vi="Hệ thống đang nhận quá nhiều yêu cầu của người chưa đăng nhập. Hãy thử lại sau {wait}, hoặc đến cơ quan BHXH gần nhất.",
        en="The system is receiving too many requests from people who are not signed in. Try again in {wait}, or go to the nearest office.",
    )
