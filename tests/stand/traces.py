"""A traceparent taken apart, for tests that compare two of them."""

from __future__ import annotations

import re
from typing import NamedTuple

_SHAPE = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-0[01]")


class Span(NamedTuple):
    """Hex digits of the trace and of the span in it."""

    trace_id: str
    span_id: str


def span_of(traceparent: str) -> Span:
    """Read a traceparent of version 00; an AssertionError for anything else."""
    found = _SHAPE.fullmatch(traceparent)
    assert found is not None, f"{traceparent!r} is no traceparent"
    return Span(found[1], found[2])
