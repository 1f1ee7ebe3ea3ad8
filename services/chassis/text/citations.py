"""Cite laws, decrees and official letters by what they say: which one is in force on a day is data (citations.toml).

law = cite("any-office", today_in_vietnam())
f"Người dân được quyền đến bất kỳ cơ quan BHXH nào ({law.vi})."
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("citations.toml")


@dataclass(frozen=True, slots=True)
class Citation:
    """A provision as texts cite it in either language, and the first day on which they do."""

    id: str
    vi: str
    en: str
    title: str
    valid_from: date


def cite(id_: str, on: date) -> Citation:
    """Return the provision in force on a day in Vietnam; before the first one of its kind, that one.

    :param on: today, or the day of submission for a form that is printed later.
    :raises KeyError: for an id that citations.toml does not have.
    """
    return in_force(_kept()[id_], on)


def in_force(successive: Sequence[Citation], on: date) -> Citation:
    """Return the last of these that had begun on the day, or the first. They are in the order of their first days."""
    begun = [each for each in successive if each.valid_from <= on]
    return begun[-1] if begun else successive[0]


def read(text: str) -> dict[str, list[Citation]]:
    """Return the provisions of citations.toml by id, each id's in the order of their first days.

    :raises ValueError: if two provisions of one id begin on the same day.
    :raises TypeError: if an entry lacks a field, or has one too many.
    """
    found: dict[str, list[Citation]] = {}
    for entry in sorted((Citation(**each) for each in tomllib.loads(text)["citation"]), key=lambda each: each.valid_from):
        successive = found.setdefault(entry.id, [])
        if successive and successive[-1].valid_from == entry.valid_from:
            raise ValueError(f"citations.toml: two entries of {entry.id} begin on {entry.valid_from}. Correct one of them.")
        successive.append(entry)
    return found


@cache
def _kept() -> Mapping[str, Sequence[Citation]]:
    return read(_FILE.read_text(encoding="utf-8"))
