"""What an audit has found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

_SHOWN = 30


@dataclass
class Audit:
    """What was compared, and a sentence for each thing that is wrong."""

    compared: Counter[str] = field(default_factory=Counter)
    #: happened in one service, and unknown in another or to the person
    lost: list[str] = field(default_factory=list)
    #: happened more often than once
    doubled: list[str] = field(default_factory=list)
    #: arrived at a phone or mailbox more often than once: when its sender is killed, a provider cannot be asked exactly once
    repeated: list[str] = field(default_factory=list)
    #: one number that stands for two people
    mixed_up: list[str] = field(default_factory=list)
    #: parked, waiting, given up, not sent
    unsettled: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Return the counts, and the first sentences."""
        found = {
            "lost": self.lost,
            "doubled": self.doubled,
            "repeated": self.repeated,
            "mixed_up": self.mixed_up,
            "unsettled": self.unsettled,
        }
        counts: dict[str, Any] = {name: len(sentences) for name, sentences in found.items()}
        shown = [f"{name}: {each}" for name, sentences in found.items() for each in sentences][:_SHOWN]
        return counts | {"compared": dict(self.compared), "findings": shown}

    def expect(self, subject: str, told: int, due: int) -> None:
        """Count a thing that must have happened `due` times."""
        if told < due:
            self.lost.append(f"{subject}: {told} instead of {due}")
        elif told > due:
            self.doubled.append(f"{subject}: {told} instead of {due}")
