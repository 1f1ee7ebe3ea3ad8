"""What the rules of complaints refuse, in both languages; each refusal changes nothing (409).

Refused
├── WrongStatus     the present status does not allow this step
├── AlreadyPaused   its clocks have waited for the citizen once (F7)
└── ReopeningOver   the days for reopening have passed (F8)
"""

from __future__ import annotations

from datetime import datetime

from services.chassis.errors import Refused


class WrongStatus(Refused):
    def __init__(self, status: str) -> None:
        super().__init__(
            "wrong-status",
            vi="Tình trạng hiện tại của phản ánh không cho phép việc này; xem complaint_status.",
            en="The complaint's present status does not allow this; see complaint_status.",
            complaint_status=status,
        )


class AlreadyPaused(Refused):
    def __init__(self) -> None:
        super().__init__(
            "paused-once",
            vi="Đã một lần chờ người dân bổ sung thông tin; không được tạm dừng thời hạn lần nữa.",
            en="The complaint has already waited for the citizen once; its clocks cannot be stopped again.",
        )


class ReopeningOver(Refused):
    def __init__(self, until: datetime | None) -> None:
        super().__init__(
            "reopening-over",
            vi="Đã hết thời hạn mở lại phản ánh này. Hãy gửi phản ánh mới, hệ thống sẽ tự liên kết.",
            en="The time for reopening this complaint has passed. File a new one; it will be linked to this one.",
            **({"reopen_until": until} if until else {}),
        )
