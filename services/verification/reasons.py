"""Why a dossier may be assessed as invalid (V6), and what is no reason (V4). Data: add a line to add a reason."""

from typing import NamedTuple

from services.verification.refusals import BadReason, NoGround


class Reason(NamedTuple):
    """`routes`: where it applies (empty: everywhere). `own_words`: the officer has to say what it is."""

    code: str
    vi: str
    en: str
    routes: tuple[str, ...] = ()
    own_words: bool = False


_IN_PERSON = ("portal", "counter")

REASONS = (
    Reason(
        "id_differs",
        "Thông tin trên giấy tờ tùy thân khác với tờ khai.",
        "The identity document does not say what the declaration says.",
        _IN_PERSON,
    ),
    Reason(
        "not_the_person",
        "Người đến làm thủ tục không phải là người đứng tên tờ khai.",
        "Whoever came is not the person of the declaration.",
        _IN_PERSON,
    ),
    Reason(
        "id_not_valid",
        "Giấy tờ tùy thân hết hạn hoặc không hợp lệ.",
        "The identity document has expired or is not valid.",
        _IN_PERSON,
    ),
    Reason("not_signed", "Người khai không ký xác nhận tờ khai.", "The person does not sign the declaration.", _IN_PERSON),
    Reason(
        "birth_certificate_differs",
        "Thông tin trên giấy khai sinh khác với tờ khai.",
        "The birth certificate does not say what the declaration says.",
    ),
    Reason(
        "birth_certificate_unreadable",
        "Ảnh giấy khai sinh bị mờ hoặc không đủ thông tin. Hãy chụp lại rồi nộp tờ khai mới.",
        "The picture of the birth certificate cannot be read. Take it again and file anew.",
        ("guardian",),  # nobody comes, so no officer can take another picture
    ),
    Reason(
        "guardian_not_entitled",
        "Người khai không phải là cha, mẹ hoặc người giám hộ theo giấy khai sinh hoặc giấy tờ giám hộ.",
        "Whoever filed is not the father, the mother or the guardian.",
    ),
    Reason(
        "name_not_in_hgd",
        "Họ tên trên tờ khai không khớp với dữ liệu của cơ quan BHXH.",
        "The name is not the one that HGĐ has under this code.",
    ),
    Reason("code_not_in_hgd", "Không tìm thấy mã số BHXH đã kê khai.", "HGĐ does not know the BHXH code."),
    Reason(
        "already_registered", "Mã số BHXH này đã có tài khoản giao dịch điện tử.", "This BHXH code has an account already."
    ),
    Reason("wrong_data", "Thông tin kê khai không đúng.", "The declaration says something that is not so.", own_words=True),
    Reason("other", "Lý do khác.", "Another reason.", own_words=True),
)

#: missing pictures and a missing form: the officer adds them when the person comes (V4, V5, 702 §2)
NO_GROUND = ("missing_photos", "missing_id", "missing_portrait", "missing_birth_certificate", "missing_signed_form")

BY_CODE = {reason.code: reason for reason in REASONS}


def sentence(code: str, words: str | None, route: str) -> str:
    """What the person is told (V6).

    :raises Refused: for what is no reason, or none here, or lacks words.
    """
    if code in NO_GROUND:
        raise NoGround
    reason = BY_CODE.get(code)
    if reason is None or (reason.routes and route not in reason.routes):
        raise BadReason(
            vi="Mã lý do không có hoặc không áp dụng cho hồ sơ này.", en="No such reason, or none for this dossier."
        )
    said = (words or "").strip()
    if reason.own_words and not said:
        raise BadReason(
            vi="Lý do này cần ghi rõ nội dung trong reason.", en="This reason needs words of your own in reason."
        )
    return said or reason.vi
