"""What recording a look costs a read by staff (V16, decision 64): the same requests with and without the entry.

    python -m tests.bench.looks [postgresql+psycopg://…]

Prints milliseconds for each request and their ratio. Without a URL on a SQLite file.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from flask import g

from services.chassis.web import looks
from tests.integration.verification.desk import NO, Desk

_ROUNDS, _REQUESTS = 5, 60
_OFFICER = "officer:lan:01"


def main(url: str | None) -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory() as folder:
        bureau = Desk(url or f"sqlite:///{Path(folder) / 'looks.db'}")
        bureau.submit()
        for what, path in (("one dossier", f"/{NO}"), ("a list", "")):
            with_entry, without = [], []
            for _ in range(_ROUNDS):  # turn by turn: the machine is not alone
                with_entry.append(_milliseconds(bureau, path))
                with patch.object(looks, "add", _nothing), patch.object(bureau.db, "write", bureau.db.read):
                    without.append(_milliseconds(bureau, path))
            recorded, plain = statistics.median(with_entry), statistics.median(without)
            sys.stdout.write(f"{what}: {recorded:.2f} ms recorded, {plain:.2f} ms without: {recorded / plain:.2f} times\n")
        bureau.close()


def _nothing(*_: object) -> None:
    g.looked = True


def _milliseconds(bureau: Desk, path: str) -> float:
    ask: Callable[[], object] = lambda: bureau.ask("GET", path, _OFFICER)  # noqa: E731  # the loop is to hold nothing else
    began = time.perf_counter()
    for _ in range(_REQUESTS):
        ask()
    return (time.perf_counter() - began) / _REQUESTS * 1000


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
