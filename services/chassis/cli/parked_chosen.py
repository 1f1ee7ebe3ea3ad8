"""The messages that a command of `vss parked` is about: chosen, shown, asked about, counted."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from services.chassis.cli import parked_rows, parked_views
from services.chassis.cli.console import Code, err, fail, interruptible, out, progress
from services.chassis.cli.parked_rows import Selection, Step
from services.chassis.cli.service_database import open_database
from services.chassis.database import Database
from services.chassis.discovery import Service


class Chosen:
    """What a command is about, and what became of it."""

    def __init__(
        self, service: type[Service], selection: Selection, *, every: bool, limit: int | None, as_json: bool
    ) -> None:
        if selection.is_everything and not every:
            fail("Say which messages (--group, --id, --reason …), or --all for every one.", Code.USAGE)
        self.database: Database = open_database(service)
        self.done = 0
        self._as_json = as_json
        with self.database.read() as session:
            self.keys = [row["id"] for row in parked_rows.find(session, selection, limit)]
            self._groups = parked_rows.groups(session, selection.where(session))
        if not self.keys and selection.ids:
            fail("No message fits.", Code.REMAINS)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the whole rows."""
        return parked_rows.iterate(self.database, self.keys)

    @contextmanager
    def to_be(self, done: str, *, dry_run: bool, yes: bool) -> Iterator[Step]:
        """Show what is chosen, ask, let the work be done with a progress bar, tell what became of it."""
        total = len(self.keys)
        if not self._as_json and total:
            out().print(parked_views.groups_table(self._groups))
        if dry_run or not total:
            self.tell(
                f"{count(total)} would be {done}; nothing is: this was a dry run." if dry_run else f"Nothing is {done}.",
                done,
            )
            raise typer.Exit(Code.DONE)
        if total > 1 and not yes:
            typer.confirm(f"{count(total)} to be {done}. Go on?", abort=True, err=True)
        with interruptible() as stop, progress(done.capitalize(), total) as advance:

            def step(count: int) -> bool:
                advance(count)
                return not stop()

            yield step
        self.tell(f"{self.done:,} of {total:,} {done}.", done)
        if self.done < total:
            err().print(f"{total - self.done:,} are as they were: stopped, or dealt with by somebody else.", style="yellow")
            raise typer.Exit(Code.REMAINS)

    def tell(self, sentence: str, done: str) -> None:
        """Say it, or the numbers as JSON."""
        if self._as_json:
            echo({"chosen": len(self.keys), done: self.done})
        else:
            out().print(sentence)


def count(number: int) -> str:
    """``1,234 messages``."""
    return f"{number:,} message{'' if number == 1 else 's'}"


def echo(value: dict[str, Any]) -> None:
    """Print JSON for a script."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
