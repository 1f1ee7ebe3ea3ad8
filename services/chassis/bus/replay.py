"""Make held messages due again: those that a person has chosen, and those that an older release could not read."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.bus.held import State, held_messages, in_state
from services.chassis.bus.parking import Reason

#: the publisher was newer than the process that parked it
_TOO_NEW = (Reason.UNKNOWN_TYPE.value, Reason.UNKNOWN_VERSION.value)


def due_again(state: State) -> dict[str, Any]:
    """Return the columns of a message in this state that is to be tried again now, as if for the first time."""
    replays = held_messages.c.replays + (1 if state is State.PARKED else 0)
    due = {"state": State.WAITING.value, "attempts": 0, "trying": False, "parked_at": None, "replays": replays}
    return due | {"due_at": clock.now()}


def replay_what_was_too_new(session: Session, types: Collection[str]) -> int:
    """Make parked facts due that this release can read, and an earlier one could not. Return how many.

    A source may be deployed before its readers (decision 27): what they did not know yet is no person's work.

    :param types: the types of facts that the service reads, as they stand in the envelope.
    """
    chosen = sa.and_(in_state(State.PARKED), held_messages.c.reason.in_(_TOO_NEW), held_messages.c.type.in_(types))
    result: Any = session.execute(sa.update(held_messages).where(chosen).values(**due_again(State.PARKED)))
    return int(result.rowcount)
