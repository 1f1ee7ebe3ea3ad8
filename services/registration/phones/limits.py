"""How many codes go to one phone, and at the request of one source (N: nobody makes us write to strangers)."""

from services.chassis.web.throttles import Limit
from services.registration.declarations.limits import Throttle
from services.registration.phones.refusals import too_many_codes
from services.registration.settings import Settings

_HOUR, _DAY = 3600, 86_400


def codes_to_phone(settings: Settings) -> tuple[Limit, Limit]:
    """Limit the codes sent to one phone, per hour and per day, whoever asks."""
    return (
        Limit(Throttle, "phone:hour", settings.phone_codes_per_phone_hour, _HOUR, too_many_codes),
        Limit(Throttle, "phone:day", settings.phone_codes_per_phone_day, _DAY, too_many_codes),
    )


def codes_for_source(settings: Settings) -> Limit:
    """Limit the codes that one source asks for, to any phones."""
    return Limit(Throttle, "phone:source", settings.phone_codes_per_address_hour, _HOUR, too_many_codes)
