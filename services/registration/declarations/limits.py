"""How many declarations one source may draft and submit: an address, or the account of who is signed in; staff any number.

Tries, which fail or not, are bounded by `chassis/web/budgets.py`; these count what is kept, and what sends an SMS.
"""

from __future__ import annotations

from services.chassis.web import auth
from services.chassis.web.addresses import client_address
from services.chassis.web.budgets import around
from services.chassis.web.problem import Problem
from services.chassis.web.throttles import Budget, Counted, Limit, forgetting, try_later
from services.registration.schema import Base
from services.registration.settings import Settings

_HOUR, _DAY = 3600, 86_400


class Throttle(Counted, Base):
    """What one source has done within a window of time."""

    __tablename__ = "throttles"


sweeps = (forgetting(Throttle),)


def drafts(settings: Settings) -> Budget:
    """Limit drafts from one source."""
    return Budget(_of_source(Limit(Throttle, "drafts", settings.drafts_per_address_hour, _HOUR, _too_many_declarations)))


def submissions(settings: Settings, phone: str | None) -> Budget:
    """Limit submissions from one source, and those of them with one phone: each takes a number and sends an SMS.

    The phone alone has no limit: whoever knows it could use that up (decision 48). What goes to one phone is notifications' to bound.
    """
    hourly = Limit(Throttle, "submissions", settings.submissions_per_address_hour, _HOUR, _too_many_declarations)
    of_phone = Limit(Throttle, "submissions:phone", settings.submissions_per_phone_address_day, _DAY, _too_many_of_phone)
    asker = source()
    pair = f"{phone}\n{asker}" if phone and asker else None
    return Budget(((of_phone, pair), *_of_source(hourly)))


def _of_source(limit: Limit) -> tuple[tuple[Limit, str | None], ...]:
    asker = source()
    return ((limit, asker),) if asker is None or auth.caller() is not None else around(limit, asker)


def source() -> str | None:
    """Return whom a request counts against: the signed-in citizen, or the address.

    None for staff, who answer for themselves, and for an address that cannot be read (`client_address`).
    """
    who = auth.caller()
    if who is None:
        return client_address()
    return f"account:{who.id}" if who.role == "citizen" else None


def _too_many_declarations(retry_after: int) -> Problem:
    return try_later(
        retry_after,
        "too-many-declarations",
        vi="Địa chỉ mạng này đã gửi quá nhiều tờ khai. Hãy thử lại sau {wait}, hoặc đến cơ quan BHXH gần nhất.",
        en="Too many declarations have come from this network address. Try again in {wait}, or go to the nearest office.",
    )


def _too_many_of_phone(retry_after: int) -> Problem:
    return try_later(
        retry_after,
        "too-many-declarations",
        vi="Số điện thoại này đã được dùng cho quá nhiều tờ khai. Hãy thử lại sau {wait}, hoặc đến cơ quan BHXH gần nhất.",
        en="This phone has been given in too many declarations. Try again in {wait}, or go to the nearest office.",
    )
