"""The console of the commands: output, errors as sentences, exit codes, progress.

0 done · 1 something remains or was refused · 2 asked for wrongly · 3 no broker or database
"""

import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import IntEnum
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
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


def out() -> Console:
    """For results."""
    return Console(width=None if sys.stdout.isatty() else _FILE_WIDTH, highlight=False, markup=False, emoji=False)


def err() -> Console:
    """For everything else."""
    return Console(
        stderr=True, width=None if sys.stderr.isatty() else _FILE_WIDTH, highlight=False, markup=False, emoji=False
    )


def fail(text: str, code: Code) -> NoReturn:
    """Say why, and end."""
    err().print(clean(text), style="red", soft_wrap=True)
    raise typer.Exit(code)


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
def report_errors() -> Iterator[None]:
    """Turn what broker, database and chassis raise into a sentence and an exit code; a decorator for commands."""
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
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal (none elsewhere); what it yields is called with each advance."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    console = err()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count: bar.advance(task, count)
