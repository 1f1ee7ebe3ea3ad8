"""Keyset pagination: a page starts after the last row seen, so rows added or removed in between shift nothing.

    @cases.route("")
    @cases.arguments(CaseQuery, location="query")        # class CaseQuery(PageQuery): status = …
    @cases.response(200, page_of(CaseSchema))
    def search(query):
        with resources.db.read() as session:
            return paging.fetch(session, sa.select(Case).where(…), by=(Case.received_at, Case.no), query=query)

A cursor is opaque to callers. It holds the last row's sort values, signed with its query; anything but a cursor of this query is
refused (422). The query is no secret: a forged cursor only names another position in a list the caller may read anyway. Sort by
ids and times, never by names: cursors end up in URLs and logs.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from flask import request
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from services.chassis.web.problem import Problem, field_error

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_LONGEST_CURSOR = 1000


class PageQuery(ma.Schema):
    """Query parameters of every list: `limit` and `cursor`. Subclass it for filters."""

    limit = ma.fields.Integer(load_default=DEFAULT_LIMIT, validate=ma.validate.Range(1, MAX_LIMIT))
    cursor = ma.fields.String(
        load_default=None,
        validate=ma.validate.Length(1, _LONGEST_CURSOR),
        metadata={"description": "`next_cursor` of the page before; leave out for the first page"},
    )


def page_of(item: type[ma.Schema]) -> type[ma.Schema]:
    """Return the schema of a page of `item`: ``{"items": […], "next_cursor": "…" or null}``."""
    fields: dict[str, ma.fields.Field[Any]] = {
        "items": ma.fields.List(ma.fields.Nested(item), required=True),
        "next_cursor": ma.fields.String(required=True, allow_none=True, metadata={"description": "null on the last page"}),
    }
    return type(f"{item.__name__.removesuffix('Schema')}Page", (ma.Schema,), fields)


def fetch(
    session: Session, statement: sa.Select[Any], *, by: Sequence[Any], query: Mapping[str, Any], descending: bool = True
) -> dict[str, Any]:
    """Fetch a page of `statement`, sorted by the columns `by` (never null, and unique together).

    Returns ``{"items": [...], "next_cursor": ...}`` for `page_of`. Raises Problem 422 for a cursor that is not one of
    this query.
    """
    limit, cursor = query["limit"], query.get("cursor")
    cursors = cursors_of(query, by, descending=descending)
    if cursor:
        values = _last_row(cursor, cursors, by)
        last = sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(values, by, strict=True)))
        row = sa.tuple_(*by)
        statement = statement.where(row < last if descending else row > last)
    statement = statement.order_by(*(column.desc() if descending else column.asc() for column in by))
    # the sort values are fetched along, whatever the statement selects
    rows = session.execute(statement.add_columns(*by).limit(limit + 1)).all()
    width = len(by)
    items = [row[0] if len(row) - width == 1 else row[:-width] for row in rows[:limit]]
    more = len(rows) > limit
    return {"items": items, "next_cursor": cursors.dumps([_plain(v) for v in rows[limit - 1][-width:]]) if more else None}


def judge_cursor(query: Mapping[str, Any], *, by: Sequence[Any], descending: bool = True) -> None:
    """Judge the cursor where `fetch` comes after something else that may refuse. Raises Problem 422 like `fetch`."""
    if cursor := query.get("cursor"):
        _last_row(cursor, cursors_of(query, by, descending=descending), by)


def cursors_of(query: Mapping[str, Any], by: Sequence[Any], *, descending: bool) -> URLSafeSerializer:
    """Return what writes and reads the cursors of one path, its filters and order. The page size may change between pages."""
    filters = sorted((key, str(value)) for key, value in query.items() if key not in ("limit", "cursor"))
    path = request.path if request else ""
    return URLSafeSerializer(json.dumps([path, filters, [str(column) for column in by], descending]), salt="cursor")


def _plain(value: Any) -> str | int:
    if isinstance(value, str | int):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"a list cannot be sorted by a {type(value).__name__}")


def _last_row(cursor: str, cursors: URLSafeSerializer, by: Sequence[Any]) -> list[Any]:
    """Return the last row's values as their columns hold them. Raises Problem 422 for anything but a cursor of this list."""
    try:
        return [_typed(value, column.type) for value, column in zip(cursors.loads(cursor), by, strict=True)]
    except (BadData, ValueError, TypeError):
        wrong = field_error(
            "cursor",
            place="query",
            vi="Không phải con trỏ của danh sách này; hãy bắt đầu lại từ trang đầu.",
            en="Not a cursor of this list; start again from the first page.",
        )
        raise Problem(422, "invalid-fields", errors=[wrong]) from None


def _typed(value: Any, kind: Any) -> Any:
    """Convert to the column's type. Raises ValueError if it cannot."""
    if isinstance(kind, sa.TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, sa.Integer):
        if type(value) is not int or abs(value) >= 1 << 63:
            raise ValueError
        return value
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError
    value.encode("utf-8")
    if isinstance(kind, sa.DateTime):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo or not kind.timezone else moment.replace(tzinfo=UTC)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Uuid):
        return uuid.UUID(value)
    return value
