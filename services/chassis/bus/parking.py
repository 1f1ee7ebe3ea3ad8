"""Why a message is held, in words that may be kept beside it."""

import traceback
from enum import StrEnum

from sqlalchemy.exc import DBAPIError


class Reason(StrEnum):
    """Why a message is not handled yet."""

    #: waits for another try
    TRANSIENT = "transient"
    UNDECODABLE = "undecodable"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_VERSION = "unknown_version"
    INVALID = "invalid"
    #: it did not come by the exchange of the service that it says to be from
    FORGED = "forged"
    HANDLER_ERROR = "handler_error"
    #: its number is known here, for another person
    OTHER_PERSON = "other_person"
    RETRIES_EXHAUSTED = "retries_exhausted"
    #: the broker gave up: it was in flight at too many crashes
    DELIVERY_LIMIT = "delivery_limit"


def last_line(error: BaseException) -> str:
    """Return what Python would print last for ``error``, on one line.

    For the row of a held message only, next to a body that holds the same data; it must not be logged.
    """
    told = "".join(traceback.format_exception_only(error))
    if isinstance(error, DBAPIError):
        # the first line says what is wrong; the values of the row and of the statement come after it
        told = told.partition("\n")[0]
    return " ".join(told.split())
