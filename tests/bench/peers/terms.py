"""The terms a peer works under, and the few things that all peers do alike."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.wire import QUORUM

#: the tables of every peer that has none of its own
INBOX = "CREATE TABLE inbox (id uuid PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now())"
DOSSIERS = """
    CREATE TABLE dossiers (
        dossier_no text PRIMARY KEY, full_name text NOT NULL, bhxh_code text NOT NULL, office text NOT NULL,
        state text NOT NULL, opened_at timestamptz NOT NULL DEFAULT now())"""


@dataclass(frozen=True)
class Terms:
    """What the harness says through the environment."""

    amqp_uri: str
    database_url: str
    in_exchange: str
    in_key: str
    in_queue: str
    out_exchange: str
    out_key: str

    @classmethod
    def from_environment(cls) -> "Terms":
        """:raises KeyError: naming the variable that is missing."""
        return cls(**{name: os.environ[name.upper()] for name in cls.__dataclass_fields__})


def setting(name: str, default: int) -> int:
    """A number to be tuned: `HOP_<NAME>`, else the best one known."""
    return int(os.environ.get(f"HOP_{name}", default))


def ready() -> None:
    """Tell the harness to start the clock. Call it right before consuming begins."""
    print("ready", flush=True)


def declare_input(terms: Terms) -> None:
    """The input queue as most peers want it: quorum, nothing else."""
    import pika

    with pika.BlockingConnection(pika.URLParameters(terms.amqp_uri)) as connection:
        channel = connection.channel()
        channel.queue_declare(terms.in_queue, durable=True, arguments=QUORUM)
        channel.queue_bind(terms.in_queue, terms.in_exchange, terms.in_key)


def create_tables(terms: Terms, *statements: str) -> None:
    """Run DDL in the peer's empty database."""
    import psycopg

    with psycopg.connect(terms.database_url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def main(prepare: Callable[[Terms], None], run: Callable[[Terms], None]) -> None:
    """The program of a peer: `prepare` or `run`, by the first argument."""
    commands = {"prepare": prepare, "run": run}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(f"usage: {sys.argv[0]} prepare|run")
    commands[sys.argv[1]](Terms.from_environment())
