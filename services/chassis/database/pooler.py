"""Find out what stands between us and PostgreSQL: a pooler such as PgBouncer, and whether it takes sessions apart.

A pooler in transaction mode gives each transaction a server connection of its choice. Prepared statements then meet a connection
that does not have them (26000), or has another's of the same name (42P05); PgBouncer follows them since 1.21 only, and Debian 12
has 1.18. A session's advisory lock stays behind with whoever gets that connection next.
"""

from typing import Any

import sqlalchemy as sa

from services.chassis.errors import StartUpError

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


def require_sessions(engine: sa.Engine) -> None:
    """Check that a connection of ``engine`` (in autocommit) stays with one server process from statement to statement.

    :raises StartUpError: with what to do, if it does not.
    """
    with engine.connect() as one, engine.connect() as other:
        mine = {_pid(one), _pid(one)}
        # the other's statement gets what a pooler of transactions took back from the first one
        theirs = _pid(other)
        mine.add(_pid(one))
    if len(mine) > 1 or theirs in mine:
        raise StartUpError(
            f"the locks of a session do not hold at {engine.url.render_as_string(hide_password=True)}: a pooler in transaction "
            "mode stands before the database. Set DATABASE_DIRECT_URL to the database server itself; DATABASE_URL may go on "
            "through the pooler."
        )


def _pid(connection: sa.Connection) -> Any:
    return connection.exec_driver_sql(_PID).scalar()
