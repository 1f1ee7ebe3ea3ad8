"""Settings: frozen, from the environment, every fault reported at once.

    class RegistrationSettings(ChassisSettings, service="registration", http_address="127.0.0.1:8101"):
        draft_days: int = setting(default=30, help="how long a draft is kept", minimum=1, maximum=365)
        sms_token: Secret = setting(help="token of the SMS gateway")          # no default: must be set

    settings = RegistrationSettings.from_environment()

Each variable is looked up as `REGISTRATION_DRAFT_DAYS` first, then as `DRAFT_DAYS`. An empty variable counts as not set.
A `Secret` or `Url` is also read from the file named by `…_FILE` (the way Docker and Kubernetes hand out secrets).
Types: str, int, float, bool, Path, Url, Secret, `tuple[T, ...]` ("5,30,300") and `T | None`. Units are in the names.
Tests make one directly: `RegistrationSettings(draft_days=1)`; bounds hold there too.
"""

from services.chassis.settings.base import BaseSettings, Row, setting
from services.chassis.settings.chassis import ChassisSettings, chassis_settings, settings_class
from services.chassis.settings.values import Secret, Url
from services.chassis.settings.variable import Variable

__all__ = [
    "BaseSettings",
    "ChassisSettings",
    "Row",
    "Secret",
    "Url",
    "Variable",
    "chassis_settings",
    "setting",
    "settings_class",
]
