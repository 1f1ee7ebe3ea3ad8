"""Which mail provider the settings name."""

from services.notifications.mail import MailProvider, NoMail
from services.notifications.settings import Settings


def mail_provider(settings: Settings) -> MailProvider:
    """The provider of MAIL_PROVIDER; boto3 is only imported where SES is used."""
    if settings.mail_provider == "ses":
        from services.notifications.mail_ses import SesMail

        return SesMail(settings)
    if settings.mail_provider == "smtp":
        from services.notifications.mail_smtp import SmtpMail

        return SmtpMail(settings)
    return NoMail()
