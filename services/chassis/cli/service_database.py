"""The database of a service, for commands that run beside it."""

import os

from services.chassis.cli import broker
from services.chassis.database import Database
from services.chassis.discovery import Service
from services.chassis.settings import ChassisSettings


def open_database(service: type[Service]) -> Database:
    """Return the database at the service's DATABASE_URL. Its other settings (an SMS gateway's token) may be missing here.

    :raises SettingsError: if the setting is wrong.
    """
    declared = getattr(service, "settings", None) or type("Settings", (ChassisSettings,), {}, service=service.name)
    return Database(broker.setting(declared, "database_url", os.environ).reveal(), pool_size=2)
