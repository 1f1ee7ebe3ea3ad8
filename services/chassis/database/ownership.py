"""Who owns a service's tables, and what the service itself may do with them (decision 65).

An owner may drop the trigger by which a history only grows. So the tables belong to a user of their own, under whose name only
``vss migrate`` works (MIGRATION_DATABASE_URL); the service's user has what it needs row by row: of histories, reading and adding.
PostgreSQL only; a SQLite file belongs to whoever opens it.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from services.chassis.errors import StartUpError, Transient

#: says which revision the tables have; the service compares, and only the owner writes
_VERSIONS = ("chassis_schema", "service_schema", "chassis_version", "service_version")
_SCHEMA = "public"
_TABLES = (
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
)
_OWNED = sa.text(f"SELECT EXISTS (SELECT {_TABLES} AND pg_has_role(current_user, c.relowner, 'USAGE'))")
_FOREIGN = sa.text(
    f"SELECT min(pg_get_userbyid(c.relowner)) {_TABLES} AND NOT pg_has_role(current_user, c.relowner, 'USAGE')"
)
_MAY_CREATE = sa.text("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
#: tables with a trigger that refuses both UPDATE (16) and DELETE (8) before the statement (2), row by row or not
_ONLY_GROWING = sa.text(
    "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
    " AND t.tgname LIKE '%only\\_grow%' AND t.tgtype & 26 = 26"
)


class NotMigrated(Transient):
    """The tables are older than this program, and its user may not change them: somebody has to run ``vss migrate``."""

    safe_to_log = True

    def __init__(self, user: str | None) -> None:
        super().__init__(
            f"the database's tables are older than this release, and its user {user} does not own them: run `vss migrate SERVICE` "
            "of this release, with MIGRATION_DATABASE_URL (deploy/README.md)"
        )


def may_migrate(connection: sa.Connection) -> bool:
    """Tell whether the connected user may change the tables: it may make some, and those that are there are its own."""
    return bool(connection.scalar(_MAY_CREATE)) and connection.scalar(_FOREIGN) is None


def owns_tables(connection: sa.Connection) -> bool:
    """Tell whether the connected user owns a table, by itself or by a role it has. A superuser owns all."""
    return bool(connection.scalar(_OWNED))


def only_growing(connection: sa.Connection) -> list[str]:
    """Return the tables whose rows a trigger keeps from being changed or deleted: histories."""
    return sorted(connection.scalars(_ONLY_GROWING))


def grant(connection: sa.Connection, role: str) -> None:
    """Give a service's user what it needs of the tables that the connected user owns, and take away everything else.

    :raises StartUpError: if some table belongs to somebody else, or there is no such user.
    """
    owner = connection.scalar(_FOREIGN)
    if owner is not None:
        raise StartUpError(
            f"tables of this database belong to {owner}: have a superuser hand them over once, in this database, with "
            f"`REASSIGN OWNED BY {owner} TO {connection.scalar(sa.text('SELECT current_user'))}` (deploy/README.md)"
        )
    if not connection.scalar(sa.text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)"), {"role": role}):
        raise StartUpError(f"there is no user {role!r}, who stands in DATABASE_URL")
    for statement in _statements(connection, role):
        connection.exec_driver_sql(statement)


def _statements(connection: sa.Connection, role: str) -> Iterator[str]:
    quote = connection.dialect.identifier_preparer.quote
    user, everything = quote(role), f"ALL TABLES IN SCHEMA {_SCHEMA}"
    yield f"GRANT USAGE ON SCHEMA {_SCHEMA} TO {user}"
    yield f"REVOKE ALL ON {everything} FROM {user}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {everything} TO {user}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {_SCHEMA} TO {user}"
    for table in only_growing(connection):
        yield f"REVOKE UPDATE, DELETE ON {quote(table)} FROM {user}"
    for table in _VERSIONS:
        if sa.inspect(connection).has_table(table):
            yield f"REVOKE INSERT, UPDATE, DELETE ON {quote(table)} FROM {user}"
