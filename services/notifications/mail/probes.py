"""Probe of the mail provider: connected, signed in, our sender accepted; nothing is sent."""

from __future__ import annotations

from services.chassis.probes import Probe
from services.chassis.resources import Resources
from services.notifications.mail.jobs import provider_of
from services.notifications.settings import Settings


def _sign_in(resources: Resources[Settings]) -> str:
    return provider_of(resources.settings).check(timeout=resources.settings.mail_timeout_seconds)


_REMEDY = "Are SMTP_HOST, SMTP_PORT, SMTP_TLS, SMTP_USER and SMTP_PASSWORD (SES: region, keys) right? docs/runbooks/provider-refuses.md"
probes = (Probe("mail", _sign_in, _REMEDY),)
