"""Settings of the sandbox, filled in by the command line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Limits and keys. `keep_messages` and `keep_attachment_bytes` bound the memory of the process."""

    host: str = "127.0.0.1"
    port: int = 8100
    smtp_port: int = 8125
    api_key: str = "sandbox"
    auth_token: str = "sandbox"  # noqa: S105  # a simulation's token protects nothing
    keep_messages: int = 5_000
    keep_attachment_bytes: int = 32 * 1024**2
    most_mail_bytes: int = 10 * 1024**2
    delivery_seconds: float = 0.2
    callback_tries: int = 3
    callback_timeout_seconds: float = 5.0
