"""Ask for a second factor that was shown a short while ago, before what changes other people's rights (A12)."""

from functools import wraps
from typing import Any

from services.accounts.factors.refusals import fresh_factor_needed
from services.chassis import clock
from services.chassis.web import auth
from services.chassis.web.documented import View, described
from services.chassis.web.resources import resources
from services.chassis.web.second_factor import AAL2, is_required


def wants_fresh_factor(view: View) -> View:
    """Require a second factor shown within `STEP_UP_SECONDS` (403). Put it below `auth.requires`."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        claims, settings = auth.principal().claims, resources.settings
        # until STAFF_SECOND_FACTOR_FROM an administrator may have none to show
        if claims.get("acr") == AAL2 or is_required(settings):
            shown_at = claims.get("auth_time")
            if not isinstance(shown_at, int) or clock.now().timestamp() - shown_at >= settings.step_up_seconds:
                raise fresh_factor_needed()
        return view(*args, **kwargs)

    return described(wrapper, view)
