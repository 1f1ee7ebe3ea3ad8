"""The reasons for assessing a dossier as invalid (V6), and what is no ground for it (V4). To add a reason, add a line."""

from typing import NamedTuple

from services.verification.decisions.refusals import NoGroundForRejection, WrongReason


class Reason(NamedTuple):
    """A reason; `vi` is the sentence sent to the person."""

    code: str
    vi: str
    en: str
    #: the routes it applies to; empty: all
    routes: tuple[str, ...] = ()
    #: the officer must explain it in their own words
    own_words: bool = False


#: one person with two BHXH codes: only while another account has the personal ID (V15)
SAME_PERSON = "same_person"
_IN_PERSON = ("portal", "counter")

REASONS = (
    Reason(
        "id_differs",
        "Thông tin trên giấy tờ tùy thân khác với tờ khai.",
        "The data on the identity document differ from the declaration.",
        _IN_PERSON,
    ),
    Reason(
        "not_the_person",
        "Người đến làm thủ tục không phải là người đứng tên tờ khai.",
        "The person who came is not the one named in the declaration.",
        _IN_PERSON,
    ),
    Reason(
        "id_not_valid",
        "Giấy tờ tùy thân hết hạn hoặc không hợp lệ.",
        "The identity document has expired or is not valid.",
        _IN_PERSON,
    ),
    Reason("not_signed", "Người khai không ký xác nhận tờ khai.", "The person has not signed the declaration.", _IN_PERSON),
    Reason(
        "birth_certificate_differs",
        "Thông tin trên giấy khai sinh khác với tờ khai.",
        "The data on the birth certificate differ from the declaration.",
    ),
    Reason(
        "birth_certificate_unreadable",
        "Ảnh giấy khai sinh bị mờ hoặc không đủ thông tin. Hãy chụp lại rồi nộp tờ khai mới.",
        "The picture of the birth certificate is unreadable or incomplete. Take a new one and file a new declaration.",
        ("guardian",),  # nobody comes, so no officer can take another picture
    ),
    Reason(
        "guardian_not_entitled",
        "Người khai không phải là cha, mẹ hoặc người giám hộ theo giấy khai sinh hoặc giấy tờ giám hộ.",
        "The person who filed is not the father, the mother or the guardian, according to the documents.",
    ),
    Reason(
        "name_not_in_hgd",
        "Họ tên trên tờ khai không khớp với dữ liệu của cơ quan BHXH.",
        "The name does not match the one that HGĐ holds for this code.",
    ),
    Reason("code_not_in_hgd", "Không tìm thấy mã số BHXH đã kê khai.", "HGĐ has no record of this BHXH code."),
    Reason(
        "already_registered", "Mã số BHXH này đã có tài khoản giao dịch điện tử.", "This BHXH code already has an account."
    ),
    Reason(
        SAME_PERSON,
        "Số định danh/CCCD này đã có tài khoản dưới mã số BHXH khác. Hãy đến cơ quan BHXH gần nhất mang CCCD để gộp sổ BHXH.",
        "This personal ID has an account under another BHXH code. Go to the nearest office with the ID to have the books merged.",
    ),
    Reason("wrong_data", "Thông tin kê khai không đúng.", "The declaration contains incorrect information.", own_words=True),
    Reason("other", "Lý do khác.", "Other.", own_words=True),
)

#: no ground for rejection: the officer adds missing pictures and forms when the person comes (V4, V5, 702 §2)
NO_GROUND = ("missing_photos", "missing_id", "missing_portrait", "missing_birth_certificate", "missing_signed_form")

BY_CODE = {reason.code: reason for reason in REASONS}


def sentence(code: str, words: str | None, route: str) -> str:
    """Return the sentence sent to the person (V6): the officer's own words, or else the reason's text.

    :raises NoGroundForRejection: for missing pictures (V4).
    :raises WrongReason: for an unknown reason, one for other routes, or one that lacks its explanation.
    """
    if code in NO_GROUND:
        raise NoGroundForRejection
    reason = BY_CODE.get(code)
    if reason is None or (reason.routes and route not in reason.routes):
        raise WrongReason(
            vi="Mã lý do không có hoặc không áp dụng cho hồ sơ này.",
            en="This reason is unknown, or does not apply to this dossier.",
        )
    explanation = (words or "").strip()
    if reason.own_words and not explanation:
        raise WrongReason(
            vi="Lý do này cần ghi rõ nội dung trong reason.", en="Explain this in your own words in the field reason."
        )
    return explanation or reason.vi
