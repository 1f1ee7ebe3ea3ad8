"""Functions of moments in SQL, for counting in the database: `WeekOf`, `Seconds`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

_FIRST_MONDAY: Final = date(1970, 1, 5)
_WEEK: Final = 7 * 86_400
#: seconds from the epoch to that Monday's midnight in Vietnam
_SHIFT: Final = 4 * 86_400 - 7 * 3_600


class WeekOf(sa.sql.functions.GenericFunction[Any]):
    """The week in which a moment falls in Vietnam, as the number of weeks since Monday, 5 January 1970: numbers group fast."""

    type = sa.Integer()
    inherit_cache = True


class Seconds(sa.sql.functions.GenericFunction[Any]):
    """Seconds from the first moment to the second."""

    type = sa.Float()
    inherit_cache = True


def monday(week: int) -> date:
    """Return the Monday of a week that `WeekOf` numbers."""
    return _FIRST_MONDAY + timedelta(weeks=week)


def within(moment: Any, begin: datetime, end: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that a moment lies in a period whose end is outside it."""
    return moment >= begin, moment < end


@compiles(WeekOf, "postgresql")
def _week_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    # date_part is a float; extract would be a numeric, which takes three times as long
    return f"floor((date_part('epoch', {moment}) - {_SHIFT}) / {_WEEK})::int"


@compiles(WeekOf, "sqlite")
def _week_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"(strftime('%s', {compiler.process(element.clauses, **options)}) - {_SHIFT}) / {_WEEK}"


@compiles(Seconds, "postgresql")
def _seconds_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    begin, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"date_part('epoch', {end} - {begin})"


@compiles(Seconds, "sqlite")
def _seconds_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    begin, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(julianday({end}) - julianday({begin})) * 86400.0"
