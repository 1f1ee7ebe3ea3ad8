"""The database of a service, for commands that run beside it."""

import re
from pathlib import Path

import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.discovery import Service
from services.chassis.settings import settings_class

_TABLE = re.compile(r'create_table\(\s*"(\w+)"')


def open_database(service: type[Service]) -> Database:
    """Return the database at the service's DATABASE_URL. Its other settings (an SMS gateway's token) may be missing here.

    :raises SettingsError: if the setting is wrong.
    :raises DBAPIError: if the database does not answer, or is another service's.
    """
    database = Database(settings_class(service).read_one("database_url").reveal(), pool_size=2)
    look_for_tables_of(service, database)
    return database


def look_for_tables_of(service: type[Service], database: Database) -> None:
    """Ask the first table that the service's own migrations make: the chassis' tables are in every service's database.

    :raises DBAPIError: if it is not there; the database is another service's then, or was never migrated.
    """
    scripts: Path | None = getattr(service, "migrations", None)
    if scripts is None:
        return
    made = (_TABLE.search(step.read_text("utf-8")) for step in sorted((scripts / "versions").glob("*.py")))
    if (first := next(filter(None, made), None)) is None:
        return
    with database.read() as session:
        session.execute(sa.select(sa.literal(1)).select_from(sa.table(first[1])).limit(1))
