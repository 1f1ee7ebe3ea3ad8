"""How parked messages look on a terminal, and as JSON for machines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from services.chassis.bus.forward import LEFT_OUT_HEADER
from services.chassis.bus.frames import RAW_PROPERTIES_HEADER
from services.chassis.cli import parked_body
from services.chassis.cli.parked_message import Parked, Summary, is_brokers_own
from services.chassis.cli.parked_save import plain
from services.chassis.cli.speaking import clean
from services.chassis.facts.envelope import PREFIX

_SAMPLES = 2
_ENVELOPE = (
    "id", "type", "source", "subject", "time", "revision", "dataschema", "correlationid", "causationid", "traceparent",
    "specversion",
)  # fmt: skip
_OWN = "vss-"

Group = tuple[str, str, str]


def grouped(messages: Iterable[Summary]) -> list[tuple[Group, list[Summary]]]:
    """Messages by (reason, type, error), the biggest group first."""
    groups: dict[Group, list[Summary]] = {}
    for message in messages:
        groups.setdefault((message.reason, message.type, message.error), []).append(message)
    return sorted(groups.items(), key=lambda item: (-_messages(item[1]), item[0]))


def names(messages: Sequence[Summary]) -> dict[bytes, str]:
    """What each is called: its id where that is enough, else with the mark that tells it from others of that id."""
    ids = Counter(message.id for message in messages)
    return {m.key: m.id if m.id and ids[m.id] == 1 else m.name for m in messages}


def groups_table(messages: Sequence[Summary]) -> Table:
    """One row for each group."""
    called = names(messages)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Reason", style="bold", overflow="fold")
    table.add_column("Fact", overflow="fold")
    table.add_column("Error", overflow="fold", ratio=1)
    table.add_column("Messages", justify="right")
    table.add_column("First seen", no_wrap=True)
    table.add_column("Last parked", no_wrap=True)
    table.add_column("For example", overflow="fold", style="dim")
    for (reason, type_, error), members in grouped(messages):
        table.add_row(
            clean(reason),
            clean(_short(type_)),
            clean(error),
            f"{_messages(members):,}",
            _when(_first(members)),
            _when(_last(members)),
            clean("\n".join(called[m.key] for m in members[:_SAMPLES])),
        )
    return table


def ids_table(messages: Sequence[Summary]) -> Table:
    """One row for each message, in the order of the queue."""
    called = names(messages)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Id", no_wrap=True)
    table.add_column("Reason", style="bold", overflow="fold")
    table.add_column("Fact", overflow="fold")
    table.add_column("About", overflow="fold")
    table.add_column("Tries", justify="right")
    table.add_column("Replays", justify="right")
    table.add_column("Copies", justify="right")
    table.add_column("Bytes", justify="right")
    table.add_column("First seen", no_wrap=True)
    table.add_column("Last parked", no_wrap=True)
    table.add_column("Error", overflow="fold", ratio=1)
    for m in messages:
        table.add_row(
            clean(called[m.key]),
            clean(m.reason),
            clean(_short(m.type) + (" (edited)" if m.edited else "")),
            clean(m.subject),
            str(m.attempts or "-"),
            str(m.replays or "-"),
            str(m.copies),
            f"{m.size_bytes:,}",
            _when(m.first_seen),
            _when(m.parked_at),
            clean(m.error),
        )
    return table


def total(messages: Sequence[Summary]) -> str:
    """``1,234 messages in 3 groups (1,240 with copies)``."""
    count, copies = _messages(messages), sum(m.copies for m in messages)
    groups = len(grouped(messages))
    text = f"{count:,} message{'' if count == 1 else 's'} in {groups} group{'' if groups == 1 else 's'}"
    return text if copies == count else f"{text} ({copies:,} with copies)"


def groups_json(messages: Sequence[Summary]) -> list[dict[str, Any]]:
    """The groups for a machine."""
    called = names(messages)
    return [
        {
            "reason": reason,
            "type": type_,
            "error": error,
            "messages": _messages(members),
            "first_seen": _iso(_first(members)),
            "last_parked": _iso(_last(members)),
            "samples": [called[m.key] for m in members[:_SAMPLES]],
        }
        for (reason, type_, error), members in grouped(messages)
    ]


def messages_json(messages: Sequence[Summary]) -> list[dict[str, Any]]:
    """Each message for a machine, in the order of the queue."""
    called = names(messages)
    return [
        {
            "name": called[m.key],
            "id": m.id or None,
            "type": m.type or None,
            "subject": m.subject or None,
            "reason": m.reason,
            "error": m.error,
            "attempts": m.attempts,
            "replays": m.replays,
            "copies": m.copies,
            "edited": m.edited,
            "size_bytes": m.size_bytes,
            "first_seen": _iso(m.first_seen),
            "last_parked": _iso(m.parked_at),
        }
        for m in messages
    ]


def parking(summary: Summary, message: Parked) -> Table:
    """Why it is here."""
    raw = message.properties.headers or {}
    rows = {
        "reason": summary.reason,
        "error": summary.error,
        "tries": summary.attempts or None,
        "replays": summary.replays or None,
        "copies": summary.copies if summary.copies > 1 else None,
        "first seen": _when(summary.first_seen),
        "last parked": _when(summary.parked_at),
        "edited": "yes" if summary.edited else None,
        "properties": "so odd that the service could not read them" if RAW_PROPERTIES_HEADER in raw else None,
        "headers left out": raw.get(LEFT_OUT_HEADER),
    }
    return _pairs({key: value for key, value in rows.items() if value is not None})


def envelope(message: Parked) -> Table:
    """What its publisher wrote on it."""
    rows = {name: message.attribute(name) for name in _ENVELOPE}
    return _pairs({name: plain(value) for name, value in rows.items() if value is not None})


def other_headers(message: Parked, *, reveal: bool) -> Table | None:
    """Headers that are neither envelope nor ours. Nobody knows what a foreign publisher puts there, so they are masked."""
    own = (PREFIX, "cloudEvents_", _OWN)
    rows = {str(k): plain(v) for k, v in message.headers.items() if not str(k).startswith(own)}
    shown = {k: v if reveal or is_brokers_own(k) else parked_body.mask(v) for k, v in rows.items()}
    return _pairs(shown) if shown else None


def body(message: Parked, *, reveal: bool) -> Iterator[Text]:
    """The body as JSON, or as bytes with the place where decoding fails."""
    data = parked_body.decode(message.body)
    if not isinstance(data, parked_body.Fault):
        yield clean(parked_body.pretty(data, reveal=reveal))
        return
    yield Text(f"{data.text} (byte {data.byte} of {len(message.body)})", style="red")
    for line, faulty in parked_body.hex_dump(message.body, data.byte, reveal=reveal):
        yield Text(("▶ " if faulty else "  ") + line, style="bold red" if faulty else "")


def _pairs(rows: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in rows.items():
        table.add_row(clean(key), clean(str(value)))
    return table


def _short(type_: str) -> str:
    return type_.removeprefix("vn.vss.") or "-"


def _messages(messages: Iterable[Summary]) -> int:
    return sum(m.messages for m in messages)


def _first(messages: Iterable[Summary]) -> datetime | None:
    return min((m.first_seen for m in messages if m.first_seen), default=None)


def _last(messages: Iterable[Summary]) -> datetime | None:
    return max((m.parked_at for m in messages if m.parked_at), default=None)


def _when(time: datetime | None) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}" if time else "-"


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None
