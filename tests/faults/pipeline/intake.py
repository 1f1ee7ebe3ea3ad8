"""Files dossiers up to ``FILING_TOTAL``, at ``FILING_PER_SECOND`` if that is not 0, and notes the case of each."""

import os
import random
import time
from typing import Any, ClassVar

import sqlalchemy as sa
from nameko.extensions import DependencyProvider
from sqlalchemy.exc import SQLAlchemyError

from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.bus.outbox import record
from services.chassis.database import Database, ServiceSession
from services.chassis.errors import Transient
from services.chassis.facts import Reader
from services.chassis.resources import CONFIG_KEY
from tests.faults.pipeline.facts import DossierFiled, OpenedCase
from tests.faults.pipeline.tables import dossiers, replies

_NAMES = ("Nguyễn Thành Biên", "Trần Thị Hòa", "Lê Đức Thuỷ", "Đặng Ngọc Ánh")


def note_case(session: ServiceSession, fact: OpenedCase) -> None:
    """Not unique on purpose (see tables.py)."""
    session.execute(sa.insert(replies).values(dossier_no=fact.dossier_no))


def file_some(database: Database, total: int, at_most: int) -> int:
    """File the next few dossiers in one transaction; answers how many."""
    with database.write() as session:
        last = session.execute(sa.select(sa.func.max(dossiers.c.number))).scalar() or 0
        numbers = range(last + 1, min(last + at_most, total) + 1)
        for number in numbers:
            session.execute(sa.insert(dossiers).values(number=number, dossier_no=f"D-{number}"))
            name = _NAMES[number % len(_NAMES)]
            record(session, DossierFiled(dossier_no=f"D-{number}", number=number, full_name=name))
    return len(numbers)


class Filing(DependencyProvider):
    """Files without anybody asking, and goes on after every fault."""

    def setup(self) -> None:
        self._database = self.container.config[CONFIG_KEY].db
        self._total = int(os.environ["FILING_TOTAL"])
        self._per_second = float(os.environ.get("FILING_PER_SECOND", "0"))
        self._stopping = False

    def start(self) -> None:
        self.container.spawn_managed_thread(self._run, identifier="filing")

    def stop(self) -> None:
        self._stopping = True

    def _run(self) -> None:
        while not self._stopping:
            wanted = random.randint(1, 20)
            try:
                filed = file_some(self._database, self._total, wanted)
            except (SQLAlchemyError, Transient):
                time.sleep(0.3)
                continue
            if not filed:
                time.sleep(0.2)
            else:
                time.sleep(filed / self._per_second if self._per_second else 0)


class Intake:
    """The producer."""

    name = "intake"
    publishes = (DossierFiled,)
    reads: ClassVar[dict[type[Reader], Any]] = {OpenedCase: note_case}
    subscribers: ClassVar = {"dossier_filed": ("office",)}

    outbox = Outbox()
    filing = Filing()

    @subscriber
    def read(self, batch: Any) -> None:
        batch.run()
