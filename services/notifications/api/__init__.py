"""HTTP: what support looks at, and what providers call back."""

from __future__ import annotations

from services.chassis.resources import Resources
from services.chassis.web.resources import Blueprints
from services.notifications.api import messages, ses, twilio


def blueprints(resources: Resources) -> Blueprints:
    """All of them."""
    return [messages.messages, twilio.blueprint(resources), ses.blueprint(resources)]
