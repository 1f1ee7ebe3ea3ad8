"""Receive SES's delivery reports through an SNS topic."""

from __future__ import annotations

from services.chassis.resources import Resources
from services.chassis.web.blueprint import Blueprint
from services.notifications.mail.events import take_text
from services.notifications.settings import Settings
from services.notifications.sns.callback import callback
from services.notifications.sns.signature import Sns


def blueprints(resources: Resources[Settings]) -> list[Blueprint]:
    """Return the callback, which trusts the topic SES_TOPIC_ARN; without one it trusts nobody."""
    return [blueprint(resources, Sns(resources.settings.ses_topic_arn))]


def blueprint(resources: Resources[Settings], topic: Sns) -> Blueprint:
    """Return the callback for a given topic."""
    return callback(resources, topic, "ses", about="SES", take_text=take_text)
