"""Compute the chain again and compare it with what is stored, and with the heads that were told (V16).

Each tampering leaves its own trace:

- ``changed``: an entry is not what its link was made of; ``deleted``: an entry with a link is gone; ``link_missing``: a link is;
- ``inserted``: an entry got its link after a head that is younger than the entry by more than an hour;
- ``rewritten``: the link at a head's position has another hash than was told, so somebody made the chain anew after the head before it;
- ``cut_off``: a head was told of a position that the chain does not reach;
- ``unlinked``: an entry that should have had its link long ago has none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock
from services.chassis.history.chain import BEGINNING, Link, hash_of, history_links, newest, unchained
from services.chassis.history.heads import Head

#: an entry becomes visible and gets its link within this time, unless the chain stands still; then no head is told either
GRACE = timedelta(hours=1)
_PAGE = 1000


@dataclass(frozen=True)
class Fault:
    """One thing that does not fit. ``position`` is where in the chain; None for an entry that is not in it."""

    what: str
    position: int | None = None
    entry_table: str | None = None
    entry_seq: int | None = None
    #: for what a head shows: the last position that is certainly as it was told
    after: int | None = None
    said_by: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What was found: the first faults in the order of the chain, and how much was looked at."""

    links: int
    #: position of the newest link
    newest: int
    faults: Sequence[Fault]
    #: whom the heads came from that were compared
    said_by: Sequence[str]

    @property
    def whole(self) -> bool:
        return not self.faults


def verify(
    session: Session,
    tables: Mapping[str, sa.Table],
    heads: Sequence[Head],
    *,
    since: datetime | None = None,
    most: int = 100,
) -> Verdict:
    """Verify the chain from the newest head at or before ``since``, or all of it; stop after ``most`` faults.

    :param heads: what was told of this history, by whomever; those from before ``since`` only say where to begin.
    """
    begin = max((head for head in heads if since and head.at <= since), key=lambda head: head.position, default=None)
    start = Link(begin.position, begin.hash) if begin else Link(0, BEGINNING)
    compared = [head for head in heads if since is None or head.at > since]
    state = _Walk(session, tables, sorted(compared, key=lambda head: (head.position, head.at)), start, begin)
    faults: list[Fault] = []
    for fault in state.faults():
        faults.append(fault)
        if len(faults) >= most:
            break
    return Verdict(state.links, newest(session).position, faults, sorted({head.said_by for head in compared}))


class _Walk:
    """One walk along the chain."""

    def __init__(
        self, session: Session, tables: Mapping[str, sa.Table], heads: list[Head], start: Link, begin: Head | None
    ) -> None:
        self._session = session
        self._tables = tables
        self._heads = heads
        #: the link before, as it is stored
        self._before = start
        #: the last position at which a head agreed, and when that head was told
        self._sure = start.position
        self._told_at = begin.at if begin else None
        self._since = begin.at if begin else None
        self.links = 0

    def faults(self) -> Iterator[Fault]:
        """Yield what does not fit, along the chain and then beside it."""
        while page := self._page():
            entries = self._entries(page)
            for row in page:
                yield from self._at(row, entries.get((row.entry_table, row.entry_seq)))
        for head in self._heads:
            if head.position > self._before.position:
                yield Fault("cut_off", head.position, after=self._sure, said_by=head.said_by)
        yield from self._beside()

    def _page(self) -> Sequence[Any]:
        after = history_links.c.position > self._before.position
        query = sa.select(history_links).where(after).order_by(history_links.c.position).limit(_PAGE)
        return self._session.execute(query).all()

    def _entries(self, page: Sequence[Any]) -> dict[tuple[str, int], sa.RowMapping]:
        wanted: dict[str, list[int]] = {}
        for row in page:
            wanted.setdefault(row.entry_table, []).append(row.entry_seq)
        return {
            (name, row["seq"]): row
            for name, numbers in wanted.items()
            if (table := self._tables.get(name)) is not None
            for row in self._session.execute(sa.select(table).where(table.c.seq.in_(numbers))).mappings()
        }

    def _at(self, row: Any, entry: sa.RowMapping | None) -> Iterator[Fault]:
        where = {"position": row.position, "entry_table": row.entry_table, "entry_seq": row.entry_seq}
        self.links += 1
        if row.position != self._before.position + 1:
            yield Fault("link_missing", self._before.position + 1)
        elif entry is None:
            yield Fault("deleted", **where)
        elif hash_of(self._before, row.entry_table, entry) != row.hash:
            yield Fault("changed", **where)
        elif self._told_at is not None and entry["at"] < self._told_at - GRACE:
            yield Fault("inserted", **where)
        self._before = Link(row.position, row.hash)
        while self._heads and self._heads[0].position <= row.position:
            yield from self._compare(self._heads.pop(0), row)

    def _compare(self, head: Head, row: Any) -> Iterator[Fault]:
        if head.position == row.position and head.hash == row.hash:
            self._sure, self._told_at = head.position, head.at
        elif head.position == row.position or head.position > self._sure:
            yield Fault("rewritten", head.position, after=self._sure, said_by=head.said_by)

    def _beside(self) -> Iterator[Fault]:
        """Yield entries without a link."""
        late = clock.now() - GRACE
        for name, table in self._tables.items():
            for row in unchained(self._session, table, limit=_PAGE, everything=self._since is None):
                if row["at"] < late:
                    yield Fault("unlinked", entry_table=name, entry_seq=row["seq"])
