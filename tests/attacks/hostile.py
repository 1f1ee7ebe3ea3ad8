"""Hostile files, made from a seed: PDFs and pictures of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from tests.attacks import hostile_pdfs, hostile_pictures

_KINDS = {made.__name__: made for made in (*hostile_pdfs.KINDS, *hostile_pictures.KINDS)}


class Hostile(NamedTuple):
    """A file, and what it tries."""

    name: str
    content: bytes


def files(count: int, seed: int = 12) -> Iterator[Hostile]:
    """Yield so many files: every kind in turn, each time another one."""
    chance = random.Random(seed)  # to be repeated, not to be secret
    kinds = list(_KINDS.items())
    for number in range(count):
        name, made = kinds[number % len(kinds)]
        yield Hostile(name, made(chance))


def make(kind: str, seed: int = 3) -> bytes:
    """Return a file of one kind."""
    return _KINDS[kind](random.Random(seed))
