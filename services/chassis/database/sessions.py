"""Sessions of a service's database, and what is announced once they commit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

_NEWS = "news"


class ServiceSession(Session):
    """Session of a service's database; the outbox listens to its commit."""

    #: the `Database` that made it, whose module imports this one
    database: Any
    #: False for a session of ``read()``, which never commits
    writes: bool


def announce(session: Session, what: str) -> None:
    """Have whoever listens to the database told of ``what`` (`FACTS`, or a kind of job) once this transaction commits."""
    session.info.setdefault(_NEWS, set()).add(what)


@event.listens_for(ServiceSession, "after_commit")
def _after_commit(session: ServiceSession) -> None:
    # a savepoint's release comes here too: the rows are not there for others yet
    if not session.in_nested_transaction() and (news := session.info.pop(_NEWS, None)):
        session.database.tell_committed(frozenset(news))
