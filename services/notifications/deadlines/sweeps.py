"""Find messages that missed their legal deadline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.observe.logs import get_logger
from services.chassis.sweeps import Limit, Sweep
from services.notifications.messages.rules import Message

log = get_logger(__name__)


def overdue(now: datetime) -> sa.Select[Any]:
    """Select the messages whose legal deadline has passed: not sent yet, or sent late."""
    return sa.select(Message).where(Message.watched_until.is_not(None), Message.watched_until <= now)


def miss(_session: Session, message: Message) -> None:
    """Tell `DeadlineMissed` for the message, once (2659)."""
    log.warning("deadline_missed", message_id=str(message.id), kind=message.urgency)
    message.miss_deadline()


sweeps = (Sweep("watch_deadlines", overdue, miss, limit=Limit.NONE, every_seconds=10.0),)
