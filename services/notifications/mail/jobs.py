"""Send e-mail, as a job."""

from __future__ import annotations

from services.chassis.jobs import Job, JobKind
from services.chassis.resources import Resources
from services.chassis.text.emails import is_sendable
from services.notifications.budgets.counting import spend
from services.notifications.mail.port import Attachment, Mail, MailProvider, MailRefused, NoMail
from services.notifications.messages.catalogue import EMAIL
from services.notifications.messages.codes import UNDELIVERABLE
from services.notifications.messages.questions import asking_kind
from services.notifications.messages.sending import (
    Sent,
    Writer,
    known_before,
    refuse_another_copy,
    refuse_expired,
    sending_kind,
)
from services.notifications.settings import Settings

_MOST_ATTACHED_BYTES = 10 * 1024**2


def kinds(resources: Resources[Settings]) -> list[JobKind]:
    """Return the job kind, with the provider that the settings name."""
    return kinds_on(provider_of(resources.settings), resources)


def kinds_on(provider: MailProvider, resources: Resources[Settings]) -> list[JobKind]:
    """Return the job kind with this provider."""
    settings = resources.settings
    seconds = settings.mail_timeout_seconds
    return [
        asking_kind("email", lambda provider_id, _road: provider.receipt(provider_id, timeout=seconds)),
        sending_kind(
            EMAIL,
            MailSender(provider, resources).send,
            concurrency=settings.mail_concurrency,
            max_attempts=settings.mail_max_attempts,
            call_seconds=settings.mail_timeout_seconds,
        ),
    ]


def provider_of(settings: Settings) -> MailProvider:
    """Return the provider of MAIL_PROVIDER; boto3 is imported only where SES is used."""
    if settings.mail_provider == "ses":
        from services.notifications.mail.ses import SesMail

        return SesMail(settings)
    if settings.mail_provider == "smtp":
        from services.notifications.mail.smtp import SmtpMail

        return SmtpMail(settings)
    return NoMail()


class MailSender:
    """Sends one e-mail per job. No database session is open during a call to the provider."""

    def __init__(self, provider: MailProvider, resources: Resources[Settings]) -> None:
        self._provider, self._resources, self._writer = provider, resources, Writer(resources.settings)

    def send(self, job: Job) -> Sent:
        """Hand an e-mail over to the provider.

        A mail server cannot be asked what it has accepted. An attempt with an unknown outcome counts as sent only if SES
        has reported so meanwhile (/callbacks/ses); otherwise the e-mail is sent again. By SMTP it keeps its Message-ID, so
        that most mailboxes show one of two copies; SES gives each copy an id of its own.

        :raises MailRefused: as `undeliverable`, for an address that the door refuses today.
        :raises Expired: if the message is no longer of use.
        :raises OverBudget: if it has to wait, as too many are sent.
        :raises CopiesUnknown: if two may have been sent, and nobody has heard of either.
        """
        provider_id = known_before(self._resources.db, job).provider_id if job.may_have_run else None
        if provider_id is None:
            if not is_sendable(job.payload["to"]):
                raise MailRefused(UNDELIVERABLE, "no address of the internet")
            letter = self._writer.letter(job)
            refuse_expired(job)
            refuse_another_copy(job)
            spend(self._resources.db, self._resources.settings, job, channel="email")
            mail = Mail(
                message_id=str(job.key),
                to=job.payload["to"],
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                attachments=self._attachments(job),
            )
            provider_id = self._provider.send(mail, timeout=self._resources.settings.mail_timeout_seconds)
        return Sent(provider_id, self._writer.letter(job, masked=True).text)

    def _attachments(self, job: Job) -> tuple[Attachment, ...]:
        """Fetch the document, if any, and check that its bytes are those announced."""
        document = job.payload.get("document")
        if document is None:
            return ()
        store = self._resources.documents
        with store.open(document["document_id"], sha256=document["sha256"], max_bytes=_MOST_ATTACHED_BYTES) as content:
            return (Attachment(document["name"], content.document.content_type, b"".join(content)),)
