"""What was counted: one row for each budget and window, shared by all processes."""

from __future__ import annotations

from services.chassis.web.throttles import Counted
from services.notifications.schema import Base


class Spent(Counted, Base):
    """How many messages one budget has let through since its window began. Keys of addresses and matters are hashes."""

    __tablename__ = "message_budgets"
