"""The providers that the settings name, by their roads."""

from __future__ import annotations

from services.notifications.settings import Settings
from services.notifications.sms.port import AWS, TWILIO, SmsProvider
from services.notifications.sms.twilio import TwilioSms


def providers_of(settings: Settings, *, connections: int | None = None) -> dict[str, SmsProvider]:
    """Return the providers of SMS_PROVIDER; boto3 is imported only where AWS is used.

    :param connections: how many each keeps open; None: one for each sender.
    """
    connections = connections or settings.sms_concurrency + settings.otp_concurrency
    found: dict[str, SmsProvider] = {}
    for road in settings.sms_roads:
        if road == TWILIO:
            found[TWILIO] = TwilioSms(settings, connections=connections)
        else:
            from services.notifications.sms.aws import AwsSms

            found[AWS] = AwsSms(settings, connections=connections)
    return found
