"""The facts that feedback publishes; docs/facts/events.md is generated from them."""

from services.chassis.history.heads import HistoryHeadPublished
from services.chassis.subjects import DataSubjectAnswered
from services.feedback.answers.facts import ComplaintAnswered, ComplaintClosed, ComplaintRated, ComplaintReopened
from services.feedback.complaints.facts import (
    ComplaintAcknowledged,
    ComplaintMarked,
    ComplaintRecategorised,
    ComplaintReceived,
    ComplaintReminded,
    ComplaintResumed,
    ComplaintRouted,
    QuestionAsked,
    UrgentComplaint,
)
from services.feedback.coordination.facts import CoordinationAnswered, CoordinationRequested
from services.feedback.deadlines.facts import ComplaintDueSoon, ComplaintOverdue
from services.feedback.holidays.facts import CalendarChanged
from services.feedback.reports.facts import ReportMade

FACTS = (
    ComplaintReceived,
    ComplaintAcknowledged,
    ComplaintRouted,
    ComplaintMarked,
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
    UrgentComplaint,
    CalendarChanged,
    DataSubjectAnswered,
    HistoryHeadPublished,
)
