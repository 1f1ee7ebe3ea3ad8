"""Send SMS and, on separate workers, one-time codes, as jobs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from services.chassis import clock
from services.chassis.errors import Held, Transient
from services.chassis.jobs import Job, JobKind
from services.chassis.resources import Resources
from services.notifications.budgets.counting import spend
from services.notifications.messages.catalogue import OTP, SMS
from services.notifications.messages.codes import NO_PROVIDER
from services.notifications.messages.questions import asking_kind
from services.notifications.messages.receipts import PENDING, Receipt
from services.notifications.messages.sending import SecretGone, Sent, Writer, refuse_expired, sending_kind, useless_after
from services.notifications.messages.texts import MASK, segments
from services.notifications.roads.choosing import RoadChoice, has_not_taken
from services.notifications.settings import Settings
from services.notifications.sms.earlier import Earlier
from services.notifications.sms.port import TWILIO, Sms, SmsProvider, SmsRefused
from services.notifications.sms.providers import providers_of


def kinds(resources: Resources[Settings]) -> list[JobKind]:
    """Return the job kinds, with the providers that the settings name."""
    return kinds_on(providers_of(resources.settings), resources)


def kinds_on(providers: Mapping[str, SmsProvider], resources: Resources[Settings]) -> list[JobKind]:
    """Return the job kinds with these providers, by their roads."""
    settings = resources.settings
    roads = RoadChoice(resources.db, list(providers))
    return [
        asking_kind("sms", lambda provider_id, road: _receipt(providers, provider_id, road, settings.sms_timeout_seconds)),
        *(
            sending_kind(
                name,
                SmsSender(providers, roads, resources, senders=concurrency).send,
                concurrency=concurrency,
                max_attempts=settings.sms_max_attempts,
                call_seconds=settings.sms_timeout_seconds,
            )
            for name, concurrency in ((OTP, settings.otp_concurrency), (SMS, settings.sms_concurrency))
        ),
    ]


def _receipt(providers: Mapping[str, SmsProvider], provider_id: str, road: str | None, seconds: float) -> Receipt:
    """Ask the road by which the SMS went; one that is not in use any more says nothing."""
    provider = providers.get(road or TWILIO)
    return PENDING if provider is None else provider.receipt(provider_id, timeout=seconds)


class SmsSender:
    """Sends one SMS per job. No database session is open during a call to a provider.

    `senders`: how many of this kind run concurrently.
    """

    def __init__(
        self, providers: Mapping[str, SmsProvider], roads: RoadChoice, resources: Resources[Settings], *, senders: int
    ) -> None:
        self._providers, self._roads, self._senders = providers, roads, senders
        self._db, self._settings = resources.db, resources.settings
        self._writer = Writer(resources.settings)

    def send(self, job: Job) -> Sent:
        """Hand an SMS over to a provider. If an earlier attempt had an unknown outcome, first ask the provider about it.

        :raises Expired: if the message is no longer of use.
        :raises SecretGone: if its secret is gone, and no provider knows of an earlier copy.
        :raises OverBudget: if it has to wait, as too many are sent.
        :raises CopiesUnknown: if it may have been sent, and only a person can decide about another copy.
        """
        masked, end = self._writer.sms(job, masked=True), useless_after(job)
        # without its box the text is known but for the secret
        gone = job.payload.get("box", "") is None
        text = masked if gone else self._writer.sms(job)
        sms = Sms(
            to=job.payload["to"],
            text=text,
            message_id=job.key,
            valid_seconds=None if end is None else int((end - clock.now()).total_seconds()),
            mask=MASK if gone else None,
        )
        earlier = Earlier(self._db, self._providers, job, sms, self._settings.sms_timeout_seconds)
        if found := earlier.copy():
            return Sent(found.provider_id, masked, segments(text), road=found.road)
        refuse_expired(job)
        if gone:
            raise SecretGone("told again without its secret")
        earlier.refuse_another()
        spend(self._db, self._settings, job, channel="sms")
        road, provider_id, late_from = self._hand_over(job, sms, earlier)
        return Sent(provider_id, masked, segments(text), road=road, late_from=late_from)

    def _hand_over(self, job: Job, sms: Sms, earlier: Earlier) -> tuple[str, str, datetime]:
        """Send by the road that the shares choose; by the next at once if that one has certainly not taken it.

        A road of which nobody knows whether it has the SMS is the only one that may get it again.
        """
        seconds, failure = self._settings.sms_timeout_seconds, None
        for road in [earlier.only] if earlier.only else self._roads.order(job.kind, self._senders):
            earlier.record(road)
            began = time.monotonic()
            try:
                with self._roads.calling(job.kind, road):
                    provider_id = self._providers[road].send(sms, timeout=seconds)
            except Transient as error:
                if not has_not_taken(error):
                    raise
                # one that may pass rather than one that waits for an operator
                failure = error if failure is None or isinstance(failure, Held) else failure
                continue
            slow = time.monotonic() - began > self._settings.sms_slow_answer_seconds
            patience = timedelta(0) if slow else timedelta(seconds=self._settings.sms_slow_delivery_seconds)
            return road, provider_id, clock.now() + patience
        raise failure or SmsRefused(NO_PROVIDER, "SMS_PROVIDER is none")
