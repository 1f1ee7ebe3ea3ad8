"""How many codes go to one phone, and at the request of one source (N: nobody makes us write to strangers).

Each source has its own limit for a phone, so that one of them does not use up what all have; the holder of an account with that phone
is in nobody's way (decision 48). Codes that are confirmed count against nobody.
"""

from services.chassis.web import budgets
from services.chassis.web.throttles import Budget, Limit
from services.registration.declarations.limits import Throttle
from services.registration.phones.refusals import too_many_codes
from services.registration.settings import Settings

_HOUR, _DAY = 3600, 86_400


def codes(settings: Settings, phone: str, source: str | None, *, own: bool) -> Budget:
    """Limit the codes sent to a phone: for the source that asks, and for all that ask.

    :param source: None for staff, and for whoever cannot be told apart from others.
    :param own: the source is signed in to an account with this phone.
    """
    pair = None if source is None else f"{phone}\n{source}"
    each = (
        (Limit(Throttle, "phone:hour", settings.phone_codes_per_phone_hour, _HOUR, too_many_codes), pair),
        (Limit(Throttle, "phone:source:day", settings.phone_codes_per_phone_address_day, _DAY, too_many_codes), pair),
    )
    everybody = ((Limit(Throttle, "phone:day", settings.phone_codes_per_phone_day, _DAY, too_many_codes), phone),)
    of_source = Limit(Throttle, "phone:source", settings.phone_codes_per_address_hour, _HOUR, too_many_codes)
    if source is not None and source.startswith("account:"):
        return Budget((*each, *(() if own else everybody), (of_source, source)))
    strangers = budgets.everybody("phone", settings.phone_codes_per_minute, source, Throttle)
    return Budget((*each, *everybody, *budgets.around(of_source, source), strangers))
