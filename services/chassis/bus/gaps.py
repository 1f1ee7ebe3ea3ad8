"""What a reader misses: holes in the numbers that each source gives the facts it tells this service.

Looked for at the start, each minute and when a queue was lost, among the numbers in the inbox. A hole counts once something that
came after it has been here for a while: until then it may still be on its way. Numbers are given without holes, so what is missing
was lost after the broker confirmed it: with its queue, its broker, or this service's own restored database. ``vss facts resend``
brings it. A number that two facts bear means that the *source* was restored and numbers anew (``vss after-restore``).
"""

import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.bus.given_twice import earlier_epochs, given_twice
from services.chassis.bus.inbox import inbox
from services.chassis.database import Database, Instant, chassis_metadata
from services.chassis.observe import metrics
from services.chassis.observe.logs import get_logger

log = get_logger(__name__)

_MOST_GAPS = 1_000

fact_sources = sa.Table(
    "fact_sources",
    chassis_metadata,
    #: "<source> <epoch>"
    sa.Column("origin", sa.Text(), primary_key=True),
    #: numbers up to here are here, or in ``fact_gaps``
    sa.Column("scanned", sa.BigInteger(), nullable=False),
    #: numbers that two facts bear; with the newest epoch of a source, also those of earlier epochs given since it began
    sa.Column("twice", sa.BigInteger(), nullable=False),
    sa.Column("looked_at", Instant(), nullable=False),
)

fact_gaps = sa.Table(
    "fact_gaps",
    chassis_metadata,
    sa.Column("origin", sa.Text(), primary_key=True),
    sa.Column("first", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("last", sa.BigInteger(), nullable=False),
    sa.Column("found_at", Instant(), nullable=False),
)


class Gap(NamedTuple):
    """Numbers ``first`` to ``last`` of a source that are not here."""

    source: str
    epoch: int
    first: int
    last: int
    found_at: datetime

    @property
    def size(self) -> int:
        """How many facts are missing."""
        return self.last - self.first + 1

    def remedy(self, reader: str) -> str:
        """The command that has them told again, where the source's settings are."""
        numbers = f"{self.epoch}:{self.first}-{self.last}"
        return f"vss facts resend --from {self.source} --to {reader} --numbers {numbers}"


def gaps(session: Session) -> list[Gap]:
    """Return what is known to be missing, by source."""
    rows = session.execute(sa.select(fact_gaps).order_by(fact_gaps.c.origin, fact_gaps.c.first))
    return [_gap(row.origin, row.first, row.last, row.found_at) for row in rows]


def forget(session: Session) -> int:
    """Forget every gap that is known: what was told too long ago, or before a restore, nobody can tell again. Return how many."""
    return len(session.execute(sa.delete(fact_gaps).returning(fact_gaps.c.first)).all())


def went_back(session: Session) -> list[str]:
    """Return the sources that gave a number to two facts, of whatever epoch, and have begun no new epoch since: they were restored."""
    newest: dict[str, tuple[int, int]] = {}
    for origin, twice in session.execute(sa.select(fact_sources.c.origin, fact_sources.c.twice)):
        source, _, epoch = origin.partition(" ")
        newest[source] = max(newest.get(source, (0, 0)), (int(epoch), twice))
    return sorted(source for source, (_, twice) in newest.items() if twice)


def remedy_of_restored(source: str) -> str:
    """Return the command for a source that went back: it has run since, so the newest moment that it knows is not its backup's."""
    return f"vss after-restore {source} --since MOMENT_OF_THE_BACKUP"


def _gap(origin: str, first: int, last: int, found_at: datetime) -> Gap:
    source, _, epoch = origin.partition(" ")
    return Gap(source, int(epoch), first, last, found_at)


class Gaps:
    """Looks for gaps in what ``service`` has received.

    :param origins: who has numbered what came to this process; others are known from the database.
    :param heads: how far these said to have come, and when this was heard.
    :param grace: how long a later number must have been here before an earlier one counts as missing.
    """

    def __init__(
        self,
        service: str,
        database: Database,
        origins: Collection[str],
        heads: Mapping[str, tuple[int, datetime]],
        *,
        grace: timedelta,
    ) -> None:
        self._service = service
        self._database = database
        self._origins = origins
        self._heads = heads
        self._grace = grace
        self._metrics = metrics.of(service)
        self._told: set[tuple[str, int, int]] = set()
        self._restored: list[str] = []
        self._lock = threading.Lock()

    def problem(self) -> str | None:
        """What the last look found, and what to do; None if nothing is missing."""
        if restored := sorted(self._restored):
            return f"{', '.join(restored)} numbers anew what it tells: it was restored. {remedy_of_restored(restored[0])}"
        if self._told:
            missing = sum(last - first + 1 for _, first, last in self._told)
            return f"{missing} facts were told and never came: vss facts gaps --service {self._service}"
        return None

    def look(self, _stopping: Any = None) -> None:
        """Look once: note new gaps, forget filled ones, and tell."""
        with self._lock, self._database.write() as session:
            for origin in sorted(self._origins):
                _insert(session, fact_sources, origin=origin, scanned=0, twice=0, looked_at=clock.now())
            # locked: each process of the service looks
            sources = sa.select(fact_sources.c.origin, fact_sources.c.scanned).order_by(fact_sources.c.origin)
            known = dict(session.execute(sources.with_for_update()).all())
            for origin, scanned in known.items():
                self._look_at(session, origin, scanned, earlier_epochs(origin, known))
            found, restored = gaps(session), went_back(session)
        self._tell(found, restored, {origin.split(" ")[0] for origin in known})

    def _look_at(self, session: Session, origin: str, scanned: int, earlier: list[str]) -> None:
        now = clock.now()
        of_origin = (inbox.c.origin == origin, inbox.c.number.is_not(None))
        settled = session.scalar(
            sa.select(sa.func.max(inbox.c.number)).where(
                *of_origin, inbox.c.number > scanned, inbox.c.received_at <= now - self._grace
            )
        )
        head, heard_at = self._heads.get(origin, (0, now))
        if head > max(settled or 0, scanned) and heard_at <= now - self._grace:
            settled = head
        for first, last in _still_missing(session, origin):
            _insert(session, fact_gaps, origin=origin, first=first, last=last, found_at=now)
        if settled is not None:
            for first, last in _missing(session, origin, scanned, settled):
                _insert(session, fact_gaps, origin=origin, first=first, last=last, found_at=now)
            scanned = settled
        looked = session.scalar(sa.select(fact_sources.c.looked_at).where(fact_sources.c.origin == origin))
        twice = given_twice(session, origin, earlier, since=(looked or now) - 2 * self._grace)
        session.execute(
            sa.update(fact_sources)
            .where(fact_sources.c.origin == origin)
            .values(
                scanned=scanned,
                looked_at=now,
                twice=sa.case((fact_sources.c.twice > twice, fact_sources.c.twice), else_=twice),
            )
        )

    def _tell(self, found: list[Gap], restored: list[str], sources: set[str]) -> None:
        for source in sources:
            self._metrics.facts_missing[source].set(sum(gap.size for gap in found if gap.source == source))
            self._metrics.source_went_back[source].set(source in restored)
        known = {(f"{gap.source} {gap.epoch}", gap.first, gap.last) for gap in found}
        for gap in found:
            if (f"{gap.source} {gap.epoch}", gap.first, gap.last) not in self._told:
                log.error(
                    "facts_missing", source=gap.source, count=gap.size, remedy=f"vss facts gaps --service {self._service}"
                )
        for source in restored:
            log.error("source_went_back", source=source, remedy=remedy_of_restored(source))
        self._told, self._restored = known, restored


def _insert(session: Session, table: sa.Table, **values: Any) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(table).values(values).on_conflict_do_nothing())


