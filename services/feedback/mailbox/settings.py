"""Settings of the mailbox whose e-mails become complaints.

No name comes near another service's (MAIL_TIMEOUT_SECONDS, INBOX_KEEP_DAYS): in an environment that all share it would be taken for misspelt.
"""

from collections.abc import Iterator

from services.chassis.settings import Secret, setting
from services.chassis.settings.budgets import BudgetSettings

#: used only if a mailbox is named
_WITH_MAILBOX = ("mailbox_host", ())


class MailboxSettings(BudgetSettings):
    """Which mailbox is read, how often, and how much of it at a time."""

    mailbox_host: str = setting(
        default="", help="IMAP server of the mailbox of complaints; empty: none is read", used_if=_WITH_MAILBOX
    )
    mailbox_port: int = setting(default=993, help="its port", minimum=1, maximum=65535)
    mailbox_tls: str = setting(
        default="tls",
        help="tls (from the first byte), starttls, or none (only within one machine)",
        choices=("tls", "starttls", "none"),
        used_if=_WITH_MAILBOX,
    )
    mailbox_user: str = setting(
        default="", help="user name there; e-mails from it are taken for a loop", used_if=_WITH_MAILBOX
    )
    mailbox_password: Secret | None = setting(default=None, help="password of MAILBOX_USER", used_if=_WITH_MAILBOX)
    mailbox_folder: str = setting(default="INBOX", help="folder that is read")
    mailbox_province: str = setting(
        default="", help="code of the province whose mailbox it is: its staff confirm too; empty: customer care alone"
    )
    mailbox_seconds: float = setting(default=60.0, help="how often it is read", minimum=0.1, maximum=86_400)
    mailbox_wait_seconds: float = setting(default=20.0, help="longest wait for the server", minimum=0.1, maximum=120)
    mailbox_batch: int = setting(default=20, help="most e-mails taken at a time", minimum=1, maximum=200)
    mailbox_max_bytes: int = setting(
        default=12 * 1024**2,
        help="largest e-mail that is read; of a larger one only that it is there",
        minimum=1024,
        maximum=32 * 1024**2,
    )
    incoming_email_keep_days: int = setting(
        default=30,
        help="days after somebody decided on it when an e-mail loses its sender, words and files; its complaint keeps its own",
        minimum=1,
        maximum=3650,
    )

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.mailbox_host and not self.mailbox_user:
            yield "MAILBOX_USER: not set, though MAILBOX_HOST is. Set it, or leave MAILBOX_HOST empty."
