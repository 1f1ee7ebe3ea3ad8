"""What pages of a complaint show beside its rows: clocks as chips, the history as a time-line, the next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.chassis import clock
from services.chassis.calendar import VIETNAM, Calendar, day_in_vietnam
from services.chassis.web.pages import clocks
from services.chassis.web.pages.clocks import Chip
from services.chassis.web.pages.language import translate
from services.feedback.complaints.history import Step
from services.feedback.complaints.rules import Complaint
from services.feedback.complaints.vocabulary import ANSWERED, CLOSED, RECEIVED, ROUTED, WAITING
from services.feedback.deadlines.clocks import open_steps
from services.feedback.desk import labels


def chip_of(due: datetime, status: str, calendar: Calendar) -> Chip:
    """Return the clock of a line of the desk."""
    if status == WAITING and due > clock.now():
        return clocks.paused(translate("chờ người dân"))
    if status in (ANSWERED, CLOSED):
        return clocks.kept()
    return due_chip(due, calendar)


def due_chip(due: datetime, calendar: Calendar) -> Chip:
    """Return a clock that counts working days, as the rules do (F7)."""
    now, last = clock.now(), last_moment(due)
    today, last_day = day_in_vietnam(now), day_in_vietnam(last)
    if due <= now:
        return clocks.chip(last, working_days_late=calendar.count(last_day, today))
    return clocks.chip(last, working_days_left=calendar.count(today, last_day))


def last_moment(due: datetime) -> datetime:
    """Return what people read as the due time: 23:59 of the last day, where the rule says the midnight after it."""
    local = due.astimezone(VIETNAM)
    return local - timedelta(minutes=1) if (local.hour, local.minute) == (0, 0) else local


def all_clocks(complaint: Complaint) -> list[tuple[str, Chip]]:
    """Return every clock of a complaint with its name: open ones as they stand, done ones with whether they were kept (F7)."""
    waits = complaint.status == WAITING
    still_open, calendar = open_steps(complaint), complaint.calendar
    done = {
        "acknowledge": (complaint.acknowledge_due, complaint.acknowledged_at),
        "route": (complaint.routed_due, complaint.routed_at),
        "answer": (complaint.answer_due, complaint.answered_at),
    }
    shown = []
    for step, (due, at) in done.items():
        if step in still_open:
            paused = waits and due > clock.now()
            chip = clocks.paused(translate("chờ người dân")) if paused else due_chip(due, calendar)
        else:
            kept = at is not None and at <= due
            chip = clocks.kept() if kept else Chip("late", "▲", translate("Làm trễ hạn"), last_moment(due))
        shown.append((str(labels.CLOCK[step]), chip))
    return shown


def timeline(steps: Sequence[Step], names: Mapping[str, str], *, public: bool = False) -> list[dict[str, Any]]:
    """Return the history, newest first, with who did each step; ``public``: roles only, and no words."""
    return [
        {
            "at": step.at,
            "text": labels.sentence(step.kind, {} if public and step.kind == "routed" else step.details),
            "words": "" if public else labels.words_of(step.details),
            "who": who(step.role, None if public else step.actor, names),
        }
        for step in reversed(steps)
    ]


def who(role: str, account: str | None, names: Mapping[str, str]) -> str:
    """Return a member of staff by name and role, anybody else by role."""
    title = str(labels.ROLE.get(role, role))
    return f"{names.get(account, account)}, {title}" if account else title


def next_step(complaint: Complaint, requests: Iterable[Any], *, drafted: bool, returned: bool) -> tuple[str, str]:
    """Return the one step that should come next, as its name in the address, and why."""
    owed = [each for each in requests if each.status == "asked"]
    if complaint.status == RECEIVED:
        return "ghi-nhan", translate("Ghi nhận để người dân biết phản ánh đã đến nơi.")
    if complaint.status == WAITING:
        return "", translate("Đang chờ người dân trả lời câu hỏi. Thời hạn tạm dừng; không cần làm gì.")
    if complaint.answered_at is not None:
        return "", translate("Đã trả lời. Người dân còn có thể mở lại hoặc chấm điểm; không cần làm gì.")
    if drafted:
        return "", translate("Dự thảo trả lời đang chờ Giám đốc duyệt.")
    if returned:
        return "tra-loi", translate("Giám đốc đã trả lại dự thảo. Hãy sửa theo ý kiến rồi trình lại.")
    if complaint.status != ROUTED:
        return "chuyen", translate("Chuyển cho bộ phận giải quyết trong cơ quan.")
    if owed:
        return "tra-loi", translate("Cơ quan được hỏi chưa trả lời. Có thể soạn trước, hoặc chờ.")
    return "tra-loi", translate("Soạn trả lời cho người dân.")


def phone_text(phone: str | None) -> str:
    """Return a mobile number as people read it out: 0983 847 986."""
    if not phone:
        return ""
    own = "0" + phone.removeprefix("+84") if phone.startswith("+84") else phone
    return f"{own[:4]} {own[4:7]} {own[7:]}"
