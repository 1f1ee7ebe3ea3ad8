"""Probe of the SMS providers: our account at each is asked for; nothing is sent."""

from __future__ import annotations

from services.chassis.probes import Probe
from services.chassis.resources import Resources
from services.notifications.settings import Settings
from services.notifications.sms.providers import providers_of


def _accounts(resources: Resources[Settings]) -> str:
    settings = resources.settings
    providers = providers_of(settings, connections=1)
    if not providers:
        return "SMS_PROVIDER is none: no SMS is sent"
    return "; ".join(each.check(timeout=settings.sms_timeout_seconds) for each in providers.values())


_REMEDY = "Are TWILIO_BASE_URL, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (AWS: region, keys) right? docs/runbooks/provider-refuses.md"
probes = (Probe("sms", _accounts, _REMEDY),)
