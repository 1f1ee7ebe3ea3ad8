"""A category of complaints, and the board that watches it (F2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from services.feedback.categories.suggestion import Keyword

#: working days that a category may set; None: inherited from its parent, else from the settings
DAYS: Final = ("acknowledge_days", "route_days", "answer_days", "warn_days", "board_days", "centre_days")
MOST_DAYS: Final = 250


@dataclass(frozen=True)
class Category:
    """One category of the two-level tree. ``parent`` is the code of its parent; days are working days."""

    code: str
    parent: str | None
    board: str
    name: str
    acknowledge_days: int | None = None
    route_days: int | None = None
    answer_days: int | None = None
    warn_days: int | None = None
    board_days: int | None = None
    centre_days: int | None = None
    keywords: tuple[Keyword, ...] = ()
    examples: tuple[str, ...] = ()
    open: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return the category as rows, responses and the history hold it; keywords as in the CSV (``chốt sổ*4``)."""
        return asdict(self) | {"keywords": [str(each) for each in self.keywords], "examples": list(self.examples)}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Category:
        """Read what `as_dict` returned.

        :raises ValueError: for a malformed keyword.
        """
        keywords = tuple(Keyword.read(each) for each in row["keywords"])
        return cls(**{**row, "keywords": keywords, "examples": tuple(row["examples"])})
