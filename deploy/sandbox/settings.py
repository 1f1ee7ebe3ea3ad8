"""Settings of the sandbox, filled in by the command line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Limits and keys. `keep_messages` and `keep_attachment_bytes` bound the memory of the process."""

    host: str = "127.0.0.1"
    port: int = 8100
    smtp_port: int = 8125
    #: the mailbox of complaints; 0: none. E-mail to `mailbox_user` is put into it, besides the inbox
    imap_port: int = 0
    mailbox_user: str = "phan-anh@bhxh.example"
    mailbox_password: str = "sandbox"  # noqa: S105  # a simulation's password protects nothing
    #: certificate and key (PEM) for TLS from the first byte; empty: none
    imap_certificate: str = ""
    imap_key: str = ""
    #: ports of their own for the SMS providers, besides the common one; 0: none
    twilio_port: int = 0
    aws_port: int = 0
    #: where the sandbox is, as those see it who fetch the certificate of its SNS; empty: at `host` and `port`
    base_url: str = ""
    aws_subscriber: str = "http://127.0.0.1:8104/notifications/callbacks/aws-sms"
    api_key: str = "sandbox"
    auth_token: str = "sandbox"  # noqa: S105  # a simulation's token protects nothing
    keep_messages: int = 5_000
    keep_attachment_bytes: int = 32 * 1024**2
    most_mail_bytes: int = 10 * 1024**2
    delivery_seconds: float = 0.2
    callback_tries: int = 3
    callback_timeout_seconds: float = 5.0

    @property
    def seen_at(self) -> str:
        """Return where others find the sandbox."""
        return self.base_url or f"http://{self.host}:{self.port}"
