"""What every aggregate does in one way: guards its status, and tells a fact in the transaction of its change.

::

    class Complaint(Aggregate, Base):
        wrong_status = WrongStatus                    # a Refused that takes the present status
        correlation = "complaint_no"                  # the attribute that names the matter all along

        def acknowledge(self, by: Actor) -> None:
            self.must_be(RECEIVED)
            self.status = ACKNOWLEDGED
            self.tell(ComplaintAcknowledged(complaint_no=self.complaint_no, …))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from sqlalchemy.orm import Mapped, Session, object_session

from services.chassis.bus.outbox import record
from services.chassis.errors import Refused
from services.chassis.facts import Fact


class Aggregate:
    """Mixin of a mapped class whose methods are rules: guards, one change, one fact."""

    status: Mapped[str]
    #: counts the changes that others hear of; readers tell by it what came late
    revision: Mapped[int]

    #: makes the refusal of a step that the present status does not allow
    wrong_status: ClassVar[Callable[[str], Refused]]
    #: name of the attribute that every fact about it is correlated by; None leaves that to what is being handled
    correlation: ClassVar[str | None] = None

    @property
    def session(self) -> Session:
        """The session that it was loaded in or added to.

        :raises RuntimeError: if there is none: an aggregate acts inside a transaction.
        """
        session = object_session(self)
        if session is None:
            raise RuntimeError(f"{type(self).__name__} acts inside a session")
        return session

    def must_be(self, *statuses: str) -> None:
        """Go on only if the present status is one of ``statuses``.

        :raises Refused: as `wrong_status` makes it.
        """
        if self.status not in statuses:
            raise type(self).wrong_status(self.status)

    def tell(self, fact: Fact) -> None:
        """Count one more revision and record the fact, to be sent when the transaction commits (law 4)."""
        self.revision += 1
        correlation_id = getattr(self, self.correlation) if self.correlation else None
        record(self.session, fact, revision=self.revision, correlation_id=correlation_id)
