"""The fact that a legal deadline was missed."""

from datetime import datetime

from marshmallow import fields

from services.chassis.facts import Fact, public
from services.notifications.messages.facts import EXAMPLE, AboutMessage


class DeadlineMissed(
    AboutMessage,
    Fact,
    name="deadline_missed",
    version=1,
    subject="message_id",
    needs_reader=False,
    example={**EXAMPLE, "deadline_at": "2026-11-23T10:20:00+07:00", "clock": "15-minutes"},
):
    """A legal clock ran out before the message was handed over (2659: 15 minutes; 3 working days at a counter)."""

    deadline_at: datetime = public(fields.AwareDateTime(required=True, format="iso"))
    clock: str = public(fields.String(required=True))
