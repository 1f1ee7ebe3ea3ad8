"""What an officer is told when something cannot be done. Each refusal changes nothing.

Refused
├── Held           somebody else works on the case: who, and until when
├── WrongStatus    the case is past this, or not there yet
├── PastExpiry     the ten days are over (I6)
├── Incomplete     V3: what is missing
├── NoGround       V4: missing pictures are no ground for rejection
└── BadReason      V6: no such reason, or none for this route, or words are needed
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.chassis.errors import Permanent


class Refused(Permanent):
    """`kind` names it for programs, `vi` and `en` say it to people; `members` go into the answer too."""

    status = 409

    def __init__(self, kind: str, *, vi: str, en: str, **members: Any) -> None:
        self.kind, self.vi, self.en, self.members = kind, vi, en, members
        super().__init__(kind)


class Held(Refused):
    def __init__(self, holder: str, office: str, until: datetime) -> None:
        super().__init__(
            "case-held",
            vi="Hồ sơ đang được một cán bộ khác xử lý; xem holder và lease_until.",
            en="Another officer is working on this case; see holder and lease_until.",
            holder=holder,
            holder_office_code=office,
            lease_until=until,
        )


class WrongStatus(Refused):
    def __init__(self, status: str) -> None:
        super().__init__(
            "wrong-status",
            vi="Tình trạng hiện tại của hồ sơ không cho phép việc này; xem case_status.",
            en="The case's present status does not allow this; see case_status.",
            case_status=status,
        )


class PastExpiry(Refused):
    def __init__(self, expired_at: datetime) -> None:
        super().__init__(
            "past-expiry",
            vi="Tờ khai đã quá hạn 10 ngày. Hãy lập tờ khai mới tại quầy.",
            en="The declaration's ten days are over. File a new one at the counter.",
            expires_at=expired_at,
        )


class Incomplete(Refused):
    def __init__(self, lacks: Sequence[str]) -> None:
        super().__init__(
            "dossier-incomplete",
            vi="Hồ sơ chưa đủ thành phần nên chưa thể phê duyệt; xem missing và bổ sung.",
            en="An incomplete dossier cannot be approved; see missing and add it.",
            missing=list(lacks),
        )


class NoGround(Refused):
    status = 422

    def __init__(self) -> None:
        super().__init__(
            "no-ground-for-rejection",
            vi="Không được trả hồ sơ vì thiếu ảnh hoặc tờ khai ký; cán bộ bổ sung khi người dân đến (công văn 702, mục 2).",
            en="Missing pictures or a missing signed form are no ground for rejection: add them when the person comes (702 §2).",
        )


class BadReason(Refused):
    status = 422

    def __init__(self, *, vi: str, en: str) -> None:
        super().__init__("bad-reason", vi=vi, en=en)
