"""The phone numbers that simulate failures of SMS.

Twilio's own magic numbers work as with its test credentials. They are American, and this system accepts only Vietnamese
numbers, so 0900 000 xxx do the same here, and simulate some further failures.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """The response to a refused request."""

    status: int
    code: int
    message: str


@dataclass(frozen=True)
class Loss:
    """The end of a message that is accepted but does not arrive."""

    status: str
    code: int


_INVALID_TO = Refusal(400, 21211, "Invalid 'To' Phone Number: {to}")
_NO_ROUTE = Refusal(
    400, 21612, "Message cannot be sent with the current combination of 'To' ({to}) and/or 'From' ({sender}) parameters"
)
_NO_PERMISSION = Refusal(
    400, 21408, "Permission to send an SMS or MMS has not been enabled for the region indicated by the 'To' number: {to}"
)
_OPTED_OUT = Refusal(400, 21610, "Attempt to send to unsubscribed recipient")
_NO_MOBILE = Refusal(400, 21614, "'To' number {to} is not a valid mobile number")

REFUSED_TO = {
    "+15005550001": _INVALID_TO,
    "+15005550002": _NO_ROUTE,
    "+15005550003": _NO_PERMISSION,
    "+15005550004": _OPTED_OUT,
    "+15005550009": _NO_MOBILE,
    "+84900000001": _INVALID_TO,
    "+84900000002": _NO_ROUTE,
    "+84900000003": _NO_PERMISSION,
    "+84900000004": _OPTED_OUT,
    "+84900000009": _NO_MOBILE,
    "+84900000429": Refusal(429, 20429, "Too Many Requests"),
    "+84900000500": Refusal(500, 20500, "Internal Server Error"),
    "+84900000503": Refusal(503, 20503, "Service Unavailable"),
}
REFUSED_FROM = {
    "+15005550001": Refusal(400, 21212, "Invalid From Number (caller ID): {sender}"),
    "+15005550007": Refusal(
        400, 21606, "The 'From' phone number {sender} is not a valid, SMS-capable inbound phone number for your account."
    ),
    "+15005550008": Refusal(429, 21611, "This 'From' number has exceeded the maximum number of queued messages"),
}
LOST_TO = {
    "+84900000103": Loss("undelivered", 30003),  # the handset is off
    "+84900000105": Loss("undelivered", 30005),  # nobody has this number
    "+84900000106": Loss("undelivered", 30006),  # a landline
    "+84900000107": Loss("undelivered", 30007),  # filtered by the carrier
    "+84900000108": Loss("failed", 30008),  # nobody knows why
}
#: the SMS arrives, but the connection is cut before the response
ANSWER_LOST = "+84900000499"
#: the SMS arrives, but no callback is ever sent
NO_CALLBACK = "+84900000498"
