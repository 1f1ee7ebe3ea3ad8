"""One service as a process on SQLite, without a broker: all that many attacks need."""

from __future__ import annotations

import sqlite3
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playground.program import Program, service
from services.chassis.seal import generate_keypair
from services.chassis.testing import free_port

_CLASSES = {"registration": "Registration", "feedback": "Feedback", "accounts": "Accounts"}


@dataclass(frozen=True)
class Lonely:
    """A service that runs: its address, its process, its database."""

    url: str
    port: int
    program: Program
    database: Path

    def count(self, query: str) -> int:
        """Return the one number that a query of its database gives."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return int(connection.execute(query).fetchone()[0])

    def facts(self, name: str) -> int:
        """Return how many facts of a name it has recorded; without a broker they all wait in its outbox."""
        return self.count(f"SELECT count(*) FROM outbox WHERE fact = '{name}'")  # a name of ours


@contextmanager
def lonely(name: str, **settings: Any) -> Iterator[Lonely]:
    """Run a service with these settings (names as in the environment) for the time of the block."""
    with tempfile.TemporaryDirectory(prefix="vss-attack-") as kept:
        folder, port = Path(kept), free_port()
        given = {"HTTP_ADDRESS": f"127.0.0.1:{port}", "DOCUMENTS_URL": f"file:{folder / 'documents'}"}
        given |= {"SEAL_PUBLIC_KEY": generate_keypair().public_key, "LOG_LEVEL": "WARNING"}
        program = service(
            f"services.{name}.service:{_CLASSES[name]}",
            folder=folder,
            amqp_uri=f"amqp://guest:guest@127.0.0.1:{free_port()}/",
            database_url=f"sqlite:///{folder / 'own.db'}",
            **given | settings,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            program.until(lambda: _serves(url), "serving", 90)
            yield Lonely(url, port, program, folder / "own.db")
        finally:
            if program.stop(30) < 0:
                program.kill()


def _serves(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
