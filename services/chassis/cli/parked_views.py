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
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Group", no_wrap=True)
    table.add_column("Fact", overflow="fold")
    table.add_column("Reason", style="bold", overflow="fold")
    table.add_column("Error", overflow="fold", ratio=1)
    table.add_column("Messages", justify="right")
    table.add_column("First seen", no_wrap=True)
    table.add_column("Last parked", no_wrap=True)
    for group in groups:
        texts = (clean(group[name] or "-") for name in ("group", "fact", "reason", "error"))
        table.add_row(*texts, f"{group['messages']:,}", _when(group["first_seen_at"]), _when(group["last_parked_at"]))
    return table


def messages_table(rows: Sequence[Mapping[str, Any]], state: State) -> Table:
    """One row for each message."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Id", no_wrap=True)
    table.add_column("Fact", overflow="fold")
    table.add_column("About", overflow="fold")
    table.add_column("Reason", style="bold", overflow="fold")
    table.add_column("Tries", justify="right")
    table.add_column("Replays", justify="right")
    table.add_column("Bytes", justify="right")
    table.add_column("First seen", no_wrap=True)
    table.add_column("Last parked" if state is State.PARKED else "Due", no_wrap=True)
    table.add_column("Error", overflow="fold", ratio=1)
    for row in rows:
        moment = row["parked_at"] if state is State.PARKED else row["due_at"]
        table.add_row(
            str(row["id"]),
            clean((row["fact"] or "-") + (" (edited)" if row["edited_at"] else "")),
            clean(row["subject"]),
            clean(row["reason"]),
            str(row["attempts"]),
            str(row["replays"]),
            f"{row['size_bytes']:,}",
            _when(row["first_seen_at"]),
            _when(moment),
            clean(row["error"]),
        )
    return table


def message(row: Mapping[str, Any], *, reveal: bool) -> Iterator[Table | Text | str]:
    """Why a message is held, its envelope, other headers, its body."""
    yield _pairs({name: _when(row[name]) if name.endswith("_at") else row[name] for name in _SHOWN if row[name] is not None})
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


def _when(time: datetime | None) -> str:
    return f"{time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC):%Y-%m-%d %H:%M:%SZ}" if time else "-"
