"""Compare figures with what they must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class AtLeast:
    """A figure that must not be smaller."""

    limit: float

    def __eq__(self, figure: object) -> bool:
        return isinstance(figure, int | float) and figure >= self.limit

    def __hash__(self) -> int:
        return hash(self.limit)


@dataclass(frozen=True)
class AtMost:
    """A figure that must not be larger."""

    limit: float

    def __eq__(self, figure: object) -> bool:
        return isinstance(figure, int | float) and figure <= self.limit

    def __hash__(self) -> int:
        return hash(self.limit)


def wrong(figures: Mapping[str, Any], expect: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each figure that is not as expected, or is missing; none if all are well.

    A name stands for every figure of that name, at whatever depth: `{"lost": 0}` holds for each service of a table of five.
    """
    found: list[str] = []
    for name, wanted in expect.items():
        seen = list(_named(figures, name))
        found += [f"{path} is {figure!r}, not {wanted!r}" for path, figure in seen if not wanted == figure]  # noqa: SIM201
        found += [] if seen else [f"{name} was not measured"]
    return found


def _named(figures: Any, name: str, path: str = "") -> Iterator[tuple[str, Any]]:
    items = figures.items() if isinstance(figures, Mapping) else enumerate(figures) if isinstance(figures, list) else ()
    for key, figure in items:
        here = f"{path}.{key}" if path else str(key)
        if key == name:
            yield here, figure
        else:
            yield from _named(figure, name, here)
