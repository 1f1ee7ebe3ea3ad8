"""What accounts can be told through the environment."""

from __future__ import annotations

from collections.abc import Iterator

from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings, Secret, setting


class CommandSettings(ChassisSettings, service="accounts", http_address="127.0.0.1:8103"):
    """All settings, for commands too: they seal nothing, and so need no key for it."""

    signing_key: Secret | None = setting(
        default=None,
        help="Ed25519 private key that tokens are signed with: a JWK, or a JWK set whose first key signs and whose others "
        "only verify; unset: made, rotated and kept in the database",
    )
    signing_key_days: int = setting(
        default=90, help="age at which a signing key kept in the database is replaced", minimum=1, maximum=3650
    )
    token_seconds: int = setting(default=900, help="life of an access token", minimum=30, maximum=3600)
    session_idle_seconds: int = setting(
        default=1800, help="a session ends when no token was taken for so long", minimum=60, maximum=30 * 86_400
    )
    session_max_seconds: int = setting(
        default=43_200, help="a session ends so long after signing in", minimum=60, maximum=90 * 86_400
    )
    otp_ttl_seconds: int = setting(default=300, help="life of a one-time code", minimum=30, maximum=900)
    otp_tries: int = setting(default=5, help="tries that a one-time code allows", minimum=1, maximum=10)
    otps_per_hour: int = setting(
        default=10, help="one-time codes sent to one person in an hour, at most (resets not counted)", minimum=1
    )
    resets_per_day: int = setting(default=3, help="resets one person may ask for in 24 hours (A8)", minimum=1)
    resets_per_month: int = setting(default=10, help="resets one person may ask for in 30 days (A8)", minimum=1)
    password_max_age_days: int = setting(
        default=183, help="age at which a password must be changed (A4)", minimum=1, maximum=3650
    )
    password_reminder_days: int = setting(
        default=14, help="how long before that the person is reminded", minimum=1, maximum=365
    )
    password_expiry: str = setting(
        default="force",
        help="an old password must be changed (force), or is only reminded of (remind)",
        choices=("force", "remind"),
    )
    lockout_tries: int = setting(default=10, help="wrong passwords for one name before it is locked", minimum=1, maximum=100)
    lockout_seconds: int = setting(
        default=900, help="within how long they count, and how long the lock lasts", minimum=1, maximum=86_400
    )
    address_tries: int = setting(
        default=100, help="failures from one client address within LOCKOUT_SECONDS before it is refused", minimum=1
    )
    trusted_proxies: int = setting(
        default=0, help="reverse proxies in front, whose X-Forwarded-For is believed", minimum=0, maximum=10
    )

    @property
    def remind_only(self) -> bool:
        """NIST SP 800-63B-4 advises against forced rotation; 2659 asks for it (A4)."""
        return self.password_expiry == "remind"  # noqa: S105  # a choice

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.session_idle_seconds < self.token_seconds or self.session_max_seconds < self.token_seconds:
            yield "SESSION_IDLE_SECONDS, SESSION_MAX_SECONDS: a session lasts at least as long as one token (TOKEN_SECONDS)"
        if self.password_reminder_days >= self.password_max_age_days:
            yield "PASSWORD_REMINDER_DAYS: must be below PASSWORD_MAX_AGE_DAYS"
        if self.signing_key is not None:
            from services.accounts.signing import imported

            try:
                imported(self.signing_key)
            except ValueError as error:
                yield f"SIGNING_KEY: {error}"


class Settings(CommandSettings):
    """What the service itself needs."""

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.seal_public_key is None:
            yield (
                "SEAL_PUBLIC_KEY: not set; first passwords and one-time codes travel sealed to notifications. "
                "Make a pair with `python -m services.chassis.seal`."
            )


def settings_of(resources: Resources[Settings]) -> Settings:
    """The settings of this service, as what they are."""
    return resources.settings
