"""The clock chip: how long is left, or how late it is, as sign, words and colour; made on the server and never ticking.

{{ ui.clock(chip(case.due_at, working_days_late=case.late_by)) }}
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.chassis.web.pages.drawing import hour_text
from services.chassis.web.pages.language import translate

#: from here on hours, and then minutes, are told
_SOON = timedelta(hours=1)


@dataclass(frozen=True)
class Chip:
    """One clock. `state`: `ahead`, `near`, `late`, `paused`, `kept`."""

    state: str
    sign: str
    words: str
    due: datetime | None = None


def chip(due: datetime, *, working_days_late: int | None = None, working_days_left: int | None = None) -> Chip:
    """Return the chip of what is due at `due`.

    :param working_days_late: where the rule counts working days; calendar days are counted otherwise.
    """
    now, left = clock.now(), due - clock.now()
    if left <= timedelta():
        late = working_days_late if working_days_late is not None else (now - due).days
        if not late:
            return Chip("late", "▲", translate("Quá hạn từ %(hour)s", hour=hour_text(due)), due)
        words = (
            translate("Quá hạn %(n)s ngày làm việc") if working_days_late is not None else translate("Quá hạn %(n)s ngày")
        )
        return Chip("late", "▲", words % {"n": late}, due)
    if left < _SOON:
        minutes = max(1, int(left.total_seconds() // 60))
        return Chip("near", "◐", translate("Còn %(n)s phút (%(hour)s)", n=minutes, hour=hour_text(due)), due)
    days = (due.astimezone(VIETNAM).date() - now.astimezone(VIETNAM).date()).days
    if days == 0:
        return Chip("near", "◐", translate("Hạn hôm nay, %(hour)s", hour=hour_text(due)), due)
    if working_days_left is not None:
        return Chip("ahead", "●", translate("Còn %(n)s ngày làm việc", n=working_days_left), due)
    return Chip("ahead", "●", translate("Còn %(n)s ngày", n=days), due)


def paused(why: str) -> Chip:
    """Return the chip of a clock that stands still: "chờ người dân"."""
    return Chip("paused", "‖", translate("Tạm dừng: %(why)s", why=why))


def kept() -> Chip:
    """Return the chip of what was done in time."""
    return Chip("kept", "✓", translate("Đúng hạn"))
