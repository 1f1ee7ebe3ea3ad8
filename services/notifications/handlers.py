"""Handle the facts of other services: each function writes message rows and their jobs (law 2).

The functions stand with those they write to: the people of `dossiers`, the `holders` of accounts, `complaints`, `staff`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.calendar import Correction, follow_list
from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from services.chassis.history.heads import witness
from services.chassis.subjects import Requested, answer
from services.notifications import readers
from services.notifications.complaints import handlers as complaints
from services.notifications.dossiers import handlers as dossiers
from services.notifications.holders import handlers as holders
from services.notifications.staff import handlers as staff
from services.notifications.subjects import HOLDINGS


def calendar_changed(session: ServiceSession, fact: readers.CalendarChanged) -> None:
    """Replace the local copy of the holiday list (W1)."""
    follow_list(session, [Correction(**each) for each in fact.corrections], revision=fact.envelope.revision)


def data_subject_requested(session: ServiceSession, fact: Requested) -> None:
    """Answer somebody who asks what is held of them, for a copy, or for its erasure (P2)."""
    answer(session, fact, HOLDINGS)


HANDLERS: Mapping[type[Reader], Callable[..., Any]] = {
    **dossiers.HANDLERS,
    **holders.HANDLERS,
    **complaints.HANDLERS,
    **staff.HANDLERS,
    readers.CalendarChanged: calendar_changed,
    Requested: data_subject_requested,
    **witness("registration", "verification", "accounts", "feedback"),
}
