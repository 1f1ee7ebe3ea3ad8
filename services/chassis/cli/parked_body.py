"""Bodies of held messages on a terminal: as JSON or byte by byte, masked unless asked otherwise.

Bodies hold names, numbers and addresses of citizens, and a terminal is no place for them: what is shown by default is the
shape, with each value's type and length.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.chassis.bus.reading import parse_body
from services.chassis.errors import Undecodable

_ROW, _MOST_ROWS = 16, 16


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a body is no JSON object."""

    text: str


def decode(body: bytes) -> Any:
    """Return the JSON object that ``body`` is, or the ``Fault`` for which the service cannot read it."""
    try:
        data = parse_body(body)
        mask(data)  # as deep as anything here goes
    except Undecodable as error:
        return Fault(str(error).removeprefix("body: "))
    except RecursionError:
        return Fault("nested too deeply")
    return data


def mask(value: Any) -> Any:
    """Return the shape of ``value``: keys stay, values become type and length."""
    if isinstance(value, dict):
        return {key: mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(item) for item in value]
    if isinstance(value, str):
        return f"<text, {len(value)} characters>"
    return None if value is None else f"<{type(value).__name__}>"


def hex_dump(body: bytes) -> Iterator[str]:
    """Yield lines of bytes, at most sixteen."""
    for start in range(0, min(len(body), _ROW * _MOST_ROWS), _ROW):
        row = body[start : start + _ROW]
        letters = "".join(chr(b) if 32 <= b < 127 else "." for b in row)
        yield f"{start:08x}  {row.hex(' '):<{3 * _ROW}} {letters}"
