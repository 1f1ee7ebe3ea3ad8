"""The jobs that hand messages over (law 3): open the box, write the text, give it to the provider, forget the rest."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import clock, jobs
from services.chassis.database import Database
from services.chassis.errors import Permanent, Transient
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.resources import Resources
from services.chassis.seal import Opener, UnknownKey
from services.notifications import clocks, texts
from services.notifications.compose import EMAIL, OTP, SMS
from services.notifications.mail import Attachment, Mail, MailProvider
from services.notifications.mail_providers import mail_provider
from services.notifications.messages import TEMPLATES
from services.notifications.model import Message, locked, usually_sent
from services.notifications.settings import Settings
from services.notifications.sms import EXPIRED, NoSms, Sms, SmsProvider
from services.notifications.sms_twilio import TwilioSms
from services.notifications.texts import Texts

_MOST_ATTACHED_BYTES = 10 * 1024**2
_FIRST_DELAY_SECONDS, _LONGEST_DELAY_SECONDS = 1.0, 300.0


class Expired(Permanent):
    """The message is of no use any more (a one-time code past its time)."""

    code = EXPIRED


class KeyMissing(Transient):
    """SEAL_PRIVATE_KEY lacks the key of this box: messages wait for an operator rather than be lost."""

    after_seconds = 120.0


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What is kept of a message that a provider has taken: its text has the secrets masked."""

    provider_id: str
    text: str
    segments: int | None


def kinds(resources: Resources[Settings]) -> list[JobKind]:
    """The job kinds of this service, on the providers that the settings name. Once per process, at start-up."""
    settings = resources.settings
    assert settings.seal_private_key is not None  # the settings have checked that
    clocks.use_quiet_hours(clocks.QuietHours(settings.quiet_from_hour, settings.quiet_until_hour))
    sms: SmsProvider = NoSms()
    if settings.sms_provider == "twilio":
        sms = TwilioSms(settings, connections=settings.sms_concurrency + settings.otp_concurrency)
    return make_kinds(resources, sms, mail_provider(settings), Texts(settings), Opener(settings.seal_private_key))


def make_kinds(
    resources: Resources[Settings], sms: SmsProvider, mail: MailProvider, written: Texts, opener: Opener
) -> list[JobKind]:
    """The same on given providers."""
    settings = resources.settings
    delivery = Delivery(resources, sms, mail, written, opener)

    def kind(name: str, call: Any, *, concurrency: int, max_attempts: int, seconds: float) -> JobKind:
        return JobKind(
            name,
            call,
            handed_over,
            given_up,
            max_attempts=max_attempts,
            first_delay_seconds=_FIRST_DELAY_SECONDS,
            longest_delay_seconds=_LONGEST_DELAY_SECONDS,
            # connect, look up and send, each within its own bound, and then some
            timeout_seconds=max(60.0, 6 * seconds),
            concurrency=concurrency,
            keep_payload=False,
        )

    patient = {"max_attempts": settings.sms_max_attempts, "seconds": settings.sms_timeout_seconds}
    return [
        kind(OTP, delivery.sms, concurrency=settings.otp_concurrency, **patient),  # type: ignore[arg-type]
        kind(SMS, delivery.sms, concurrency=settings.sms_concurrency, **patient),  # type: ignore[arg-type]
        kind(
            EMAIL,
            delivery.email,
            concurrency=settings.mail_concurrency,
            max_attempts=settings.mail_max_attempts,
            seconds=settings.mail_timeout_seconds,
        ),
    ]


