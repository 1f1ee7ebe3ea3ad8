"""What the service can be told (README.md has the table)."""

from __future__ import annotations

from collections.abc import Iterator

from services.chassis.settings import ChassisSettings, setting
from services.feedback.deadlines.terms import Terms


class Settings(ChassisSettings, service="feedback", http_address="127.0.0.1:8105"):
    """Clocks of F7 and F8 in working days, where a category has none of its own; and the bounds of what is sent."""

    acknowledge_days: int = setting(default=1, help="working days to take note of a complaint", minimum=1, maximum=60)
    route_days: int = setting(default=5, help="working days to route it (Decree 20/2008 art. 9)", minimum=1, maximum=90)
    answer_days: int = setting(default=15, help="working days to answer it", minimum=1, maximum=365)
    warn_days: int = setting(default=3, help="working days before the date when offices are reminded; 0: not", minimum=0)
    board_days: int = setting(default=2, help="working days after the date when the board hears", minimum=1, maximum=90)
    centre_days: int = setting(
        default=5, help="working days after the date when the IT centre hears", minimum=1, maximum=180
    )
    wait_days: int = setting(
        default=5, help="working days that the clocks wait for the citizen, once", minimum=1, maximum=60
    )
    reopen_days: int = setting(default=10, help="calendar days in which the citizen may reopen", minimum=1, maximum=365)
    coordination_days: int = setting(default=5, help="working days of an office that is asked", minimum=1, maximum=90)
    answer_approval: str = setting(
        default="director",
        help="who approves an answer: the director; approver: whom the director has delegated, too; none: nobody has to",
        choices=("director", "approver", "none"),
    )
    unsorted_category: str = setting(default="khac", help="category of what came without one")
    similar_days: int = setting(
        default=90, help="days back in which a complaint of the same person may be nearly the same", minimum=1, maximum=3650
    )
    report_hours: int = setting(
        default=6, help="hours after midnight when the report on the week or month before is made", minimum=0, maximum=71
    )
    sweep_seconds: float = setting(default=30.0, help="how often due dates are looked for", minimum=0.1, maximum=3600)
    attachment_max_bytes: int = setting(
        default=10 * 1024**2, help="size of one uploaded file", minimum=1024, maximum=25 * 1024**2
    )
    attachment_max_pixels: int = setting(
        default=40_000_000, help="width times height of one uploaded picture", minimum=10_000, maximum=200_000_000
    )
    number_block: int = setting(
        default=20,
        help="complaint numbers that a process takes at a time; what is left at its end is not used",
        minimum=1,
        maximum=10_000,
    )

    def check(self) -> Iterator[str]:
        yield from super().check()
        if not self.acknowledge_days <= self.route_days <= self.answer_days:
            yield "ROUTE_DAYS: expected from ACKNOWLEDGE_DAYS to ANSWER_DAYS, as the steps follow each other. Correct it."
        if self.board_days > self.centre_days:
            yield "CENTRE_DAYS: expected no less than BOARD_DAYS, as the board hears before the IT centre. Correct it."

    @property
    def terms(self) -> Terms:
        """The clocks as they are without a category's own."""
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
