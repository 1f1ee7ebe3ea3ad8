"""How a declaration waits: for the person, for a guardian's pictures, or unfinished after a visit (I6). What comes due: `sweeps.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.aggregate import Aggregate
from services.chassis.calendar import day_ending_at
from services.registration.expiry.facts import (
    DeclarationExpired,
    DeclarationExpiring,
    DeclarationExtended,
    DeclarationUnfinished,
    PicturesAwaited,
)
from services.registration.expiry.terms import Term

POST = "post"


class Waiting(Aggregate):
    """The part of a declaration that has to do with time."""

    dossier_no: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    route: Mapped[str]
    filing: Mapped[str]
    subject: Mapped[dict[str, Any] | None]
    contact: Mapped[dict[str, Any] | None]
    attachments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: a code from the phone, an account or an officer has said that the phone is theirs (I11)
    phone_proved: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    ended_at: Mapped[datetime | None]

    #: kinds of pictures that an officer has asked a guardian for (702 app. 1 step 8); None: nothing is asked for
    awaited: Mapped[list[str] | None]
    #: the day told to the person; `expires_at` is the first instant after it (None in rows of an earlier release)
    last_day: Mapped[date | None]
    expires_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    #: when it is cancelled and erased, some hours after `expires_at`: not everybody's at one moment
    close_at: Mapped[datetime | None]
    #: until when an office may record that the letter has come (I12); None where none is expected
    letters_until: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    #: when the person is told that it lies unfinished (I6); None in rows of an earlier release, too
    left_due_at: Mapped[datetime | None]
    #: since when it may be withdrawn although it was received
    left_at: Mapped[datetime | None]

    @property
    def by_post(self) -> bool:
        """Tell whether a letter brings the papers, so that nobody has to come (I12)."""
        return self.filing == POST and self.route in ("portal", "counter")

    @property
    def erased(self) -> bool:
        """Tell whether the person's data have been deleted."""
        return self.subject is None

    def warn(self, now: datetime) -> None:
        """Warn the person that the ten days are nearly over (I6, ours)."""
        if self.expires_at is None:
            raise ValueError("a declaration without an expiry cannot be expiring")
        self.warned_at = now
        self.tell(DeclarationExpiring(expires_at=self.expires_at, last_day=self.last_day, **self._named_person()))

    def extend(self, term: Term) -> None:
        """Move the last day to a later one, because the calendar has changed (I6).

        :raises ValueError: for an earlier one: a date once told to a person never moves earlier (W1).
        """
        if self.expires_at is None or term.expires_at <= self.expires_at:
            raise ValueError("a declaration can only be given more days")
        before = self.last_day or day_ending_at(self.expires_at)
        self.last_day, self.expires_at, self.warn_at, self.close_at, self.letters_until = term
        self.tell(
            DeclarationExtended(
                expires_at=term.expires_at, last_day=term.last_day, previous_last_day=before, **self._named_person()
            )
        )

    def await_pictures(self, kinds: Sequence[str], term: Term) -> None:
        """Wait for pictures that an officer has asked the guardian for (702 app. 1 step 8); sent in the meantime: nothing to do."""
        kinds = [kind for kind in kinds if kind not in self.attachments]
        if self.status != "submitted" or self.awaited or not kinds:
            return
        self.awaited, self.warned_at = kinds, None
        self.last_day, self.expires_at, self.warn_at, self.close_at, self.letters_until = term
        self.tell(
            PicturesAwaited(pictures=kinds, expires_at=term.expires_at, last_day=term.last_day, **self._named_person())
        )

    def note_pictures(self) -> None:
        """Wait for nothing any more when all that a guardian was asked for are here (I6)."""
        if self.awaited and not set(self.awaited) - self.attachments.keys():
            self.awaited = self.last_day = self.expires_at = self.warn_at = self.close_at = None

    def leave(self, now: datetime) -> None:
        """Record that nobody has finished what an officer received: the person is told, and may withdraw or file anew (I6).

        One that was expired before the news of the receipt came has no data here any more, so nobody can be told.
        """
        self.left_at = now
        if self.erased:
            return
        self.tell(DeclarationUnfinished(noticed_at=now, **self._named_person()))

    def expire(self, now: datetime) -> None:
        """Cancel the declaration: nobody came in time (I6, 2659 step 3). The caller erases it in the same transaction."""
        self.status, self.ended_at = "expired", now
        self.tell(DeclarationExpired(expired_at=now, last_day=self.last_day, **self._named_person()))

    def _named_person(self) -> dict[str, Any]:
        """Return the fields that the facts about its expiry share: the declaration, and whom to notify."""
        if self.subject is None or self.contact is None:
            raise ValueError("the data of this declaration have been deleted")
        return {
            "dossier_no": self.dossier_no,
            "kind": self.kind,
            "route": self.route,
            "bhxh_code": self.subject["bhxh_code"],
            "full_name": self.subject["full_name"],
            "contact": self.contact,
            "filing": self.filing,
            "phone_proved": self.phone_proved,
        }
