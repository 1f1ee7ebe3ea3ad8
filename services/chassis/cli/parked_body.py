"""Bodies of parked messages for a person's eyes: as JSON if they are, byte by byte if not; masked unless asked otherwise.

Bodies hold names, numbers and addresses of citizens, and a terminal is no place for them: what is shown by default is the
shape, with each value's type and length.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

#: what follows goes through values by recursion
_DEEPEST = 200
_ROW = 16
_ROWS_AROUND = 4
_STRUCTURE = frozenset(b'{}[]":,\\ \t\r\n')


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a body is no JSON object, and the byte at which that shows."""

    text: str
    byte: int


def decode(body: bytes) -> Any:
    """The JSON object that ``body`` is, or the ``Fault`` for which it is none."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        return Fault(f"not UTF-8: {error.reason}", error.start)
    try:
        value = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        return Fault(f"not JSON at line {error.lineno} column {error.colno}: {error.msg}", len(text[: error.pos].encode()))
    except RecursionError:
        return Fault("nested too deeply", 0)
    except ValueError as error:
        return Fault(f"not JSON: {error}", 0)
    if not isinstance(value, dict):
        return Fault(f"a JSON object was expected, not {_kind(value)}", 0)
    return value if _is_shallow(value) else Fault("nested too deeply", 0)


def encode(value: Any) -> bytes:
    """``value`` as a body.

    :raises ValueError: if it cannot be one.
    """
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character (a lone surrogate)") from None


def pretty(value: Any, *, reveal: bool) -> str:
    """``value`` as indented JSON."""
    return json.dumps(value if reveal else mask(value), ensure_ascii=False, indent=2)


def mask(value: Any) -> Any:
    """The shape of ``value``: keys stay, values become type and length."""
    if isinstance(value, dict):
        return {key: mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(item) for item in value]
    if isinstance(value, str):
        return f"<text, {len(value)} characters>"
    return None if value is None else f"<{_kind(value)}>"


def hex_dump(body: bytes, byte: int, *, reveal: bool) -> Iterator[tuple[str, bool]]:
    """Lines, each with whether the faulty byte is in it. Masked: letters and digits are hidden, structure is not."""
    rows = range(0, max(len(body), 1), _ROW)
    here = min(byte, max(len(body) - 1, 0)) // _ROW
    around = rows if reveal else rows[max(0, here - _ROWS_AROUND) : here + _ROWS_AROUND + 1]
    for start in around:
        row = body[start : start + _ROW]
        shown = [b if reveal or b in _STRUCTURE or start + i == byte else None for i, b in enumerate(row)]
        numbers = " ".join("··" if b is None else f"{b:02x}" for b in shown)
        letters = "".join("·" if b is None else chr(b) if 32 <= b < 127 else "." for b in shown)
        yield f"{start:08x}  {numbers:<{3 * _ROW}} {letters}", start <= byte < start + _ROW


def _is_shallow(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [item for outer in level for item in _inside(outer)]
        if not level:
            return True
    return False


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON value")


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "number"
    return {dict: "object", list: "list", str: "text", type(None): "null"}.get(type(value), type(value).__name__)
