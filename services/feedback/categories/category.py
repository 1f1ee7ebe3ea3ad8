"""A category: what a complaint may be about, and which board watches it (F2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from services.feedback.categories.suggestion import Keyword

#: working days that a category may set for itself; None: as the category above, then as the settings say
DAYS: Final = ("acknowledge_days", "route_days", "answer_days", "warn_days", "board_days", "centre_days")
MOST_DAYS: Final = 250


@dataclass(frozen=True)
class Category:
    """One category of the tree, which has two levels. ``parent`` is the code of the one above; days are working days."""

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
        """Return what rows, responses and the history hold; keywords as in the CSV (``chốt sổ*4``)."""
        return asdict(self) | {"keywords": [str(each) for each in self.keywords], "examples": list(self.examples)}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Category:
        """Return the category that `as_dict` wrote.

        :raises ValueError: for a malformed keyword.
        """
        keywords = tuple(Keyword.read(each) for each in row["keywords"])
        return cls(**{**row, "keywords": keywords, "examples": tuple(row["examples"])})
