"""What the service can be told."""

from __future__ import annotations

from collections.abc import Iterator

from services.chassis.settings import ChassisSettings, setting


class Settings(ChassisSettings, service="registration", http_address="127.0.0.1:8101"):
    """Clocks of I6, and the bounds of what is uploaded."""

    expiry_days: int = setting(default=10, help="calendar days to come to an office (2659 step 3)", minimum=1, maximum=365)
    expiry_warning_days: int = setting(
        default=2, help="days before expiry when the person is warned; 0: no warning", minimum=0, maximum=364
    )
    draft_days: int = setting(
        default=7, help="days after which a declaration that was never submitted is deleted", minimum=1, maximum=365
    )
    sweep_seconds: float = setting(default=30.0, help="how often due dates are looked for", minimum=0.1, maximum=3600)
    attachment_max_bytes: int = setting(
        default=10 * 1024**2, help="size of one uploaded file", minimum=1024, maximum=25 * 1024**2
    )
    attachment_max_pixels: int = setting(
        default=40_000_000, help="width times height of one uploaded picture", minimum=10_000, maximum=200_000_000
    )
    number_block: int = setting(
        default=100,
        help="dossier numbers that a process takes at a time; what is left at its end is not used",
        minimum=1,
        maximum=10_000,
    )

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.expiry_warning_days >= self.expiry_days:
            yield "EXPIRY_WARNING_DAYS: expected less than EXPIRY_DAYS. Correct it."
