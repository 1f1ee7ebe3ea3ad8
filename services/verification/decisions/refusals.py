"""Refusals of a decision. A refusal changes nothing.

Refused
├── NotReceived            V3: nobody has come, or no letter, for what was filed at the portal
├── DossierIncomplete      V3: what is missing
├── NoGroundForRejection   V4: missing pictures are no ground for rejection
└── WrongReason            V6: an unknown reason, one for other routes, or one that lacks its explanation
"""

from collections.abc import Sequence

from services.chassis.errors import Refused


class NotReceived(Refused):
    def __init__(self) -> None:
        super().__init__(
            "not-received",
            vi="Hồ sơ nộp qua Cổng chỉ được phê duyệt hoặc từ chối sau khi đã tiếp nhận; hãy ghi nhận tiếp nhận trước.",
            en="A dossier filed at the portal is decided only after it was received; record its receipt first.",
        )


class DossierIncomplete(Refused):
    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(
            "dossier-incomplete",
            vi="Hồ sơ chưa đủ thành phần nên chưa thể phê duyệt; xem missing và bổ sung.",
            en="An incomplete dossier cannot be approved; add what is listed in missing.",
            missing=list(missing),
        )


class NoGroundForRejection(Refused):
    status = 422

    def __init__(self) -> None:
        super().__init__(
            "no-ground-for-rejection",
            vi="Không được trả hồ sơ vì thiếu ảnh hoặc tờ khai ký; cán bộ bổ sung khi người dân đến (công văn 702, mục 2).",
            en="Missing pictures or a missing signed form are no ground for rejection: add them when the person comes "
            "(công văn 702 §2).",
        )


class WrongReason(Refused):
    status = 422

    def __init__(self, *, vi: str, en: str) -> None:
        super().__init__("bad-reason", vi=vi, en=en)
