"""Tell whether a message that this one may depend on is waiting to be tried again."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.bus.held import State, held_messages, in_state


def is_waiting(session: Session, fact: str, *words: str) -> bool:
    """Tell whether a message of this fact whose body has all ``words`` waits to be tried again. Reads each that waits: few, as a rule.

    :param words: ASCII texts, such as a number that the message is about.
    """
    bodies = sa.select(held_messages.c.body).where(held_messages.c.fact == fact, in_state(State.WAITING))
    return any(all(word.encode() in bytes(body) for word in words) for body in session.scalars(bodies))
