"""The facts that notifications publishes, for other agencies and for metrics; docs/facts/events.md is generated from them."""

from services.chassis.history.heads import HistoryHeadPublished
from services.chassis.subjects import DataSubjectAnswered
from services.notifications.deadlines.facts import DeadlineMissed
from services.notifications.messages.facts import MessageDelivered, MessageFailed, MessageSent, PasswordDeliveryReported

FACTS = (
    *(MessageSent, MessageDelivered, MessageFailed, PasswordDeliveryReported),
    *(DeadlineMissed, DataSubjectAnswered, HistoryHeadPublished),
)
