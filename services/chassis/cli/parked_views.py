"""How held messages look on a terminal.

Bodies hold names, numbers and addresses of citizens, and a terminal is no place for them: what is shown by default is the
shape, with each value's type and length.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from services.chassis.bus.reading import parse_body
from services.chassis.cli.console import clean, shown
from services.chassis.errors import Undecodable
from services.chassis.facts.envelope import PREFIX

GROUP = ("group", "fact", "reason", "error", "messages", "first_seen_at", "last_parked_at")
MESSAGE = (
    "id", "fact", "subject", "reason", "attempts", "replays", "size_bytes", "first_seen_at", "parked_at", "due_at", "edited_at", "error",
)  # fmt: skip
_DETAILS = (
    "reason", "error", "attempts", "replays", "first_seen_at", "parked_at", "due_at", "edited_at", "exchange", "routing_key",
)  # fmt: skip
#: of a body that is no text, that is enough to see what it is
_MOST_BYTES = 256


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


def message(row: Mapping[str, Any], *, reveal: bool) -> Iterator[Table | Text]:
    """Why a message is held, its envelope, other headers, its body."""
    yield _pairs({name: row[name] for name in _DETAILS if row[name] is not None})
    headers = json.loads(row["headers"])
    yield _pairs({name.removeprefix(PREFIX): value for name, value in headers.items() if name.startswith(PREFIX)})
    # nobody knows what a foreign publisher puts there, so these are masked
    others = {name: value for name, value in headers.items() if not name.startswith(PREFIX)}
    yield _pairs(others if reveal else mask(others))
    body = bytes(row["body"])
    data = decode(body)
    if not isinstance(data, Fault):
        yield clean(json.dumps(data if reveal else mask(data), ensure_ascii=False, indent=2))
        return
    yield Text(f"The body is no JSON object: {data.text}", style="red")
    if reveal:
        yield clean(body[:_MOST_BYTES].decode(errors="backslashreplace"))


def _pairs(rows: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in rows.items():
        table.add_row(clean(key), clean(shown(value)))
    return table
