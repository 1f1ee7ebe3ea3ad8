"""Why a message is put aside for a person, and the headers that say so.

A parked message keeps its body, properties and headers; ``vss parked`` lists, mends and replays them.
"""

import traceback
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import DBAPIError

from services.chassis import clock
from services.chassis.bus.retry import ATTEMPTS_HEADER, FIRST_SEEN_HEADER

REASON_HEADER = "vss-parked-reason"
ERROR_HEADER = "vss-parked-error"
PARKED_AT_HEADER = "vss-parked-at"
_LONGEST_ERROR = 500


class Reason(StrEnum):
    """Why a message was parked."""

    UNDECODABLE = "undecodable"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    INVALID = "invalid"
    HANDLER_ERROR = "handler_error"
    RETRIES_EXHAUSTED = "retries_exhausted"


def last_line(error: BaseException) -> str:
    """What Python would print last for ``error``, on one line.

    For the parking header only, next to a body that holds the same data; it must not be logged.
    """
    told = "".join(traceback.format_exception_only(error))
    if isinstance(error, DBAPIError):
        # the first line says what is wrong; the values of the row and of the statement come after it
        told = told.partition("\n")[0]
    return " ".join(told.split())


def parked_headers(headers: Mapping[str, Any], reason: Reason, error: str, attempts: int) -> dict[str, Any]:
    """The headers of a message as it goes to the parking queue."""
    now = clock.now().isoformat(timespec="milliseconds")
    return {
        **headers,
        REASON_HEADER: reason.value,
        # bounded: a type or a list of faults can be as long as its sender likes; and its text may be none that can be written
        ERROR_HEADER: error[:_LONGEST_ERROR].encode(errors="backslashreplace").decode(),
        ATTEMPTS_HEADER: attempts,
        FIRST_SEEN_HEADER: headers.get(FIRST_SEEN_HEADER, now),
        PARKED_AT_HEADER: now,
    }
