"""Settings of feedback (`vss settings feedback` lists them)."""

from __future__ import annotations

from collections.abc import Iterator

from services.chassis.settings import setting
from services.feedback.deadlines.terms import Terms
from services.feedback.mailbox.settings import MailboxSettings


class Settings(MailboxSettings, service="feedback", http_address="127.0.0.1:8105"):
    """Deadlines of F7 and F8 in working days, for categories without their own; and limits on uploads."""

    acknowledge_days: int = setting(default=1, help="working days to acknowledge a complaint", minimum=1, maximum=60)
    route_days: int = setting(default=5, help="working days to route it to what it concerns (F7)", minimum=1, maximum=90)
    answer_days: int = setting(default=15, help="working days to answer it", minimum=1, maximum=365)
    warn_days: int = setting(default=3, help="working days before a deadline when offices are reminded; 0: never", minimum=0)
    board_days: int = setting(
        default=2, help="working days after a missed deadline when the board is told", minimum=1, maximum=90
    )
    centre_days: int = setting(
        default=5, help="working days after a missed deadline when the IT centre is told", minimum=1, maximum=180
    )
    wait_days: int = setting(
        default=5, help="most working days that deadlines are paused for the citizen, once", minimum=1, maximum=60
    )
    reopen_days: int = setting(
        default=10, help="calendar days in which the citizen may reopen a complaint", minimum=1, maximum=365
    )
    coordination_days: int = setting(
        default=5, help="working days for another office to answer when it is asked", minimum=1, maximum=90
    )
    urgent_category: str = setting(
        default="bi-tu-choi",
        help="category of complaints that cannot wait: their deadlines are hours, and the duty list is told",
    )
    urgent_hours: int = setting(
        default=4, help="hours to answer an urgent complaint; a quarter of them to acknowledge it", minimum=1, maximum=72
    )
    answer_approval: str = setting(
        default="director",
        help="who approves an answer: director; approver (or somebody the director has delegated it to); none: no approval",
        choices=("director", "approver", "none"),
    )
    unsorted_category: str = setting(default="khac", help="category of a complaint filed without one")
    similar_days: int = setting(
        default=90,
        help="days in which complaints of the same person are compared as possible duplicates",
        minimum=1,
        maximum=3650,
    )
    complaint_keep_days: int = setting(
        default=730,
        help="days after it was closed when a complaint loses its filer, its words and its files; its figures stay",
        minimum=90,
        maximum=3650,
    )
    report_hours: int = setting(
        default=6, help="hours after midnight when the report on the past week or month is made", minimum=0, maximum=71
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
    complaints_per_address_hour: int = setting(
        default=120, help="most complaints filed from one client address, or account, in an hour; 0: no limit", minimum=0
    )
    complaints_per_phone_address_day: int = setting(
        default=10,
        help="most complaints filed with one phone or e-mail in 24 hours by one client address, or account; 0: no limit",
        minimum=0,
    )
    number_block: int = setting(
        default=20,
        help="complaint numbers that a process reserves at a time; those left when it ends are never used",
        minimum=1,
        maximum=10_000,
    )

    def check(self) -> Iterator[str]:
        yield from super().check()
        if self.seal_public_key is None and self.vss_env == "production":
            yield (
                "SEAL_PUBLIC_KEY: not set. Tracking codes travel sealed to notifications; without it SMS carry none. "
                "VSS_ENV is production: set it to the public key of notifications' pair (`python -m services.chassis.seal` makes one)."
            )
        if not self.acknowledge_days <= self.route_days <= self.answer_days:
            yield "ROUTE_DAYS: expected from ACKNOWLEDGE_DAYS to ANSWER_DAYS, as the steps follow each other. Correct it."
        if self.board_days > self.centre_days:
            yield "CENTRE_DAYS: expected no less than BOARD_DAYS, as the board hears before the IT centre. Correct it."

    @property
    def terms(self) -> Terms:
        """Return the deadlines of a category without its own."""
        return Terms(
            acknowledge_days=self.acknowledge_days,
            route_days=self.route_days,
            answer_days=self.answer_days,
            warn_days=self.warn_days,
            board_days=self.board_days,
            centre_days=self.centre_days,
            wait_days=self.wait_days,
            reopen_days=self.reopen_days,
            coordination_days=self.coordination_days,
        )