def _missing(session: Session, origin: str, after: int, upto: int) -> list[tuple[int, int]]:
    """Return the ranges of numbers above ``after`` up to ``upto`` that are not in the inbox."""
    mine = (inbox.c.origin == origin, inbox.c.number > after, inbox.c.number <= upto)
    highest = session.scalar(sa.select(sa.func.max(inbox.c.number)).where(*mine)) or after
    return _holes(session, origin, after, upto) + ([(highest + 1, upto)] if highest < upto else [])


def _holes(session: Session, origin: str, after: int, upto: int) -> list[tuple[int, int]]:
    """Return those of these ranges that a number which is there follows; at most 1,000."""
    numbers = (
        sa.select(
            inbox.c.number.label("number"),
            sa.func.lag(inbox.c.number, 1, after).over(order_by=inbox.c.number).label("before"),
        )
        .where(inbox.c.origin == origin, inbox.c.number > after, inbox.c.number <= upto)
        .subquery()
    )
    rows = session.execute(
        sa.select(numbers.c.before + 1, numbers.c.number - 1)
        .where(numbers.c.number > numbers.c.before + 1)
        .order_by(numbers.c.number)
        .limit(_MOST_GAPS)
    ).all()
    return [(first, last) for first, last in rows]


def _still_missing(session: Session, origin: str) -> list[tuple[int, int]]:
    """Delete the gaps of ``origin`` that something has arrived in; return what is left of them."""
    left: list[tuple[int, int]] = []
    known = session.execute(sa.select(fact_gaps.c.first, fact_gaps.c.last).where(fact_gaps.c.origin == origin)).all()
    for first, last in known:
        inside = (inbox.c.origin == origin, inbox.c.number.between(first, last))
        if not session.scalar(sa.select(inbox.c.number).where(*inside).limit(1)):
            continue
        session.execute(sa.delete(fact_gaps).where(fact_gaps.c.origin == origin, fact_gaps.c.first == first))
        left += _missing(session, origin, first - 1, last)
    return left
