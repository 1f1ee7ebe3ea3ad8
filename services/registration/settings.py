"""Settings of registration (`vss settings registration` lists them)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from services.chassis.settings import setting
from services.chassis.settings.budgets import BudgetSettings
from services.chassis.text.emails import is_sendable
from services.registration.expiry.terms import Terms


class Settings(BudgetSettings, service="registration", http_address="127.0.0.1:8101"):
    """Deadlines of I6, and limits on uploads."""

    expiry_days: int = setting(default=10, help="calendar days to come to an office (2659 step 3)", minimum=1, maximum=365)
    expiry_warning_days: int = setting(
        default=2, help="working days before the last day when the person is warned; 0: never", minimum=0, maximum=364
    )
    expiry_spread_hours: float = setting(
        default=6.0,
        help="hours after midnight within which all that ended on one day is cancelled and deleted; 0: at midnight",
        minimum=0,
        maximum=18,
    )
    letter_days: int = setting(
        default=10,
        help="days after the last one within which an office may record a letter that was posted in time (I12)",
        minimum=0,
        maximum=60,
    )
    draft_days: int = setting(
        default=7, help="days after which a declaration that was never submitted is deleted", minimum=1, maximum=365
    )
    sweep_seconds: float = setting(default=30.0, help="how often deadlines are checked", minimum=0.1, maximum=3600)
    attachment_max_bytes: int = setting(
        default=10 * 1024**2, help="largest uploaded file", minimum=1024, maximum=25 * 1024**2
    )
    attachment_max_pixels: int = setting(
        default=16_000_000,
        help="width times height of a picture that is kept; larger ones are made smaller",
        minimum=10_000,
        maximum=40_000_000,
    )
    drafts_per_address_hour: int = setting(
        default=600, help="most drafts from one client address, or account, in an hour; 0: no limit", minimum=0
    )
    submissions_per_address_hour: int = setting(
        default=300,
        help="most declarations submitted from one client address, or account, in an hour; 0: no limit",
        minimum=0,
    )
    phone_code_ttl_seconds: int = setting(
        default=300, help="lifetime of the code that proves a phone", minimum=30, maximum=900
    )
    phone_code_tries: int = setting(default=5, help="tries allowed for one such code", minimum=1, maximum=10)
    phone_codes_per_phone_hour: int = setting(
        default=5,
        help="most such codes sent to one phone in an hour for one client address, or account; 0: no limit",
        minimum=0,
    )
    phone_codes_per_phone_address_day: int = setting(
        default=5,
        help="most such codes sent to one phone in 24 hours for one client address, or account; 0: no limit",
        minimum=0,
    )
    phone_codes_per_phone_day: int = setting(
        default=10,
        help="most such codes sent to one phone in 24 hours for all that are not signed in to an account with it; 0: no limit",
        minimum=0,
    )
    phone_codes_per_address_hour: int = setting(
        default=60, help="most such codes sent for one client address, or account, in an hour; 0: no limit", minimum=0
    )
    phone_codes_per_minute: int = setting(
        default=6_000, help="most such codes sent for all who are not signed in, in a minute; 0: no limit", minimum=0
    )
    submissions_per_phone_address_day: int = setting(
        default=20,
        help="most declarations submitted with one phone in 24 hours by one client address, or account; 0: no limit",
        minimum=0,
    )
    report_hours: int = setting(
        default=6, help="hours after midnight when the report on the past week or month is made", minimum=0, maximum=71
    )
    report_recipients: tuple[str, ...] = setting(
        default=(), help="e-mail addresses of the leadership and the IT centre, which get the totals of each report"
    )
    rejected_keep_days: int = setting(
        default=365, help="days after its rejection when the data of a declaration are erased", minimum=90, maximum=3650
    )
    number_block: int = setting(
        default=100,
        help="dossier numbers that a process reserves at a time; those left when it ends are never used",
        minimum=1,
        maximum=10_000,
    )

    @property
    def terms(self) -> Terms:
        """Return how long a declaration waits for the person (I6)."""
        spread = timedelta(hours=self.expiry_spread_hours)
        return Terms(self.expiry_days, self.expiry_warning_days, spread, self.letter_days)

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.seal_public_key is None and self.vss_env == "production":
            yield (
                "SEAL_PUBLIC_KEY: not set. Links to forms and codes that prove phones travel sealed to notifications; without it SMS carry none. "
                "VSS_ENV is production: set it to the public key of notifications' pair (`python -m services.chassis.seal` makes one)."
            )
        if self.expiry_warning_days >= self.expiry_days:
            yield "EXPIRY_WARNING_DAYS: expected less than EXPIRY_DAYS. Correct it."
        if not all(is_sendable(address) for address in self.report_recipients):
            yield "REPORT_RECIPIENTS: expected e-mail addresses separated by commas, or nothing. Correct it."
