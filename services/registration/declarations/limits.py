"""How many declarations one source may draft and submit in an hour: an address, or the account of who is signed in; staff any number."""

from __future__ import annotations

from services.chassis.web import auth
from services.chassis.web.addresses import client_address
from services.chassis.web.problem import Problem
from services.chassis.web.throttles import Counted, Limit, forgetting, try_later
from services.registration.schema import Base
from services.registration.settings import Settings

_HOUR = 3600


class Throttle(Counted, Base):
    """What one source has done within a window of time."""

    __tablename__ = "throttles"


sweeps = (forgetting(Throttle),)


def drafts(settings: Settings) -> Limit:
    """Limit drafts from one source."""
    return Limit(Throttle, "drafts", settings.drafts_per_address_hour, _HOUR, _too_many_declarations)


def submissions(settings: Settings) -> Limit:
    """Limit submissions from one source: each takes a number and sends an SMS."""
    return Limit(Throttle, "submissions", settings.submissions_per_address_hour, _HOUR, _too_many_declarations)


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
