"""The collected wordings of rejections and answers: those that send people away or speak of missing papers, and lawful ones."""

from __future__ import annotations

import tomllib
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "unit/chassis/wordings"
#: what the search was written with, and what was put away for its tests
SETS: dict[str, dict[str, list[str]]] = {
    name: tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8")) for name in ("used", "put_away")
}


def wordings(kind: str) -> list[str]:
    """All of a kind: another_office, missing_papers, lawful."""
    return [text for each in SETS.values() for text in each[kind]]
