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

from services.chassis.calendar import today_in_vietnam
from services.chassis.errors import Refused
from services.chassis.text.citations import cite
from services.verification.decisions.conditions import Condition

_PICTURES_VI = (
    "Không trả lại hồ sơ thiếu ảnh chứng minh nhân dân (căn cước), chân dung và giấy khai sinh; cán bộ tiếp nhận bổ sung khi "
    "người dân đến cơ quan BHXH ({})."
)
_PICTURES_EN = (
    "A dossier is not sent back for missing pictures of the ID, the face or the birth certificate: the officer adds them when the "
    "person comes ({})."
)
_ANYWHERE_VI = "Người dân được quyền đến bất kỳ cơ quan BHXH nào để hoàn tất thủ tục đăng ký ({})."
_ANYWHERE_EN = "The person may go to any VSS office to complete the registration ({})."


def _law(id_: str, vi: str, en: str) -> tuple[str, str]:
    """Return the sentence of the law in both languages, with the provision that is in force today."""
    law = cite(id_, today_in_vietnam())
    return vi.format(law.vi), en.format(law.en)


def _missing_pictures() -> tuple[str, str]:
    return _law("missing-pictures", _PICTURES_VI, _PICTURES_EN)


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
        law_vi, law_en = _missing_pictures()
        super().__init__("no-ground-for-rejection", vi=vi + law_vi, en=en + law_en, **named)


class ReasonNotAvailable(Refused):
    def __init__(self, unmet: Condition) -> None:
        super().__init__("reason-not-available", vi=unmet.vi, en=unmet.en, condition=unmet.code)


class WordsRefused(Refused):
    """The phrases found are named as they were written, so that the officer can change them, or insist with a reason."""

    status = 422

    def __init__(self, *, another_office: Sequence[str], missing_papers: Sequence[str]) -> None:
        laws = [_missing_pictures()] if missing_papers else []
        laws += [_law("any-office", _ANYWHERE_VI, _ANYWHERE_EN)] if another_office else []
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
