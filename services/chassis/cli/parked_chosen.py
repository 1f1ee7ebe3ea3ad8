"""The messages that a command of `vss parked` changes: chosen, shown, asked about, counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from services.chassis.cli import parked_rows, parked_selection, parked_views
from services.chassis.cli.console import Code, err, fail, interruptible, out, progress, show_json, show_rows
from services.chassis.cli.parked_rows import Step
from services.chassis.cli.parked_selection import Bulk
from services.chassis.cli.service_database import open_database
from services.chassis.discovery import Service


class Chosen:
    """What a command is about, and what became of it."""

    def __init__(self, service: type[Service], bulk: Bulk) -> None:
        if bulk.is_everything and not bulk.every:
            fail("Say which messages (--group, --id, --reason …), or --all for every one.", Code.USAGE)
        self.database = open_database(service)
        self.done = 0
        self._bulk = bulk
        with self.database.read() as session:
            self.keys = [row["id"] for row in parked_selection.find(session, bulk, bulk.limit)]
            self._groups = parked_selection.groups(session, bulk.where(session))
        if not self.keys and bulk.id:
            fail("No message fits.", Code.REMAINS)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the whole rows."""
        return parked_rows.iterate(self.database, self.keys)

    @contextmanager
    def to_be(self, done: str) -> Iterator[Step]:
        """Show what is chosen, ask, let the work be done with a progress bar, tell what became of it."""
        total = len(self.keys)
        if total and not self._bulk.as_json:
            show_rows(self._groups, parked_views.GROUP)
        if self._bulk.dry_run:
            self._tell(f"{count(total)} would be {done}; nothing is: this was a dry run.", done)
            raise typer.Exit
        if not total:
            self._tell(f"Nothing is {done}.", done)
            raise typer.Exit
        if total > 1 and not self._bulk.yes:
            typer.confirm(f"{count(total)} to be {done}. Go on?", abort=True, err=True)
        with interruptible() as stop, progress(done.capitalize(), total) as advance:

            def step(count: int) -> bool:
                advance(count)
                return not stop()

            yield step
        self._tell(f"{self.done:,} of {total:,} {done}.", done)
        if self.done < total:
            err().print(f"{total - self.done:,} are as they were: stopped, or dealt with by somebody else.", style="yellow")
            raise typer.Exit(Code.REMAINS)

    def _tell(self, sentence: str, done: str) -> None:
        if self._bulk.as_json:
            show_json({"chosen": len(self.keys), done: self.done})
        else:
            out().print(sentence)


def count(number: int) -> str:
    """``1,234 messages``."""
    return f"{number:,} message{'' if number == 1 else 's'}"
