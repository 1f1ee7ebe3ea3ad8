"""Settings of accounts (`vss settings accounts` lists them)."""

from __future__ import annotations

from collections.abc import Iterator

from services.chassis.settings import ChassisSettings, Secret, setting


class CommandSettings(ChassisSettings, service="accounts", http_address="127.0.0.1:8103"):
    """The settings as commands read them: commands seal nothing, so SEAL_PUBLIC_KEY is optional."""

    signing_key: Secret | None = setting(
        default=None,
        help="Ed25519 private key that signs tokens: a JWK, or a JWK set whose first key signs and whose others only "
        "verify; unset: keys are generated, rotated and kept in the database, sealed under SECRETS_KEY",
    )
    previous_release_beside: bool = setting(
        default=False,
        help="a process of the release before serves beside this one, or is about to: signing keys are kept in clear, as it reads them",
    )
    signing_key_days: int = setting(
        default=90, help="age at which a signing key kept in the database is replaced", minimum=1, maximum=3650
    )
    token_seconds: int = setting(default=900, help="lifetime of an access token", minimum=30, maximum=3600)
    session_idle_seconds: int = setting(
        default=1800, help="a session ends after this long without a new token", minimum=60, maximum=30 * 86_400
    )
    session_max_seconds: int = setting(
        default=43_200, help="a session ends this long after sign-in, used or not", minimum=60, maximum=90 * 86_400
    )
    otp_ttl_seconds: int = setting(default=300, help="lifetime of a one-time code", minimum=30, maximum=900)
    otp_tries: int = setting(default=5, help="tries allowed for one one-time code", minimum=1, maximum=10)
    otps_per_hour: int = setting(
        default=10, help="most one-time codes sent to one person in an hour (resets not counted)", minimum=1
    )
    resets_per_day: int = setting(default=3, help="most resets that one person confirms in 24 hours (A8)", minimum=1)
    resets_per_month: int = setting(default=10, help="most resets that one person confirms in 30 days (A8)", minimum=1)
    reset_codes_per_day: int = setting(
        default=5, help="most codes for resets, not confirmed, that one known device has sent in 24 hours", minimum=1
    )
    unasked_codes_per_address_day: int = setting(
        default=3,
        help="most codes for resets, not confirmed, that one address has sent to one person in 24 hours",
        minimum=1,
    )
    unasked_codes_per_day: int = setting(
        default=5,
        help="most codes for resets, not confirmed, that all addresses have sent to one person who does not know them in 24 hours",
        minimum=1,
    )
    reset_codes_per_address_hour: int = setting(
        default=60,
        help="most codes for resets, not confirmed, that one address has sent in an hour, for any names",
        minimum=1,
    )
    known_device_days: int = setting(
        default=180, help="how long after its last sign-in a device is known to the account (A13)", minimum=1, maximum=3650
    )
    known_address_days: int = setting(
        default=30,
        help="how long after the last sign-in from it an address is known to the account (A13)",
        minimum=1,
        maximum=365,
    )
    password_max_age_days: int = setting(
        # the shortest six months, from September to February
        default=181,
        help="age at which a password must be changed (A4); 2659 allows six months, which are at least 181 days",
        minimum=1,
        maximum=3650,
    )
    password_reminder_days: int = setting(
        default=14, help="how long before that the person is reminded", minimum=1, maximum=365
    )
    password_expiry: str = setting(
        default="force",
        help="an expired password must be changed (force), or its holder is only reminded (remind)",
        choices=("force", "remind"),
    )
    lockout_tries: int = setting(
        default=10,
        help="wrong passwords for one user name by one device or address before it is locked out",
        minimum=1,
        maximum=100,
    )
    stranger_tries: int = setting(
        default=30,
        help="wrong passwords for one user name by all devices and addresses that it does not know, before only known ones get in",
        minimum=1,
        maximum=1000,
    )
    lockout_seconds: int = setting(
        default=900, help="time within which they count, and how long the lock lasts", minimum=1, maximum=86_400
    )
    address_tries: int = setting(
        default=100, help="failed sign-ins from one client address within LOCKOUT_SECONDS before it is refused", minimum=1
    )

    @property
    def remind_only(self) -> bool:
        """Tell whether expiry only reminds: NIST SP 800-63B-4 advises against forced rotation, 2659 asks for it (A4)."""
        return self.password_expiry == "remind"  # noqa: S105  # a choice

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.session_idle_seconds < self.token_seconds or self.session_max_seconds < self.token_seconds:
            yield "SESSION_IDLE_SECONDS, SESSION_MAX_SECONDS: expected no less than TOKEN_SECONDS, as a session outlives its tokens. Correct it."
        if self.password_reminder_days >= self.password_max_age_days:
            yield "PASSWORD_REMINDER_DAYS: expected less than PASSWORD_MAX_AGE_DAYS. Correct it."
        if self.unasked_codes_per_address_day >= self.unasked_codes_per_day > 1:
            yield "UNASKED_CODES_PER_ADDRESS_DAY: expected less than UNASKED_CODES_PER_DAY, or one address uses up what all have. Correct it."
        if self.signing_key is not None:
            from services.accounts.signing.jwk import private_keys

            try:
                private_keys(self.signing_key)
            except ValueError as error:
                yield f"SIGNING_KEY: {error}"


class Settings(CommandSettings):
    """The settings of the service itself."""

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.seal_public_key is None:
            yield (
                "SEAL_PUBLIC_KEY: not set. First passwords and one-time codes travel sealed to notifications. "
                "Make a pair with `python -m services.chassis.seal`."
            )
        if self.vss_env == "production" and self.secrets_key is None and self.signing_key is None:
            yield (
                "SECRETS_KEY: not set. VSS_ENV is production: the keys that sign tokens are not kept in clear in the database. "
                "Make a key with `python -m services.chassis.secretbox`."
            )
