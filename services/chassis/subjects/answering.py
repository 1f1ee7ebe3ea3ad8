"""Answer a data subject's request from one service's database, in the transaction of the fact that carries it."""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis.bus import erasure, outbox
from services.chassis.database import ServiceSession
from services.chassis.seal import Opener, Sealer
from services.chassis.subjects.facts import ERASE, EXPORT, DataSubjectAnswered, DataSubjectRequested, Requested
from services.chassis.subjects.person import Person

#: of base64 in one box, which holds 64 KiB
_PIECE = 60_000


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of records of a service.

    :param data: what they are, in a word or two.
    :param of: the records about a person, locked if they may be erased.
    :param show: a record as JSON values, without hashes and keys of our own.
    :param erase: erases a record's personal data; returns why it stays instead, or None.
    """

    data: str
    of: Callable[[Session, Person], Sequence[Any]]
    show: Callable[[Any], dict[str, Any]]
    erase: Callable[[ServiceSession, Any], str | None]


def answer(session: ServiceSession, fact: Requested, holdings: Iterable[Holding]) -> None:
    """Tell `DataSubjectAnswered`: what is held; erased, or why it stays; copies, sealed."""
    outbox.record(session, answer_of(session, fact, holdings), correlation_id=fact.request_no)
    erasure.erase(session, fact.request_no, waiting=False)


def answer_of(
    session: ServiceSession, asked: Requested | DataSubjectRequested, holdings: Iterable[Holding]
) -> DataSubjectAnswered:
    """Return the answer, having erased what is to be erased."""
    person = Person(**asked.person)
    found, erased, stays, records = Counter[str](), Counter[str](), Counter[tuple[str, str]](), {}
    for holding in holdings:
        rows = holding.of(session, person)
        found[holding.data] = len(rows)
        if asked.action == EXPORT:
            records[holding.data] = [holding.show(row) for row in rows]
        if asked.action == ERASE:
            for row in rows:
                why = holding.erase(session, row)
                if why is None:
                    erased[holding.data] += 1
                else:
                    stays[holding.data, why] += 1
    return DataSubjectAnswered(
        request_no=asked.request_no,
        found=dict(found),
        erased=dict(erased),
        staying=[{"data": data, "count": count, "why": why} for (data, why), count in stays.items()],
        sealed_records=_sealed(records, asked.request_no, asked.public_key) if asked.action == EXPORT else None,
    )


def open_answer(boxes: Iterable[str], request_no: str, opener: Opener) -> dict[str, Any]:
    """Return the records in the boxes of one service's answer."""
    pieces = [opener.open(box, _context(request_no, number))["piece"] for number, box in enumerate(boxes)]
    records: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode("".join(pieces))))
    return records


def rows_with(session: Session, kind: type[Any], *conditions: sa.ColumnElement[bool]) -> list[Any]:
    """Return the records that meet any of these conditions, locked; none without a condition."""
    if not conditions:
        return []
    return list(session.scalars(sa.select(kind).where(sa.or_(*conditions)).with_for_update()))


def shown(row: Any, *, without: Iterable[str] = ()) -> dict[str, Any]:
    """Return the columns of a record as JSON values, without those named and without bytes, which are hashes."""
    left_out = set(without)
    values = {each.key: getattr(row, each.key) for each in sa.inspect(type(row)).column_attrs if each.key not in left_out}
    return {name: _json(value) for name, value in values.items() if not isinstance(value, bytes)}


def _json(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)


def _sealed(records: dict[str, Any], request_no: str, public_key: str) -> list[str]:
    text = base64.b64encode(zlib.compress(json.dumps(records, ensure_ascii=False).encode())).decode()
    sealer = Sealer(public_key)
    starts = range(0, len(text), _PIECE)
    return [
        sealer.seal({"piece": text[start : start + _PIECE]}, _context(request_no, number))
        for number, start in enumerate(starts)
    ]


def _context(request_no: str, number: int) -> str:
    return f"data-subject:{request_no}:{number}"
