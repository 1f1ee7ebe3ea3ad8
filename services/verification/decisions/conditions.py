"""What must be true of a dossier for a reason to be given (V4; 702 §2). Pure; `reasons.REASONS` says which reason needs what."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from services.verification.comparisons.hgd import MATCH, NAME_DIFFERS, NAME_NEAR, UNKNOWN_CODE

OTHER_ROUTE = "other_route"
#: the pictures without which no dossier may be sent back (702 §2); the signed form is made at the counter (V5)
PICTURES = ("id_front", "id_back", "portrait", "birth_certificate")


@dataclass(frozen=True)
class Situation:
    """What is known of a dossier when a reason is asked for."""

    route: str
    #: the person, or the letter, has come
    received: bool
    #: nothing is decided before (V3): it was filed at the portal, or by post
    comes_first: bool
    id_shown: bool
    #: kinds of documents that are there
    documents: Collection[str]
    #: kinds of documents that V3 requires and that are missing
    missing: Collection[str]
    #: what HGĐ's latest answer means, on arrival or at a decision (`comparisons.hgd`); None: it has not answered
    hgd_outcome: str | None
    #: HGĐ knows another date of birth
    birth_differs: bool
    #: HGĐ knows the person to be 18 or older, and they are to be registered as a child
    is_adult: bool
    #: an approved registration of the same BHXH code stands
    has_account: bool
    #: held because another account has the same personal ID (V15)
    identity_in_use: bool


@dataclass(frozen=True)
class Condition:
    """Something that must be true, and what an officer reads while it is not."""

    code: str
    vi: str
    en: str
    holds: Callable[[Situation], bool] = field(repr=False, compare=False)
    #: it asks for a paper, so the refusal quotes 702 §2
    about_papers: bool = False


def _sees_id(now: Situation) -> bool:
    return now.id_shown or "id_front" in now.documents


RECEIVED = Condition(
    "not_received",
    "Lý do này chỉ có sau khi cơ quan BHXH đã tiếp nhận người dân.",
    "This reason exists only after an office has received the person.",
    lambda now: now.received,
)
FILED_FROM_AFAR = Condition(
    "not_received",
    "Hồ sơ nộp qua Cổng hoặc bưu chính chỉ được quyết định sau khi cơ quan BHXH đã tiếp nhận.",
    "What was filed at the portal or by post is decided only after an office has received it.",
    lambda now: now.received or not now.comes_first,
)
ID_SEEN = Condition(
    "no_id_to_look_at",
    "Chưa có ảnh giấy tờ tùy thân và người dân chưa xuất trình giấy tờ, nên chưa có gì để đối chiếu.",
    "There is no picture of the identity document, and none has been shown, so there is nothing to compare.",
    _sees_id,
    about_papers=True,
)
BIRTH_CERTIFICATE_THERE = Condition(
    "no_birth_certificate",
    "Hồ sơ chưa có giấy khai sinh, nên chưa có gì để đối chiếu.",
    "The dossier has no birth certificate, so there is nothing to compare.",
    lambda now: "birth_certificate" in now.documents,
    about_papers=True,
)
SOMETHING_SEEN = Condition(
    "nothing_to_look_at",
    "Chưa có giấy tờ nào để đối chiếu và hệ thống HGĐ chưa nêu điểm nào khác, nên chưa biết thông tin nào sai.",
    "There is no document to compare, and HGĐ has named no difference, so nobody can know what is wrong.",
    lambda now: _sees_id(now) or "birth_certificate" in now.documents or now.hgd_outcome not in (None, MATCH),
    about_papers=True,
)
PICTURES_COMPLETE = Condition(
    "pictures_missing",
    "Hồ sơ còn thiếu ảnh bắt buộc, nên không được trả lại với lý do khác.",
    "A required picture is missing, so the dossier cannot be sent back for another reason.",
    lambda now: not any(kind in PICTURES for kind in now.missing),
    about_papers=True,
)
HGD_OTHER_NAME = Condition(
    "hgd_has_this_name",
    "Hệ thống HGĐ chưa trả lời rằng họ tên khác.",
    "HGĐ has not answered that the name differs.",
    lambda now: now.hgd_outcome in (NAME_NEAR, NAME_DIFFERS),
)
HGD_OTHER_BIRTH = Condition(
    "hgd_has_this_birth",
    "Hệ thống HGĐ chưa trả lời rằng ngày sinh khác.",
    "HGĐ has not answered that the date of birth differs.",
    lambda now: now.birth_differs,
)
HGD_ADULT = Condition(
    "hgd_has_no_adult",
    "Hệ thống HGĐ chưa trả lời rằng người được đăng ký đã đủ 18 tuổi.",
    "HGĐ has not answered that the person to be registered is 18 or older.",
    lambda now: now.is_adult,
)
HGD_UNKNOWN_CODE = Condition(
    "hgd_has_this_code",
    "Hệ thống HGĐ chưa trả lời rằng không có mã số này.",
    "HGĐ has not answered that it does not know this code.",
    lambda now: now.hgd_outcome == UNKNOWN_CODE,
)
HAS_ACCOUNT = Condition(
    "no_account",
    "Chưa có tờ khai đăng ký nào của mã số BHXH này được duyệt.",
    "No registration of this BHXH code has been approved.",
    lambda now: now.has_account,
)
IDENTITY_IN_USE = Condition(
    "identity_not_in_use",
    "Hồ sơ không bị giữ vì số định danh đã có tài khoản dưới mã số BHXH khác.",
    "The dossier is not held because its personal ID has an account under another BHXH code.",
    lambda now: now.identity_in_use,
)


def filed_by(routes: Collection[str]) -> Condition:
    """Return the condition that the dossier was filed by one of these routes."""
    return Condition(
        OTHER_ROUTE,
        "Lý do này không áp dụng cho cách nộp hồ sơ này.",
        "This reason does not apply to the way in which the dossier was filed.",
        lambda now: now.route in routes,
    )
