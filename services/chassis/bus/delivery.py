"""A message between its arrival and the end of the transaction that deals with it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import amqp

from services.chassis.bus.numbering import Place
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way
from services.chassis.bus.reading import Readable


@dataclass(slots=True)
class Delivery:
    """A message on its way to be handled or held."""

    message: amqp.Message
    #: what inbox and table know it by
    key: uuid.UUID
    #: how it came
    way: Way
    #: None: it is parked, for ``reason``
    readable: Readable | None = None
    reason: Reason = Reason.HANDLER_ERROR
    error: str = ""
    #: rounds that failed before this one
    attempts: int = 0
    #: when an earlier release saw it first, if one did
    first_seen_at: datetime | None = None
    #: its personal data have gone with the dossier's: only that it was told counts
    erased: bool = False
    #: it tells only how far the source has come
    reminder: bool = False
    #: its place on its lane, if it is believed
    place: Place | None = None

    @property
    def fact_name(self) -> str | None:
        """The fact's name; None if the message was not understood."""
        return self.readable.fact.fact_name if self.readable else None
