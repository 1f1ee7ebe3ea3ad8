"""All facts that notifications publishes, for other agencies and for counting; docs/facts/events.md is made from this."""

from services.notifications.deadlines.facts import DeadlineMissed
from services.notifications.messages.facts import MessageDelivered, MessageFailed, MessageSent

FACTS = (MessageSent, MessageDelivered, MessageFailed, DeadlineMissed)
