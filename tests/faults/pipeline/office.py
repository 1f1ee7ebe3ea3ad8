"""Opens a case for each dossier. With ``CHAOS_BUG=1`` its handler fails on some, with ``CHAOS_MENDED=1`` it knows more facts."""

import os
from typing import Any, ClassVar

import sqlalchemy as sa

from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.bus.outbox import record
from services.chassis.database import ServiceSession
from services.chassis.facts import Reader
from tests.faults.pipeline.facts import CaseOpened, FiledDossier, FiledDossierV2, RefiledDossier
from tests.faults.pipeline.tables import cases

_BUG = os.environ.get("CHAOS_BUG") == "1"
_MENDED = os.environ.get("CHAOS_MENDED") == "1"
#: every so many dossiers the bug strikes
BUG_EVERY = 400


def open_case(session: ServiceSession, fact: FiledDossier | FiledDossierV2 | RefiledDossier) -> None:
    """Not unique on purpose (see tables.py)."""
    if _BUG and isinstance(fact, FiledDossier) and fact.number % BUG_EVERY == 7:
        raise ZeroDivisionError("the office cannot divide by zero")
    session.execute(sa.insert(cases).values(dossier_no=fact.dossier_no))
    record(session, CaseOpened(dossier_no=fact.dossier_no, case_no=f"C-{fact.dossier_no}"))


class Office:
    """The consumer."""

    name = "office"
    publishes = (CaseOpened,)
    reads: ClassVar[dict[type[Reader], Any]] = {
        FiledDossier: open_case,
        **({FiledDossierV2: open_case, RefiledDossier: open_case} if _MENDED else {}),
    }
    subscribers: ClassVar = {"case_opened": ("intake",)}

    outbox = Outbox()

    @subscriber
    def read(self, batch: Any) -> None:
        batch.run()
