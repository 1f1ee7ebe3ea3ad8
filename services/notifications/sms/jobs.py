"""Send SMS and, on separate workers, one-time codes, as jobs."""

from __future__ import annotations

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.database import Database
from services.chassis.jobs import Job, JobKind
from services.chassis.resources import Resources
from services.notifications.messages.catalogue import OTP, SMS
from services.notifications.messages.questions import asking_kind
from services.notifications.messages.rules import Message
from services.notifications.messages.sending import (
    SecretGone,
    Sent,
    Writer,
    may_be_known_since,
    refuse_another_copy,
    refuse_expired,
    reported_provider_id,
    sending_kind,
    useless_after,
)
from services.notifications.messages.texts import MASK, segments
from services.notifications.settings import Settings
from services.notifications.sms.port import NoSms, Sms, SmsProvider
from services.notifications.sms.twilio import TwilioSms


def kinds(resources: Resources[Settings]) -> list[JobKind]:
    """Return the job kinds, with the provider that the settings name."""
    settings = resources.settings
    if settings.sms_provider == "twilio":
        return kinds_on(TwilioSms(settings, connections=settings.sms_concurrency + settings.otp_concurrency), resources)
    return kinds_on(NoSms(), resources)


def kinds_on(provider: SmsProvider, resources: Resources[Settings]) -> list[JobKind]:
    """Return the job kinds with this provider."""
    settings = resources.settings
    sender = SmsSender(provider, resources)
    seconds = settings.sms_timeout_seconds
    return [
        asking_kind("sms", lambda provider_id: provider.receipt(provider_id, timeout=seconds)),
        *(
            sending_kind(
                name,
                sender.send,
                concurrency=concurrency,
                max_attempts=settings.sms_max_attempts,
                call_seconds=settings.sms_timeout_seconds,
            )
            for name, concurrency in ((OTP, settings.otp_concurrency), (SMS, settings.sms_concurrency))
        ),
    ]


class SmsSender:
    """Sends one SMS per job. No database session is open during a call to the provider."""

    def __init__(self, provider: SmsProvider, resources: Resources[Settings]) -> None:
        self._provider, self._db, self._settings = provider, resources.db, resources.settings
        self._writer = Writer(resources.settings)

    def send(self, job: Job) -> Sent:
        """Hand an SMS over to the provider. If an earlier attempt had an unknown outcome, first ask the provider about it.

        :raises Expired: if the message is no longer of use.
        :raises SecretGone: if its secret is gone, and the provider knows of no earlier copy.
        :raises CopiesUnknown: if two may have been sent, and the provider knows of none.
        """
        masked, end = self._writer.sms(job, masked=True), useless_after(job)
        # without its box the text is known but for the secret
        gone = job.payload.get("box", "") is None
        text = masked if gone else self._writer.sms(job)
        base = self._settings.callback_base_url.reveal().rstrip("/")
        sms = Sms(
            to=job.payload["to"],
            text=text,
            callback_url=f"{base}/notifications/callbacks/twilio?message={job.key}",
            valid_seconds=None if end is None else int((end - clock.now()).total_seconds()),
            mask=MASK if gone else None,
        )
        provider_id = self._earlier(job, sms) if job.may_have_run else None
        if provider_id is None:
            refuse_expired(job)
            if gone:
                raise SecretGone("told again without its secret")
            refuse_another_copy(job)
            provider_id = self._provider.send(sms, timeout=self._settings.sms_timeout_seconds)
        return Sent(provider_id, masked, segments(text))

    def _earlier(self, job: Job, sms: Sms) -> str | None:
        """Return the provider's id of an earlier attempt that got through, if a callback or the provider knows of one."""
        if reported := reported_provider_id(self._db, job):
            return reported
        since = may_be_known_since(job)
        ids = self._provider.find(sms, since=since, timeout=self._settings.sms_timeout_seconds)
        return _first_unclaimed(self._db, ids)


def _first_unclaimed(db: Database, found: list[str]) -> str | None:
    """Return the first id that belongs to no other message: the same text to one person may be two messages."""
    if not found:
        return None
    with db.read() as session:
        claimed = set(session.scalars(sa.select(Message.provider_id).where(Message.provider_id.in_(found))))
    return next((each for each in found if each not in claimed), None)
