"""Refusals of a decision. A refusal changes nothing.

Refused
├── NotReceived            V3: nobody has come, or no letter, for what was filed at the portal
├── DossierIncomplete      V3: what is missing
├── NoGroundForRejection   V4: missing pictures are no ground for rejection
├── ReasonNotAvailable     V4: what the reason speaks of is not so
├── WordsRefused           V4: words that speak of missing papers, or send the person to another office
├── ProvincialOnly         V15: an identity in use is for an approver of a provincial office
└── WrongReason            V6: an unknown reason, one for other routes, or one that lacks its explanation
"""

from collections.abc import Sequence

from services.chassis.errors import Refused
from services.verification.decisions.conditions import Condition

_LAW_VI = (
    "Không trả lại hồ sơ thiếu ảnh chứng minh nhân dân (căn cước), chân dung và giấy khai sinh; cán bộ tiếp nhận bổ sung khi "
    "người dân đến cơ quan BHXH (công văn 702/BHXH-CNTT, mục 2)."
)
_LAW_EN = (
    "A dossier is not sent back for missing pictures of the ID, the face or the birth certificate: the officer adds them when the "
    "person comes (công văn 702/BHXH-CNTT §2)."
)
_ANYWHERE_VI = (
    "Người dân được quyền đến bất kỳ cơ quan BHXH nào để hoàn tất thủ tục đăng ký (công văn 702/BHXH-CNTT, mục 2)."
)
_ANYWHERE_EN = "The person may go to any VSS office to complete the registration (công văn 702/BHXH-CNTT §2)."


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
    """`unmet`: the condition of the reason that asks for a paper; None for a reason that is itself a missing paper."""

    status = 422

    def __init__(self, unmet: Condition | None = None) -> None:
        vi, en = (f"{unmet.vi} ", f"{unmet.en} ") if unmet else ("", "")
        named = {"condition": unmet.code} if unmet else {}
        super().__init__("no-ground-for-rejection", vi=vi + _LAW_VI, en=en + _LAW_EN, **named)


class ReasonNotAvailable(Refused):
    def __init__(self, unmet: Condition) -> None:
        super().__init__("reason-not-available", vi=unmet.vi, en=unmet.en, condition=unmet.code)


class WordsRefused(Refused):
    """The phrases found are named as they were written, so that the officer can change them, or insist with a reason."""

    status = 422

    def __init__(self, *, another_office: Sequence[str], missing_papers: Sequence[str]) -> None:
        laws = [(_LAW_VI, _LAW_EN)] if missing_papers else []
        laws += [(_ANYWHERE_VI, _ANYWHERE_EN)] if another_office else []
        super().__init__(
            "words-refused",
            vi=" ".join(vi for vi, _ in laws),
            en=" ".join(en for _, en in laws),
            another_office=list(another_office),
            missing_papers=list(missing_papers),
        )


class ProvincialOnly(Refused):
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "provincial-only",
            vi="Số định danh đã có tài khoản khác: chỉ người phê duyệt của BHXH tỉnh, thành phố được kết luận hồ sơ này.",
            en="Another account has this personal ID: only an approver of a provincial office may end this.",
        )


class WrongReason(Refused):
    status = 422

    def __init__(self, *, vi: str, en: str) -> None:
        super().__init__("bad-reason", vi=vi, en=en)
