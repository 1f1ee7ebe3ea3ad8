"""The console of the commands: output, errors as sentences, exit codes, progress.

0 done · 1 something remains or was refused · 2 asked for wrongly · 3 no broker or database · 4 not all could be compared
"""

import json
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, NoReturn

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import DBAPIError

from services.chassis.cli.broker import BrokerUnreachable, NoSuchQueue
from services.chassis.errors import ChassisError, SettingsError, StartUpError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?[smhdw])+")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
#: for what is no terminal: wide enough that ids and errors stay on their line
_FILE_WIDTH = 240


class Code(IntEnum):
    """Exit codes."""

    DONE = 0
    REMAINS = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_COMPARED = 4


def out(*, stderr: bool = False) -> Console:
    """For results."""
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, width=None if terminal else _FILE_WIDTH, highlight=False, markup=False, emoji=False)


def err() -> Console:
    """For everything else."""
    return out(stderr=True)


def fail(text: str, code: Code) -> NoReturn:
    """Say why, and end."""
    err().print(clean(text), style="red", soft_wrap=True)
    raise typer.Exit(code)


def show_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print a table with a heading for each of ``columns`` that holds anything: `first_seen_at` becomes "First seen"."""
    rows = list(rows)
    columns = [name for name in columns if not rows or any(row[name] not in (None, "") for row in rows)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name.removesuffix("_at").replace("_", " ").capitalize())
    for row in rows:
        table.add_row(*(clean(shown(row[name])) for name in columns))
    out().print(table)


def show_json(value: Any) -> None:
    """Print JSON for a script."""
    typer.echo(as_json(value, indent=2, ensure_ascii=False))


def as_json(value: Any, **format_: Any) -> str:
    """Return ``value`` as JSON: moments in ISO 8601, ids as text."""
    return json.dumps(value, default=lambda one: one.isoformat() if isinstance(one, datetime) else str(one), **format_)


def shown(value: Any) -> str:
    """Write a value as tables have it: moments in UTC, thousands apart, nothing for None."""
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
    return f"{value:,}" if isinstance(value, int) else str("" if value is None else value)


def clean(text: str) -> Text:
    """``text`` without anything that a terminal would obey: these messages come from anywhere."""
    shown = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
    return Text(shown)


def duration(text: str) -> timedelta:
    """Parse ``90s``, ``5m``, ``2h``, ``3d``, ``1w`` or several together: ``1h30m``.

    :raises ValueError: for anything else.
    """
    if not _DURATION.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is no duration: write 90s, 5m, 2h, 3d or 1h30m")
    try:
        return sum((timedelta(**{_UNITS[unit]: float(n)}) for n, unit in _PART.findall(text)), timedelta())
    except OverflowError:
        raise ValueError(f"{text!r} is too long") from None


@contextmanager
def report_errors(*more: type[Exception]) -> Iterator[None]:
    """Turn what broker, database and chassis raise into a sentence and an exit code; a decorator for commands.

    :param more: exceptions whose text is meant for the person, too.
    """
    try:
        yield
    except BrokerUnreachable as error:
        fail(str(error), Code.UNREACHABLE)
    except DBAPIError as error:
        said = str(error.orig).strip().partition("\n")[0]
        fail(f"The database does not answer, or is not this service's ({said}). Is DATABASE_URL right?", Code.UNREACHABLE)
    except (NoSuchQueue, SettingsError, StartUpError) as error:
        fail(str(error), Code.USAGE)
    except ChassisError as error:
        fail(str(error), Code.REMAINS)
    except more as error:
        fail(str(error), Code.REMAINS)


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and SIGTERM only ask to stop: what is in flight is finished. A second Ctrl-C does not wait for that."""
    asked = threading.Event()

    def ask(_number: int, _frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal (none elsewhere); what it yields is called with each advance."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    console = err()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)
