"""What somebody is told when something cannot be done. Each refusal changes nothing.

Refused
├── WrongStatus      the complaint is past this, or not there yet
├── PausedOnce       it has waited for its citizen already (F7)
├── TooLate          the days for reopening are over (F8)
├── NothingToDecide  there is no draft to approve or to return
└── NotAsked         this co-ordination is closed, or the other side's turn
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.chassis.errors import Permanent


class Refused(Permanent):
    """`kind` names it for programs, `vi` and `en` say it to people; `members` go into the answer too."""

    status = 409

    def __init__(self, kind: str, *, vi: str, en: str, **members: Any) -> None:
        self.kind, self.vi, self.en, self.members = kind, vi, en, members
        super().__init__(kind)


class WrongStatus(Refused):
    def __init__(self, status: str) -> None:
        super().__init__(
            "wrong-status",
            vi="Tình trạng hiện tại của phản ánh không cho phép việc này; xem complaint_status.",
            en="The complaint's present status does not allow this; see complaint_status.",
            complaint_status=status,
        )


class PausedOnce(Refused):
    def __init__(self) -> None:
        super().__init__(
            "paused-once",
            vi="Đã một lần chờ người dân bổ sung thông tin; không được dừng đồng hồ lần nữa.",
            en="It has waited for the citizen once already; its clocks are not stopped again.",
        )


class TooLate(Refused):
    def __init__(self, until: datetime | None) -> None:
        super().__init__(
            "reopening-over",
            vi="Đã hết thời hạn mở lại phản ánh này. Hãy gửi phản ánh mới, hệ thống sẽ tự liên kết.",
            en="The days for reopening are over. File a new complaint; it will be linked to this one.",
            **({"reopen_until": until} if until else {}),
        )


class NothingToDecide(Refused):
    def __init__(self) -> None:
        super().__init__(
            "no-draft",
            vi="Không có dự thảo trả lời nào đang chờ phê duyệt.",
            en="There is no draft of an answer that waits to be approved.",
        )


class NotAsked(Refused):
    def __init__(self, state: str) -> None:
        super().__init__(
            "co-ordination-closed",
            vi="Yêu cầu phối hợp này đã kết thúc.",
            en="This co-ordination request has ended.",
            coordination_status=state,
        )
