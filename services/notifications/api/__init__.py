"""HTTP: what support looks at, and what providers call back."""

from __future__ import annotations

from services.chassis.resources import Resources
from services.chassis.web.resources import Blueprints
from services.notifications.api import messages, ses, twilio
from services.notifications.settings import Settings


def blueprints(resources: Resources[Settings]) -> Blueprints:
    """All of them."""
    return [messages.messages, twilio.blueprint(resources), ses.blueprint(resources)]
