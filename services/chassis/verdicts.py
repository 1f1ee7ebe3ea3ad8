"""Whose fault an answer of another system is: tables kept as data, one for each system (docs/providers.md, decision 46).

::

    TABLE = Verdicts.load(Path(__file__).with_name("twilio.toml"))
    verdict = TABLE.find("21408")            # a row of the table, or that of an answer which nobody knows: it is ours
    verdict.fault, verdict.code              # Fault.OURS, "route"

An answer is looked up by keys, the most telling first: an error code, then the status that it came with. What no row names is held for
an operator: a refusal that we do not understand must never cost somebody their message.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from services.chassis import clock


class Fault(StrEnum):
    """What an answer is about."""

    MESSAGE = "message"
    """The message, or the person: final."""
    OURS = "ours"
    """Our account, sender, content or configuration: held for an operator, nothing is lost."""
    PASSING = "passing"
    """Nothing has happened over there: again later."""
    UNKNOWN = "unknown"
    """It may have happened: looked up first; at most two copies, then a person decides."""
    NONE = "none"
    """No fault: news that changes nothing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row: what `answer` means. `code`: why, as a word for programs; `source`: where the other side says so."""

    answer: str
    fault: Fault
    code: str
    says: str
    source: str


UNKNOWN_ANSWER = "unknown_answer"


class Verdicts:
    """The table of one system."""

    def __init__(self, system: str, by: str, rows: Iterable[Verdict]) -> None:
        """Make a table.

        :param by: by what its answers are looked up, in words.
        :raises ValueError: if two rows are about the same answer.
        """
        self.system, self.by, self.rows = system, by, tuple(rows)
        self._by_answer: Mapping[str, Verdict] = {row.answer: row for row in self.rows}
        if len(self._by_answer) != len(self.rows):
            raise ValueError(f"{system}: an answer has two rows")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a table from its TOML file, in which one `row` may name several answers."""
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = [
            Verdict(answer, Fault(row["fault"]), row["code"], row["says"], row["source"].replace("{}", answer))
            for row in table["row"]
            for answer in row["answers"]
        ]
        return cls(table["system"], table["by"], rows)

    def find(self, *answers: object) -> Verdict:
        """Return the first row that is there, or one that says that nobody knows the answer."""
        named = [str(answer) for answer in answers if answer is not None]
        for answer in named:
            if (row := self._by_answer.get(answer)) is not None:
                return row
        return Verdict(named[0] if named else "", Fault.OURS, UNKNOWN_ANSWER, "not in the table", "")


def retry_after(text: str | None, *, date: str | None = None) -> float | None:
    """Return how many seconds a `Retry-After` asks for, given as such or as a date (RFC 9110 §10.2.3); None if it says neither.

    :param date: the answer's own `Date`: a date is measured from that, for whoever wrote both has one clock, which may not be ours.
    """
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    if (at := _moment(text)) is None:
        return None
    return max(0.0, (at - (_moment(date or "") or clock.now())).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
