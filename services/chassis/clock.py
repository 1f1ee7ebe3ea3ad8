"""The only source of time for rules: aware UTC, movable so that tests and the demo need not wait ten days.

A process moves when the file named by ``use_offset_file`` (setting ``CLOCK_OFFSET_FILE``) holds a number of seconds; all
processes that share the file move together. Without the setting no file is ever looked at, and the setting is refused without
``CLOCK_MAY_MOVE`` and wherever ``VSS_ENV`` is production.
"""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_REREAD_AFTER_SECONDS = 0.2
_MOST_SECONDS = 1000 * 365 * 86_400.0


class _Offset:
    """Seconds to add to the machine's clock; re-reads its file at most every 0.2 s."""

    def __init__(self) -> None:
        self.follow(None)
        self._lock = threading.Lock()

    def follow(self, file: Path | None) -> None:
        self.file = file
        self._seconds = 0.0
        self._read_at = float("-inf")

    def seconds(self) -> float:
        if self.file is None:
            return self._seconds
        if time.monotonic() - self._read_at >= _REREAD_AFTER_SECONDS:
            with self._lock:
                self._seconds = self._from_file(self.file)
                self._read_at = time.monotonic()
        return self._seconds

    def _from_file(self, file: Path) -> float:
        try:
            seconds = float(file.read_text().strip() or 0)
        except FileNotFoundError:
            return 0.0
        except ValueError:
            # a half-written file: keep the last good offset rather than jump back to the present
            return self._seconds
        # `inf` and the like are no time either; adding them would raise wherever somebody asks for the time
        return seconds if abs(seconds) < _MOST_SECONDS else self._seconds


_offset = _Offset()


def now() -> datetime:
    """Return the current time as an aware UTC datetime, moved by the offset file if one is in use."""
    seconds = _offset.seconds()
    present = machine_now()
    return present + timedelta(seconds=seconds) if seconds else present


def machine_now() -> datetime:
    """Return the time of this machine's own clock, which no file moves; to be compared with other clocks, not for rules."""
    return datetime.now(UTC)


def use_offset_file(file: Path | None) -> None:
    """Let ``file`` (seconds, may be negative; absent means 0) move this process's clock. ``None`` stops that."""
    _offset.follow(file)


def move_to(file: Path, seconds: float) -> None:
    """Write ``seconds`` to an offset file atomically."""
    part = file.with_suffix(".part")
    part.write_text(repr(seconds))
    part.replace(file)
