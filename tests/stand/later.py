"""A clock that tests move; every process that is told of its file follows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.chassis import clock


class Later:
    """`later(days=8)` from the machine's time, `later.on(days=8)` from where the clock stands, `later.to(moment)`."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, **how: float) -> None:
        clock.move_to(self._file, timedelta(**how).total_seconds())
        clock.use_offset_file(self._file)  # read at once

    def on(self, **how: float) -> None:
        self.to(clock.now() + timedelta(**how))

    def to(self, moment: datetime) -> None:
        self(seconds=(moment - datetime.now(UTC)).total_seconds())

    @staticmethod
    def end() -> None:
        """The machine's time again."""
        clock.use_offset_file(None)
