"""What feedback tells: see docs/facts/events.md for the catalogue made of this.

Public are numbers, category, board, province, office and moments. How to reach the citizen (`contact`, null for one who wants
to stay unknown) and which of the staff are to be told (`staff`, by e-mail) travel privately, as do everybody's words.
"""

from services.feedback import events_parts as parts
from services.feedback.events_course import (
    ComplaintAcknowledged,
    ComplaintRecategorised,
    ComplaintReceived,
    ComplaintResumed,
    ComplaintRouted,
    QuestionAsked,
)
from services.feedback.events_end import ComplaintAnswered, ComplaintClosed, ComplaintRated, ComplaintReopened
from services.feedback.events_reports import ReportMade
from services.feedback.events_watch import (
    ComplaintDueSoon,
    ComplaintOverdue,
    ComplaintReminded,
    CoordinationAnswered,
    CoordinationRequested,
)

#: see events_parts
LEVELS = parts.LEVELS

FACTS = (
    ComplaintReceived,
    ComplaintAcknowledged,
    ComplaintRouted,
    ComplaintRecategorised,
    QuestionAsked,
    ComplaintResumed,
    CoordinationRequested,
    CoordinationAnswered,
    ComplaintDueSoon,
    ComplaintOverdue,
    ComplaintReminded,
    ComplaintAnswered,
    ComplaintReopened,
    ComplaintClosed,
    ComplaintRated,
    ReportMade,
)

__all__ = [
    "FACTS",
    "LEVELS",
    "ComplaintAcknowledged",
    "ComplaintAnswered",
    "ComplaintClosed",
    "ComplaintDueSoon",
    "ComplaintOverdue",
    "ComplaintRated",
    "ComplaintRecategorised",
    "ComplaintReceived",
    "ComplaintReminded",
    "ComplaintReopened",
    "ComplaintResumed",
    "ComplaintRouted",
    "CoordinationAnswered",
    "CoordinationRequested",
    "QuestionAsked",
    "ReportMade",
]
