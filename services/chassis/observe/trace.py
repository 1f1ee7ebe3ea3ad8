"""W3C trace context, propagated without a library (https://www.w3.org/TR/trace-context/).

One string travels: ``00-<trace id, 32 hex>-<span id, 16 hex>-<flags, 2 hex>``. It comes in by an HTTP header or a
message header, stays in a context variable while the work is done, and goes out again with every fact recorded.
This sits on the path of every message, so there is no tracing library here, only a regular expression and a
random number (about 1 µs for `child`).
"""

from __future__ import annotations

import os
import random
import re
from contextvars import ContextVar, Token
from types import TracebackType
from typing import NamedTuple

_current: ContextVar[str | None] = ContextVar("vss_traceparent", default=None)

# Not the module-level generator: test tools seed that one, and equal ids would follow.
_random = random.Random()  # noqa: S311 - an id has to be rare, not secret
_bits = _random.getrandbits
os.register_at_fork(after_in_child=_random.seed)

_SHAPE = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)
_NO_TRACE = "0" * 32
_NO_SPAN = "0" * 16
# Valid version 00, which is what practically everybody sends: one test, and the fields are at fixed places.
_valid_00 = re.compile(rf"00-(?!{_NO_TRACE})[0-9a-f]{{32}}-(?!{_NO_SPAN})[0-9a-f]{{16}}-[0-9a-f]{{2}}").fullmatch
_ODD = frozenset("13579bdf")  # the last flag is "sampled"; the others mean nothing yet and must be sent as zero


class Parts(NamedTuple):
    """Fields of a valid traceparent."""

    trace_id: str
    span_id: str
    sampled: bool


def parse(traceparent: str | None) -> Parts | None:
    """Parse a traceparent strictly; None if it violates the specification.

    Version 00 has exactly four fields; a later version may have more, and is read as if it were 00.
    Version ff, upper-case hex and all-zero ids are invalid.
    """
    match = _SHAPE.fullmatch(traceparent) if traceparent else None
    if match is None:
        return None
    version, trace_id, span_id, flags, rest = match.groups()
    if version == "ff" or (version == "00" and rest) or trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    return Parts(trace_id, span_id, bool(int(flags, 16) & 1))


def child(traceparent: str | None = None) -> str:
    """Start the next span of the trace, or of a new one if `traceparent` is missing or invalid."""
    span = _bits(64) or 1
    if traceparent is not None and _valid_00(traceparent):
        return f"00-{traceparent[3:35]}-{span:016x}-{'01' if traceparent[54] in _ODD else '00'}"
    parts = parse(traceparent)
    if parts is None:
        return f"00-{_bits(128) or 1:032x}-{span:016x}-01"
    return f"00-{parts.trace_id}-{span:016x}-{'01' if parts.sampled else '00'}"


def current() -> str | None:
    """Return the current traceparent, or None outside `use`."""
    return _current.get()


def trace_id() -> str | None:
    """Return the trace id (32 hex digits) that connects logs, facts and responses of one piece of work."""
    traceparent = _current.get()
    return traceparent[3:35] if traceparent else None


class use:  # noqa: N801 - read as a verb at the call: `with trace.use(header):`
    """Run the block in the given trace, or in a new one if it is missing or invalid.

    A class and not a generator: entering and leaving costs a third of what `contextlib` takes.
    """

    __slots__ = ("_token", "traceparent")

    def __init__(self, traceparent: str | None) -> None:
        if traceparent is None or not _valid_00(traceparent):
            traceparent = child(traceparent)
        self.traceparent = traceparent
        self._token: Token[str | None] | None = None

    def __enter__(self) -> str:
        self._token = _current.set(self.traceparent)
        return self.traceparent

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None) -> None:
        if self._token is not None:
            _current.reset(self._token)
            self._token = None
