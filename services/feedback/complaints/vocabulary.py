"""The words that complaints are described in: statuses, channels, and the steps that have a deadline."""

from typing import Final

RECEIVED, ACKNOWLEDGED, ROUTED, WAITING = "received", "acknowledged", "routed", "waiting"
ANSWERED, CLOSED = "answered", "closed"
#: the office has something to do; these have no `answered_at`
OPEN: Final = (RECEIVED, ACKNOWLEDGED, ROUTED, WAITING)
STATUSES: Final = (*OPEN, ANSWERED, CLOSED)

#: how a complaint may come in (F1)
CHANNELS: Final = ("web", "app", "hotline", "email", "counter")

#: the steps of a complaint that have a deadline, in the order in which they are done (F7)
ACKNOWLEDGE, ROUTE, ANSWER = "acknowledge", "route", "answer"
#: the deadline of another office that was asked for help (F4)
COORDINATION: Final = "coordination"
