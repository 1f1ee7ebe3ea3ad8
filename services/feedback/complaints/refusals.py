"""Refusals by the rules of complaints (409). A refusal changes nothing.

Refused
├── WrongStatus     the current status does not allow this step
├── AlreadyPaused   its clocks have been paused for the citizen once already (F7)
└── ReopeningOver   the days for reopening have passed (F8)
"""

from __future__ import annotations

from datetime import datetime

from services.chassis.errors import Refused


class WrongStatus(Refused):
    def __init__(self, status: str) -> None:
        super().__init__(
            "wrong-status",
            vi="Tình trạng hiện tại của phản ánh không cho phép việc này.",
            en="The complaint's current status does not allow this.",
            complaint_status=status,
        )


class AlreadyPaused(Refused):
    def __init__(self) -> None:
        super().__init__(
            "paused-once",
            vi="Đã một lần chờ người dân bổ sung thông tin; không được tạm dừng thời hạn lần nữa.",
            en="The deadlines have already been paused once for the citizen; they cannot be paused again.",
        )


class ReopeningOver(Refused):
    def __init__(self, until: datetime | None) -> None:
        super().__init__(
            "reopening-over",
            vi="Đã hết thời hạn mở lại phản ánh này. Hãy gửi phản ánh mới, hệ thống sẽ tự liên kết.",
            en="This complaint can no longer be reopened. File a new one; it will be linked to this one.",
            **({"reopen_until": until} if until else {}),
        )
