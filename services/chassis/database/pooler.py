"""Find out what stands between us and PostgreSQL: a pooler such as PgBouncer, and whether it takes sessions apart.

A pooler in transaction mode gives each transaction a server connection of its choice. Prepared statements then meet a connection
that does not have them (26000), or has another's of the same name (42P05); PgBouncer follows them since 1.21 only, and Debian 12
has 1.18. A session's advisory lock stays behind with whoever gets that connection next.
"""

from typing import Any

import sqlalchemy as sa

_PID = "SELECT pg_backend_pid()"


def is_behind_pooler(connection: Any) -> bool:
    """Tell whether the psycopg ``connection``, in no transaction, ends at a pooler.

    Poolers make up the key by which a query is cancelled, and with it the process id that the client is told.
    """
    before = connection.autocommit
    connection.autocommit = True
    try:
        return bool(connection.execute(_PID, prepare=False).fetchone()[0] != connection.info.backend_pid)
    finally:
        connection.autocommit = before


def keeps_sessions(engine: sa.Engine) -> bool:
    """Tell whether a connection of ``engine`` (in autocommit) stays with one server process from statement to statement."""
    with engine.connect() as one, engine.connect() as other:
        mine = {_pid(one), _pid(one)}
        # the other's statement gets what a pooler of transactions took back from the first one
        theirs = _pid(other)
        mine.add(_pid(one))
    return len(mine) == 1 and theirs not in mine


def _pid(connection: sa.Connection) -> Any:
    return connection.exec_driver_sql(_PID).scalar()
