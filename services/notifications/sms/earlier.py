"""What may have become of an SMS in earlier attempts: by which road it may be on its way, and whether that road knows of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.jobs import Job
from services.notifications.messages.rules import Message
from services.notifications.messages.sending import Before, known_before, may_be_known_since, refuse_another_copy
from services.notifications.sms.port import TWILIO, Sms, SmsAccountRefused, SmsProvider

#: of a road that cannot be asked, the first copy whose outcome is unknown waits for its events, and then for a person
_COPIES_UNASKED, _COPIES_ASKED = 1, 2


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that a provider has taken."""

    provider_id: str
    road: str


class Earlier:
    """The earlier attempts of one job. The road is recorded before each call: whoever dies in it leaves word."""

    def __init__(self, db: Database, providers: Mapping[str, SmsProvider], job: Job, sms: Sms, seconds: float) -> None:
        self._db, self._providers, self._job, self._sms, self._seconds = db, providers, job, sms, seconds
        self._before = known_before(db, job) if job.may_have_run or job.last_error else Before(None, None)
        self._unasked = False

    @property
    def only(self) -> str | None:
        """Return the road that alone may get the SMS again, as nobody knows whether it has it; None: any may."""
        return self._last if self._job.may_have_run and not self._told_before_restore else None

    @property
    def _last(self) -> str:
        # what earlier releases tried by the only road there was is not written down
        return self._before.road or TWILIO

    def copy(self) -> Copy | None:
        """Return an earlier attempt that got through, if a callback or its provider knows of one."""
        if self._before.provider_id:
            return Copy(self._before.provider_id, self._last)
        if not self._job.may_have_run:
            return None
        # told before this database was restored: nobody knows by which road
        asked = list(self._providers) if self._told_before_restore else [self._last]
        for road in asked:
            if found := self._ask(road):
                return Copy(found, road)
        return None

    def _ask(self, road: str) -> str | None:
        provider = self._providers.get(road)
        if provider is None:
            raise SmsAccountRefused("road_unused", f"it may have gone by {road}, which SMS_PROVIDER does not name any more")
        found = provider.find(self._sms, since=may_be_known_since(self._job), timeout=self._seconds)
        self._unasked |= found is None
        return _first_unclaimed(self._db, found or [])

    @property
    def _told_before_restore(self) -> bool:
        return "told_at" in self._job.payload and self._before.road is None

    def refuse_another(self) -> None:
        """Check that another copy may be sent, none being known.

        :raises CopiesUnknown: otherwise: a person decides.
        """
        refuse_another_copy(self._job, most=_COPIES_UNASKED if self._unasked else _COPIES_ASKED)

    def record(self, road: str) -> None:
        """Write down that the SMS is about to be handed to this road."""
        untold = self._before.road is None and not self._job.may_have_run
        if road == (TWILIO if untold else self._before.road):
            return
        with self._db.write() as session:
            mine = sa.update(Message).where(Message.id == uuid.UUID(self._job.key), Message.provider_id.is_(None))
            session.execute(mine.values(road=road).execution_options(synchronize_session=False))
        self._before = Before(self._before.provider_id, road)


def _first_unclaimed(db: Database, found: list[str]) -> str | None:
    """Return the first id that belongs to no other message: the same text to one person may be two messages."""
    if not found:
        return None
    with db.read() as session:
        claimed = set(session.scalars(sa.select(Message.provider_id).where(Message.provider_id.in_(found))))
    return next((each for each in found if each not in claimed), None)
