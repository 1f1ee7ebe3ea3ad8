"""The statuses and channels of complaints, and the steps that have a deadline."""

from typing import Final

RECEIVED, ACKNOWLEDGED, ROUTED, WAITING = "received", "acknowledged", "routed", "waiting"
ANSWERED, CLOSED = "answered", "closed"
#: the office must act; these have no `answered_at`
OPEN: Final = (RECEIVED, ACKNOWLEDGED, ROUTED, WAITING)
STATUSES: Final = (*OPEN, ANSWERED, CLOSED)

#: the channels by which a complaint may be filed (F1)
CHANNELS: Final = ("web", "app", "hotline", "email", "counter")

#: whom of the agency's own a complaint is about (F9)
ABOUT_OFFICER, ABOUT_OFFICE, ABOUT_DIRECTOR = "officer", "office", "director"
ABOUT: Final = (ABOUT_OFFICER, ABOUT_OFFICE, ABOUT_DIRECTOR)

#: the steps of a complaint that have a deadline, in the order in which they are done (F7)
ACKNOWLEDGE, ROUTE, ANSWER = "acknowledge", "route", "answer"
#: the step of another office that was asked for help (F4)
COORDINATION: Final = "coordination"
