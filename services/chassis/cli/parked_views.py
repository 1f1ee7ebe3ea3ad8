"""How held messages look on a terminal."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from services.chassis.bus.held import State
from services.chassis.cli import parked_body
from services.chassis.cli.console import clean
from services.chassis.facts.envelope import PREFIX

_SHOWN = (
    "reason", "error", "attempts", "replays", "first_seen_at", "parked_at", "due_at", "edited_at", "exchange", "routing_key",
)  # fmt: skip


def groups_table(groups: Sequence[Mapping[str, Any]]) -> Table:
    """One row for each group."""
    columns = ("group", "fact", "reason", "error", "messages", "first_seen_at", "last_parked_at")
    return _table(groups, columns)


def messages_table(rows: Sequence[Mapping[str, Any]], state: State) -> Table:
    """One row for each message."""
    moment = "parked_at" if state is State.PARKED else "due_at"
    counts = ("attempts", "replays", "size_bytes")
    return _table(rows, ("id", "fact", "subject", "reason", *counts, "first_seen_at", moment, "edited_at", "error"))


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        number = rows and isinstance(rows[0][name], int)
        table.add_column(name.removesuffix("_at").replace("_", " ").capitalize(), justify="right" if number else "left")
    for row in rows:
        table.add_row(*(clean(_shown(row[name])) for name in columns))
    return table


def message(row: Mapping[str, Any], *, reveal: bool) -> Iterator[Table | Text | str]:
    """Why a message is held, its envelope, other headers, its body."""
    yield _pairs({name: _shown(row[name]) for name in _SHOWN if row[name] is not None})
    headers = json.loads(row["headers"])
    envelope = {name.removeprefix(PREFIX): value for name, value in headers.items() if name.startswith(PREFIX)}
    yield _pairs(envelope)
    # nobody knows what a foreign publisher puts there, so these are masked
    others = {name: value for name, value in headers.items() if not name.startswith(PREFIX)}
    yield _pairs(others if reveal else parked_body.mask(others))
    data = parked_body.decode(bytes(row["body"]))
    if isinstance(data, parked_body.Fault):
        yield Text(f"The body is no JSON object: {data.text}", style="red")
        if reveal:
            yield from parked_body.hex_dump(bytes(row["body"]))
        return
    yield clean(json.dumps(data if reveal else parked_body.mask(data), ensure_ascii=False, indent=2))


def _pairs(rows: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in rows.items():
        table.add_row(clean(key), clean(str(value)))
    return table


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
    return f"{value:,}" if isinstance(value, int) else str(value or "-")
