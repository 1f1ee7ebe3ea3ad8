"""The headers by which a reader notices that it misses something, and a message's place among those of its lane."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from services.chassis.facts.envelope import attribute

#: when the source's numbering began, in seconds; and the message's number on its lane. Text: any size travels
EPOCH, NUMBER = "vss-epoch", "vss-number"
#: the fact is told again
RESENT = "vss-resent"
#: only a reminder of how far the source has come: nothing is done for it
REMINDER = "vss-reminder"
#: its personal data have gone with the dossier's: only that it was told counts
ERASED = "vss-erased"

_MOST_ORIGIN = 100
_MOST_DIGITS = 18


class Place(NamedTuple):
    """A message's place on its lane."""

    #: "<source> <epoch>"
    origin: str
    number: int


def place_of(headers: Mapping[str, Any] | None) -> Place | None:
    """Return the place that a message's headers tell; None if they tell none that makes sense."""
    headers = headers or {}
    source, epoch, number = attribute(headers, "source"), _number(headers.get(EPOCH)), _number(headers.get(NUMBER))
    if not isinstance(source, str) or epoch is None or number is None:
        return None
    origin = f"{source.rpartition('/')[2]} {epoch}"
    return Place(origin, number) if len(origin) <= _MOST_ORIGIN and "," not in origin else None


def _number(value: Any) -> int | None:
    return (
        int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS else None
    )
