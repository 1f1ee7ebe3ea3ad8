"""What readers miss according to the numbers of their sources, looked up at once instead of after the grace time; and mending it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.bus.gaps import Gap, Gaps, gaps
from services.chassis.bus.inbox import inbox
from services.chassis.bus.resend import Resend, Which
from services.chassis.bus.telling import telling_of
from services.chassis.database import Database
from services.chassis.discovery import load
from tests.operations.site import Site


def find_gaps(site: Site) -> list[tuple[str, Gap]]:
    """Return each reader's gaps, as `vss facts gaps` will in half a minute."""
    found: list[tuple[str, Gap]] = []
    clock.use_offset_file(site.system.clock_file)  # by which the readers have noted when something came
    try:
        for reader in site.survey.services:
            with _open(site, reader) as database:
                with database.read() as session:
                    seen = session.scalars(sa.select(inbox.c.origin).where(inbox.c.origin.is_not(None)).distinct()).all()
                Gaps(reader, database, [origin for origin in seen if origin], {}, grace=timedelta(0)).look()
                with database.read() as session:
                    found += [(reader, gap) for gap in gaps(session)]
    finally:
        clock.use_offset_file(None)
    return found


def resend(site: Site, found: list[tuple[str, Gap]]) -> int:
    """Do what each gap's remedy says; return how many facts were told again."""
    told = 0
    for reader, gap in found:
        which = Which(epoch=gap.epoch, first=gap.first, last=gap.last)
        with _open(site, gap.source) as database:
            secrets = telling_of(load(gap.source)).secrets
            again = Resend(database, gap.source, reader, which, secrets=secrets, renewals={})
            told += again.run(site.system.amqp_uri).facts
    return told


@contextmanager
def _open(site: Site, service: str) -> Iterator[Database]:
    database = Database(site.urls[service])
    try:
        yield database
    finally:
        database.dispose()
