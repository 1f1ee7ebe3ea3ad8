"""What an application in this process takes for each request, and which statements it runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Flask

from services.chassis.database import Database


class Timed(NamedTuple):
    """What one answer took, in ms."""

    elapsed: float
    processor: float


@contextmanager
def timing(app: Flask) -> Iterator[list[Timed]]:
    """What the application takes for each request meanwhile; what the browser here does with the answer is its own."""
    taken: list[Timed] = []
    answer = app.wsgi_app

    def timed(environ: Any, start_response: Any) -> Any:
        began, used = time.perf_counter(), time.process_time()
        body = answer(environ, start_response)
        taken.append(Timed((time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000))
        return body

    app.wsgi_app = timed  # type: ignore[method-assign]  # WSGI middleware, as Flask documents it
    try:
        yield taken
    finally:
        app.wsgi_app = answer  # type: ignore[method-assign]  # WSGI middleware, as Flask documents it


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The statements that are run meanwhile, without those that open or end a transaction."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def percentile(values: list[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
