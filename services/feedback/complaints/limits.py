"""How many complaints one source may file: an address, or the account of who is signed in; staff any number (decision 54).

Tries, which fail or not, are bounded by `chassis/web/budgets.py`; these count what is kept, which takes a number and sends a message.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.chassis.web import auth
from services.chassis.web.addresses import client_address
from services.chassis.web.budgets import Spent, around
from services.chassis.web.problem import Problem
from services.chassis.web.throttles import Budget, Limit, try_later
from services.feedback.settings import Settings

_HOUR, _DAY = 3600, 86_400


def complaints(settings: Settings, contact: Mapping[str, str] | None) -> Budget:
    """Limit what one source files, and what it files with one phone or e-mail.

    The phone alone has no limit: whoever knows it could use that up (decision 48). What goes to one phone is notifications' to bound.
    """
    who = auth.caller()
    if who is not None and who.role != "citizen":
        return Budget(())
    source = f"account:{who.id}" if who is not None else client_address()
    reached = "\n".join(
        sorted(str(value) for name, value in (contact or {}).items() if name in ("phone", "email") and value)
    )
    hourly = Limit(Spent, "complaints", settings.complaints_per_address_hour, _HOUR, _too_many_complaints)
    daily = Limit(Spent, "complaints:contact", settings.complaints_per_phone_address_day, _DAY, _too_many_complaints)
    pair = (daily, f"{reached}\n{source}" if reached and source else None)
    return Budget((pair, (hourly, source)) if who is not None else (pair, *around(hourly, source)))


def _too_many_complaints(retry_after: int) -> Problem:
    return try_later(
        retry_after,
        "too-many-complaints",
        vi="Địa chỉ mạng hoặc tài khoản này đã gửi quá nhiều phản ánh. Hãy thử lại sau {wait}, hoặc gọi 1900 9068.",
        en="Too many complaints have come from this network address or account. Try again in {wait}, or call 1900 9068.",
    )
