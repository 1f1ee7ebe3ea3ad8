"""Receive AWS's reports of SMS through an SNS topic."""

from __future__ import annotations

from services.chassis.resources import Resources
from services.chassis.web.blueprint import Blueprint
from services.notifications.settings import Settings
from services.notifications.sms.aws_events import PROVIDER, take_text
from services.notifications.sns.callback import callback
from services.notifications.sns.signature import Sns


def blueprints(resources: Resources[Settings]) -> list[Blueprint]:
    """Return the callback, which trusts the topic AWS_SMS_TOPIC_ARN; without one it trusts nobody."""
    settings = resources.settings
    return [blueprint(resources, Sns(settings.aws_sms_topic_arn, sandbox=settings.sandbox_sns_url))]


def blueprint(resources: Resources[Settings], topic: Sns) -> Blueprint:
    """Return the callback for a given topic."""
    return callback(resources, topic, PROVIDER, about="SMS by AWS End User Messaging", take_text=take_text)
