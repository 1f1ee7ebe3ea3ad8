"""Settings of accounts (`vss settings accounts` lists them)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from services.chassis.settings import Secret, setting
from services.chassis.settings.budgets import BudgetSettings


class CommandSettings(BudgetSettings, service="accounts", http_address="127.0.0.1:8103"):
    """The settings as commands read them: commands seal nothing, so SEAL_PUBLIC_KEY is optional."""

    handles_documents = False

    signing_key: Secret | None = setting(
        default=None,
        help="Ed25519 private key that signs tokens: a JWK, or a JWK set whose first key signs and whose others only "
        "verify; unset: keys are generated, rotated and kept in the database, sealed under SECRETS_KEY",
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
    staff_session_idle_seconds: int = setting(
        default=1800,
        help="a session of staff ends after this long without a new token (NIST SP 800-63B-4 §2.2.3: an hour at most)",
        minimum=60,
        maximum=3600,
    )
    staff_session_max_seconds: int = setting(
        default=43_200, help="a session of staff ends this long after sign-in, used or not", minimum=60, maximum=43_200
    )
    second_factor_step_seconds: int = setting(
        default=300, help="how long the step between password and second factor waits", minimum=30, maximum=900
    )
    step_up_seconds: int = setting(
        default=600,
        help="how recent a second factor must be to change staff, or second factors themselves",
        minimum=60,
        maximum=3600,
    )
    second_factors_per_day: int = setting(
        default=30, help="wrong second factors of one device or address for one person in 24 hours", minimum=1, maximum=100
    )
    stranger_second_factors_per_day: int = setting(
        default=20,
        help="wrong second factors for one person in 24 hours by all devices and addresses that the account does not know",
        minimum=1,
        maximum=100,
    )
    sheet_days: int = setting(default=7, help="how long a first-sign-in sheet is good", minimum=1, maximum=30)
    passkey_rp_id: str = setting(
        default="localhost",
        help="domain that passkeys are made for: that of the pages, or one above it; another one makes all passkeys useless",
        pattern=r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?",
        expects="a domain",
    )
    passkey_origins: tuple[str, ...] = setting(
        default=("http://localhost:8000",),
        help="origins of the pages on which passkeys are used, with commas",
        pattern=r"https?://[a-z0-9.-]+(:[0-9]+)?",
        expects="origins such as https://dichvucong.example.vn",
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
    reset_codes_per_minute: int = setting(
        default=3_000,
        help="most codes for resets that all who are no account's known device have sent in a minute, for any names; 0: no limit",
        minimum=0,
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

    sign_ins_days: int = setting(
        default=180, help="how long sign-ins, good and failed, are kept (A15)", minimum=1, maximum=730
    )
    first_password_days: int = setting(
        default=10, help="a first password is good until the end of this day after it was made (A2)", minimum=1, maximum=365
    )
    code_tries_per_address: int = setting(
        default=60,
        help="wrong one-time codes from one client address within LOCKOUT_SECONDS before it is refused, known devices excepted",
        minimum=1,
    )

    @property
    def longest_token_seconds(self) -> int:
        """Return the longest lifetime of a token: a citizen's browser has one that lives as long as its session may idle."""
        return max(self.token_seconds, self.session_idle_seconds)

    @property
    def remind_only(self) -> bool:
        """Tell whether expiry only reminds: NIST SP 800-63B-4 advises against forced rotation, 2659 asks for it (A4)."""
        return self.password_expiry == "remind"  # noqa: S105  # a choice

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.session_idle_seconds < self.token_seconds or self.session_max_seconds < self.token_seconds:
            yield "SESSION_IDLE_SECONDS, SESSION_MAX_SECONDS: expected no less than TOKEN_SECONDS, as a session outlives its tokens. Correct it."
        if min(self.staff_session_idle_seconds, self.staff_session_max_seconds) < self.token_seconds:
            yield "STAFF_SESSION_IDLE_SECONDS, STAFF_SESSION_MAX_SECONDS: expected no less than TOKEN_SECONDS. Correct it."
        for origin in self.passkey_origins:
            host = urlsplit(origin).hostname or ""
            if host != self.passkey_rp_id and not host.endswith(f".{self.passkey_rp_id}"):
                yield f"PASSKEY_ORIGINS: {origin} is neither at PASSKEY_RP_ID ({self.passkey_rp_id}) nor below it. Correct one of them."
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
        if self.secrets_key is None:
            yield (
                "SECRETS_KEY: not set. The secrets of staff's authenticator apps and the keys that sign tokens are kept under it. "
                "Make one with `python -m services.chassis.secretbox`."
            )