class Delivery:
    """The calls. No database session is open while a provider is asked."""

    def __init__(
        self, resources: Resources[Settings], sms: SmsProvider, mail: MailProvider, written: Texts, opener: Opener
    ) -> None:
        self._resources = resources
        self._settings = resources.settings
        self._sms, self._mail, self._texts, self._opener = sms, mail, written, opener

    def sms(self, job: Job) -> HandedOver:
        """Hand an SMS over. If an earlier attempt was left open, the provider is asked about it first."""
        template, values = job.payload["template"], job.payload["values"]
        text = self._texts.sms(template, values | self._secret(job))
        expires_at = _moment(job.payload.get("expires_at"))
        message = Sms(
            to=job.payload["to"],
            text=text,
            callback_url=f"{self._settings.callback_base_url.reveal().rstrip('/')}/notifications/callbacks/twilio?message={job.key}",
            valid_seconds=None if expires_at is None else int((expires_at - clock.now()).total_seconds()),
        )
        timeout = self._settings.sms_timeout_seconds
        taken: str | None = None
        if job.may_have_run:
            taken = _told_meanwhile(self._resources.db, job) or _not_others(
                self._resources.db, self._sms.find(message, since=job.added_at, timeout=timeout)
            )
        if taken is None:
            _refuse_expired(expires_at)
            taken = self._sms.send(message, timeout=timeout)
        mask = self._mask(job)
        masked = self._texts.sms(template, values | mask) if mask else text
        return HandedOver(taken, masked, texts.segments(text))

    def email(self, job: Job) -> HandedOver:
        """Hand an e-mail over.

        No mail server can be asked what it has taken. An attempt that was left open is only known to have got through if
        SES has told so meanwhile (/callbacks/ses); otherwise it is sent again, under the same Message-ID by SMTP, by which
        most mailboxes show one of two copies. SES gives each copy an id of its own.
        """
        if job.may_have_run and (taken := _told_meanwhile(self._resources.db, job)):
            return HandedOver(taken, self._letter(job, self._mask(job)).text, None)
        letter = self._letter(job, self._secret(job))
        _refuse_expired(_moment(job.payload.get("expires_at")))
        mail = Mail(
            message_id=str(job.key),
            to=job.payload["to"],
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            attachments=self._attached(job),
        )
        taken = self._mail.send(mail, timeout=self._settings.mail_timeout_seconds)
        return HandedOver(taken, self._letter(job, self._mask(job)).text, None)

    def _letter(self, job: Job, secret: dict[str, Any]) -> texts.Letter:
        return self._texts.letter(job.payload["template"], job.payload["values"] | secret)

    def _secret(self, job: Job) -> dict[str, Any]:
        """What is in the box; it is opened here and nowhere else, and never leaves the call."""
        if "box" not in job.payload:
            return {}
        try:
            return self._opener.open(job.payload["box"], job.payload["context"])
        except UnknownKey as error:
            raise KeyMissing(str(error)) from None

    def _mask(self, job: Job) -> dict[str, Any]:
        secret = TEMPLATES[job.payload["template"]].secret
        return {secret: texts.MASK} if secret and "box" in job.payload else {}

    def _attached(self, job: Job) -> tuple[Attachment, ...]:
        document = job.payload.get("document")
        if document is None:
            return ()
        store = self._resources.documents
        with store.open(document["document_id"], sha256=document["sha256"], max_bytes=_MOST_ATTACHED_BYTES) as content:
            return (Attachment(document["name"], content.document.content_type, b"".join(content)),)


def handed_over(session: Session, job: Job, result: HandedOver) -> None:
    """The provider has it."""
    message_id, at = uuid.UUID(job.key), clock.now()
    told: dict[str, Any] = {"at": at, "provider_id": result.provider_id, "text": result.text, "segments": result.segments}
    if usually_sent(session, message_id, **told):
        return
    message = locked(session, message_id)
    if message is not None:
        message.handed_over(session, **told)


def given_up(session: Session, job: Job, reason: Reason) -> None:
    """It will not be sent. Why is an adapter's own word for it, if it had one."""
    ours = getattr(reason.cause, "code", None)
    message = locked(session, uuid.UUID(job.key))
    if message is not None:
        message.failed(session, at=clock.now(), code=str(ours or reason.code))
    if ours:
        # this will never go, so nobody brings it back; what failed otherwise (provider away, key missing) may be brought back
        jobs.wipe(session, job.id)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _refuse_expired(expires_at: datetime | None) -> None:
    if expires_at is not None and clock.now() >= expires_at:
        raise Expired("past its time")


def _told_meanwhile(database: Database, job: Job) -> str | None:
    """The provider's id, if a callback has told us that the attempt left open got through."""
    with database.read() as session:
        return session.scalar(sa.select(Message.provider_id).where(Message.id == uuid.UUID(job.key)))


def _not_others(database: Database, found: list[str]) -> str | None:
    """The first that is not known as another message's: equal texts to one person are not always the same message."""
    if not found:
        return None
    with database.read() as session:
        others = set(session.scalars(sa.select(Message.provider_id).where(Message.provider_id.in_(found))))
    return next((one for one in found if one not in others), None)
