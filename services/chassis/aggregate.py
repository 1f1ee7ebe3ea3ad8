"""Base of all aggregates: guards on the status, and facts recorded in the transaction of the change.

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

from typing import ClassVar, Protocol

from sqlalchemy.orm import Mapped, Session, object_session

from services.chassis.bus.outbox import record
from services.chassis.errors import Refused
from services.chassis.facts import Fact


class WrongStatus(Protocol):
    """Makes the refusal of a step that the present status does not allow."""

    def __call__(self, status: str, /) -> Refused: ...


class Aggregate:
    """Mixin for mapped classes whose methods are rules: guards, one change, one fact."""

    status: Mapped[str]
    #: counts published changes; readers detect late messages by it
    revision: Mapped[int]

    wrong_status: ClassVar[WrongStatus]
    #: name of the attribute that every fact about it is correlated by; None leaves that to what is being handled
    correlation: ClassVar[str | None] = None

    @property
    def session(self) -> Session:
        """The session it belongs to.

        :raises RuntimeError: outside a session.
        """
        session = object_session(self)
        if session is None:
            raise RuntimeError(f"{type(self).__name__} acts inside a session")
        return session

    def must_be(self, *statuses: str) -> None:
        """Require that the current status is one of ``statuses``.

        :raises Refused: as `wrong_status` makes it.
        """
        if self.status not in statuses:
            raise self.wrong_status(self.status)

    def tell(self, fact: Fact) -> None:
        """Count one more revision and record the fact, to be sent when the transaction commits (law 4)."""
        self.revision += 1
        correlation_id = getattr(self, self.correlation) if self.correlation else None
        record(self.session, fact, revision=self.revision, correlation_id=correlation_id)
