"""What notifications holds of a person who asks (PDP law)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.chassis.database import ServiceSession
from services.chassis.subjects import Holding, Person, rows_with, shown
from services.notifications.messages.rules import WAITING, Message
from services.notifications.messages.sweeps import erase


def _messages(session: Session, person: Person) -> Sequence[Message]:
    addresses = [address for address in (person.phone, person.email) if address]
    return rows_with(session, Message, Message.address.in_(addresses)) if addresses else []


def _show(message: Message) -> dict[str, Any]:
    return shown(message, without=("fallback", "provider_id", "revision"))


def _erase(session: ServiceSession, message: Message) -> str | None:
    if message.status == WAITING:
        return "it is still to be sent"
    erase(session, message)
    return None


HOLDINGS = (Holding("messages", _messages, _show, _erase),)
