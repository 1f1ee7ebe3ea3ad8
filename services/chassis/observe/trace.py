"""W3C trace context, propagated without a library (https://www.w3.org/TR/trace-context/).

One string travels: ``00-<trace id, 32 hex>-<span id, 16 hex>-<flags, 2 hex>``. It comes in by an HTTP header or a
message header, stays in a context variable while the work is done, and goes out again with every fact recorded.
This sits on the path of every message, so there is no tracing library here, only a regular expression and a
random number (about 1 µs for `child`).
"""

import os
import random
import re
from contextvars import ContextVar, Token
from types import TracebackType

_current: ContextVar[str | None] = ContextVar("vss_traceparent", default=None)

# Not the module-level generator: test tools seed that one, and equal ids would follow.
_random = random.Random()  # noqa: S311 - an id has to be rare, not secret
_bits = _random.getrandbits
os.register_at_fork(after_in_child=_random.seed)

_FIELDS = r"-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
_is_version_00 = re.compile("00" + _FIELDS).fullmatch
#: version ff is invalid; any other may have more fields behind the four, and is read as if it were 00
_is_later_version = re.compile(rf"(?!00|ff)[0-9a-f]{{2}}{_FIELDS}(?:-.*)?").fullmatch
_ODD = frozenset("13579bdf")  # the last flag is "sampled"; the others mean nothing yet and must be sent as zero


def child(traceparent: str | None = None) -> str:
    """Start the next span of the trace, or of a new one if `traceparent` is missing or violates the specification."""
    span = _bits(64) or 1
    if traceparent is None or not (_is_version_00(traceparent) or _is_later_version(traceparent)):
        return f"00-{_bits(128) or 1:032x}-{span:016x}-01"
    return f"00-{traceparent[3:35]}-{span:016x}-{'01' if traceparent[54] in _ODD else '00'}"


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
        if traceparent is None or not _is_version_00(traceparent):
            traceparent = child(traceparent)
        self.traceparent = traceparent

    def __enter__(self) -> str:
        self._token: Token[str | None] = _current.set(self.traceparent)
        return self.traceparent

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, frames: TracebackType | None) -> None:
        _current.reset(self._token)
