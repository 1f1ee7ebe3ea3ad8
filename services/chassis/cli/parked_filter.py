"""Which of the parked messages are meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis.cli.parked_message import Summary

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_NONE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """All that is given must fit; of what is given several times, one.

    ``ids`` are beginnings of ids, or of names (``id#mark``). ``types`` are whole types or parts of them between dots
    (``declaration_submitted``, ``registration.declaration_submitted.v1``); ``-`` is a message without one. Ages count from
    the last parking; a message whose time is not known has none, and fits neither bound.
    """

    reasons: Sequence[str] = ()
    types: Sequence[str] = ()
    error: str | None = None
    ids: Sequence[str] = ()
    older_than: timedelta | None = None
    newer_than: timedelta | None = None

    def fits(self, message: Summary, now: datetime) -> bool:
        """Whether ``message`` is meant."""
        return (
            (not self.reasons or message.reason in self.reasons)
            and (not self.types or any(_is_type(wanted, message.type) for wanted in self.types))
            and (self.error is None or self.error.casefold() in message.error.casefold())
            and (not self.ids or any(message.name.startswith(wanted) for wanted in self.ids))
            and self._fits_age(message, now)
        )

    def _fits_age(self, message: Summary, now: datetime) -> bool:
        if self.older_than is None and self.newer_than is None:
            return True
        time = message.parked_at or message.first_seen
        if time is None:
            return False
        age = now - time
        return (self.older_than is None or age >= self.older_than) and (self.newer_than is None or age <= self.newer_than)


def duration(text: str) -> timedelta:
    """``90s``, ``5m``, ``2h``, ``3d``, ``1w`` or several together: ``1h30m``.

    :raises ValueError: for anything else.
    """
    if not _DURATION.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is no duration: write 90s, 5m, 2h, 3d or 1h30m")
    try:
        return sum((timedelta(**{_UNITS[unit]: float(n)}) for n, unit in _PART.findall(text)), timedelta())
    except OverflowError:
        raise ValueError(f"{text!r} is too long") from None


def _is_type(wanted: str, type_: str) -> bool:
    return not type_ if wanted == _NONE else bool(wanted) and f".{wanted}." in f".{type_}."
