"""Narrate the story step by step, with the duration of each; in colour on a terminal, otherwise in plain lines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

_PLAIN_WIDTH = 160
_INDENT = 11


class StepFailed(Exception):  # noqa: N818  # it is told as a sentence: the step failed
    """A step failed. `service`: whose log says more; empty if the reason says it all."""

    def __init__(self, step: str, service: str, reason: str) -> None:
        self.step = step
        self.service = service
        self.reason = reason
        super().__init__(f"{step}: {reason}")


class Narrator:
    """Prints chapters and steps in Vietnamese, with a short English version."""

    def __init__(self, *, plain: bool | None = None) -> None:
        console = Console(highlight=False, emoji=False)
        self.plain = not console.is_terminal if plain is None else plain
        self.console = (
            Console(width=_PLAIN_WIDTH, highlight=False, emoji=False, no_color=True, force_terminal=False)
            if self.plain
            else console
        )
        self._chapter = 0
        self.steps = 0

    def chapter(self, vi: str, en: str) -> None:
        """Begin the next part of the story."""
        self._chapter += 1
        title = Text.assemble((f"{self._chapter}. {vi}", "bold cyan"), (f"  {en}", "dim"))
        self.console.print()
        self.console.print(title if self.plain else Rule(title, align="left", style="cyan"))

    @contextmanager
    def step(self, vi: str, en: str, service: str) -> Iterator[None]:
        """Run one step. Any failure inside becomes a StepFailed with the step's name."""
        began = time.monotonic()
        try:
            if self.plain:
                yield
            else:
                with self.console.status(Text(vi), spinner_style="cyan"):
                    yield
        except StepFailed:
            raise
        except Exception as error:
            self._line("✗", "bold red", vi, en, began)
            raise StepFailed(vi, service, f"{type(error).__name__}: {error}") from error
        self.steps += 1
        self._line("✓", "bold green", vi, en, began)

    def note(self, text: str) -> None:
        """Print a detail of the last step."""
        if self.plain:
            # a line stays a line, however long: files and pipes have no right edge
            self.console.print(Text(" " * _INDENT + text), soft_wrap=True)
        else:
            self.console.print(Padding(Text(text, "dim"), (0, 0, 0, _INDENT)))

    def arrived(self, where: str, text: str) -> None:
        """Print a message that somebody received on the phone or in the mailbox."""
        if self.plain:
            self.note(f"{where}: {text}")
            return
        bubble = Panel(
            Text(text),
            title=Text(where, "bold"),
            title_align="left",
            border_style="blue",
            width=min(self.console.width - _INDENT, 84),
        )
        self.console.print(Padding(bubble, (0, 0, 0, _INDENT)))

    def say(self, vi: str, en: str = "") -> None:
        """Print a line."""
        self.console.print(Text.assemble((vi, "bold"), (f"  {en}", "dim")))

    def failed(self, failure: StepFailed, log: str) -> None:
        """Print the end of a story that went wrong."""
        self.console.print()
        self.console.print(Text(f"Bước không xảy ra: {failure.step}", "bold red"))
        whose = f" ({failure.service})" if failure.service else ""
        self.console.print(Text(f"This step did not happen{whose}: {failure.reason}", "red"), soft_wrap=self.plain)
        if log:
            self.console.print(Text(log), soft_wrap=True)

    def _line(self, sign: str, style: str, vi: str, en: str, began: float) -> None:
        seconds = f"{time.monotonic() - began:6.2f} s "
        self.console.print(Text.assemble((sign, style), (seconds, "dim"), vi, (f"  {en}", "dim")))
