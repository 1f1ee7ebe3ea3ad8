"""Probe of the SMS provider: our account is asked for; nothing is sent."""

from __future__ import annotations

from services.chassis.probes import Probe
from services.chassis.resources import Resources
from services.notifications.settings import Settings
from services.notifications.sms.twilio import TwilioSms


def _account(resources: Resources[Settings]) -> str:
    settings = resources.settings
    if settings.sms_provider != "twilio":
        return "SMS_PROVIDER is none: no SMS is sent"
    TwilioSms(settings, connections=1).check(timeout=settings.sms_timeout_seconds)
    return f"{settings.twilio_base_url} knows our account, and it is active"


_REMEDY = "Are TWILIO_BASE_URL, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN right? docs/runbooks/provider-refuses.md"
probes = (Probe("sms", _account, _REMEDY),)
