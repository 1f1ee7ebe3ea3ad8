"""The service of peer (b), written as any service of this project is: facts, a reader, a table, a handler, one class."""

import os
import threading
from datetime import timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from marshmallow import fields
from nameko.extensions import DependencyProvider
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.chassis import clock
from services.chassis.bus import inbox
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.bus.outbox import record
from services.chassis.database import ServiceSession
from services.chassis.facts import Fact, Reader, private, reads
from services.chassis.resources import CONFIG_KEY
from services.chassis.sweeps import Guard
from tests.bench.peers import terms as peer
from tests.bench.wire import OUT_KEY, case_of, dossier


class CaseOpened(Fact, name=OUT_KEY, version=1, subject="dossier_no", example=case_of(dossier(1))):
    """A case was opened for a dossier."""

    dossier_no: str = private(fields.String(required=True))
    full_name: str = private(fields.String(required=True))
    bhxh_code: str = private(fields.String(required=True))
    id_number: str = private(fields.String(required=True))
    phone: str = private(fields.String(required=True))
    email: str = private(fields.String(required=True))
    address: str = private(fields.String(required=True))
    office: str = private(fields.String(required=True))
    case_no: str = private(fields.String(required=True))


class DossierFiled(Reader, service="front", name="dossier_filed", version=1):
    """All of it, since all of it is told on."""

    dossier_no: str = reads(fields.String(required=True))
    full_name: str = reads(fields.String(required=True))
    bhxh_code: str = reads(fields.String(required=True))
    id_number: str = reads(fields.String(required=True))
    phone: str = reads(fields.String(required=True))
    email: str = reads(fields.String(required=True))
    address: str = reads(fields.String(required=True))
    office: str = reads(fields.String(required=True))


class Base(DeclarativeBase):
    """Of the hop's own tables."""


class Dossier(Base):
    """The business row."""

    __tablename__ = "dossiers"

    dossier_no: Mapped[str] = mapped_column(primary_key=True)
    full_name: Mapped[str]
    bhxh_code: Mapped[str]
    office: Mapped[str]
    state: Mapped[str]
    opened_at: Mapped[Any] = mapped_column(sa.DateTime(timezone=True))


def open_case(session: ServiceSession, fact: DossierFiled) -> None:
    """One business row, one fact."""
    session.add(
        Dossier(
            dossier_no=fact.dossier_no,
            full_name=fact.full_name,
            bhxh_code=fact.bhxh_code,
            office=fact.office,
            state="open",
            opened_at=clock.now(),
        )
    )
    record(
        session,
        CaseOpened(
            dossier_no=fact.dossier_no,
            full_name=fact.full_name,
            bhxh_code=fact.bhxh_code,
            id_number=fact.id_number,
            phone=fact.phone,
            email=fact.email,
            address=fact.address,
            office=fact.office,
            case_no=f"C-{fact.dossier_no}",
        ),
    )


class Ready(DependencyProvider):
    """Says when consuming is about to begin; with ``BENCH_PRUNES=1`` old ids are forgotten from then on, as housekeeping does."""

    def setup(self) -> None:
        """Set-up of all extensions comes before the start of any."""
        if os.environ.get("BENCH_PRUNES") == "1":
            resources = self.container.config[CONFIG_KEY]
            told = (resources.db, Guard.of(resources))
            threading.Thread(target=inbox.pruning(timedelta(days=30)).run, args=told, daemon=True).start()
        peer.ready()


class Hop:
    """Peer (b)."""

    name = "hop"
    publishes = (CaseOpened,)
    reads: ClassVar[dict[type[Reader], Any]] = {DossierFiled: open_case}
    subscribers: ClassVar = {"case_opened": ("archive",)}

    outbox = Outbox()
    ready = Ready()

    @subscriber
    def read(self, batch: Any) -> None:
        """Handle what has arrived."""
        batch.run()
