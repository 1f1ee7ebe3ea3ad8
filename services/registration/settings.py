"""Settings of registration (`vss settings registration` lists them)."""

from __future__ import annotations

from collections.abc import Iterator

from services.chassis.settings import ChassisSettings, setting


class Settings(ChassisSettings, service="registration", http_address="127.0.0.1:8101"):
    """Deadlines of I6, and limits on uploads."""

    expiry_days: int = setting(default=10, help="calendar days to come to an office (2659 step 3)", minimum=1, maximum=365)
    expiry_warning_days: int = setting(
        default=2, help="days before expiry when the person is warned; 0: never", minimum=0, maximum=364
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
        default=40_000_000, help="largest uploaded picture, width times height", minimum=10_000, maximum=200_000_000
    )
    number_block: int = setting(
        default=100,
        help="dossier numbers that a process reserves at a time; those left when it ends are never used",
        minimum=1,
        maximum=10_000,
    )

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.expiry_warning_days >= self.expiry_days:
            yield "EXPIRY_WARNING_DAYS: expected less than EXPIRY_DAYS. Correct it."
