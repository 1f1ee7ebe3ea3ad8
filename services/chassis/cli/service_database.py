"""The database of a service, for commands that run beside it."""

from services.chassis.database import Database
from services.chassis.discovery import Service
from services.chassis.settings import settings_class


def open_database(service: type[Service]) -> Database:
    """Return the database at the service's DATABASE_URL. Its other settings (an SMS gateway's token) may be missing here.

    :raises SettingsError: if the setting is wrong.
    """
    return Database(settings_class(service).read_one("database_url").reveal(), pool_size=2)
