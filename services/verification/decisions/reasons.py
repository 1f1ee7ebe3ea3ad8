"""The reasons for assessing a dossier as invalid (V6), and what must be true for each (V4). To add a reason, add a line."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from services.chassis.text.wording import another_office, missing_papers
from services.verification.decisions import conditions
from services.verification.decisions.conditions import Condition, Situation
from services.verification.decisions.refusals import NoGroundForRejection, ReasonNotAvailable, WordsRefused, WrongReason


class Reason(NamedTuple):
    """A reason; `vi` is the sentence sent to the person."""

    code: str
    vi: str
    en: str
    #: what must be true for it, beyond its routes
    conditions: tuple[Condition, ...]
    #: the routes it applies to; empty: all
    routes: tuple[str, ...] = ()
    #: the officer must explain it in their own words
    own_words: bool = False


#: who comes, or stands there: an officer can look at the paper and the person
_IN_PERSON = ("portal", "counter")

REASONS = (
    Reason(
        "id_differs",
        "Thông tin trên giấy tờ tùy thân khác với tờ khai.",
        "The data on the identity document differ from the declaration.",
        (conditions.ID_SEEN,),
        _IN_PERSON,
    ),
    Reason(
        "not_the_person",
        "Người đến làm thủ tục không phải là người đứng tên tờ khai.",
        "The person who came is not the one named in the declaration.",
        (conditions.RECEIVED,),
        _IN_PERSON,
    ),
    Reason(
        "id_not_valid",
        "Giấy tờ tùy thân hết hạn hoặc không hợp lệ.",
        "The identity document has expired or is not valid.",
        (conditions.ID_SEEN,),
        _IN_PERSON,
    ),
    Reason(
        "not_signed",
        "Người khai không ký xác nhận tờ khai.",
        "The person has not signed the declaration.",
        (conditions.RECEIVED,),
        _IN_PERSON,
    ),
    Reason(
        "birth_certificate_differs",
        "Thông tin trên giấy khai sinh khác với tờ khai.",
        "The data on the birth certificate differ from the declaration.",
        (conditions.BIRTH_CERTIFICATE_THERE,),
    ),
    Reason(
        "birth_certificate_unreadable",
        "Ảnh giấy khai sinh bị mờ hoặc không đủ thông tin. Hãy chụp lại rồi nộp tờ khai mới.",
        "The picture of the birth certificate is unreadable or incomplete. Take a new one and file a new declaration.",
        (conditions.BIRTH_CERTIFICATE_THERE,),
        ("guardian",),  # nobody comes, so no officer can take another picture
    ),
    Reason(
        "guardian_not_entitled",
        "Người khai không phải là cha, mẹ hoặc người giám hộ theo giấy khai sinh hoặc giấy tờ giám hộ.",
        "The person who filed is not the father, the mother or the guardian, according to the documents.",
        (conditions.BIRTH_CERTIFICATE_THERE,),
    ),
    Reason(
        "name_not_in_hgd",
        "Họ tên trên tờ khai không khớp với dữ liệu của cơ quan BHXH.",
        "The name does not match the one that HGĐ holds for this code.",
        (conditions.HGD_OTHER_NAME,),
    ),
    Reason(
        "birth_not_in_hgd",
        "Ngày sinh trên tờ khai không khớp với dữ liệu của cơ quan BHXH.",
        "The date of birth does not match the one that HGĐ holds for this code.",
        (conditions.HGD_OTHER_BIRTH,),
    ),
    Reason(
        "not_a_child",
        "Người được đăng ký đã đủ 18 tuổi theo dữ liệu của cơ quan BHXH, nên phải tự đăng ký.",
        "According to HGĐ the person is 18 or older, and has to register in person.",
        (conditions.HGD_ADULT,),
    ),
    Reason(
        "code_not_in_hgd",
        "Không tìm thấy mã số BHXH đã kê khai.",
        "HGĐ has no record of this BHXH code.",
        (conditions.HGD_UNKNOWN_CODE,),
    ),
    Reason(
        "already_registered",
        "Mã số BHXH này đã có tài khoản giao dịch điện tử.",
        "This BHXH code already has an account.",
        (conditions.HAS_ACCOUNT,),
    ),
    Reason(
        "wrong_data",
        "Thông tin kê khai không đúng.",
        "The declaration contains incorrect information.",
        (conditions.SOMETHING_SEEN,),
        own_words=True,
    ),
    Reason(
        "same_person",
        "Số định danh/CCCD này đã có tài khoản dưới mã số BHXH khác. Hãy đến cơ quan BHXH gần nhất mang CCCD để gộp sổ BHXH.",
        "This personal ID has an account under another BHXH code. Go to the nearest office with the ID to have the books merged.",
        (conditions.IDENTITY_IN_USE,),
    ),
    Reason("other", "Lý do khác.", "Other.", (conditions.PICTURES_COMPLETE,), own_words=True),
)

#: no ground for rejection: the officer adds missing pictures and forms when the person comes (V4, V5, 702 §2)
NO_GROUND = ("missing_photos", "missing_id", "missing_portrait", "missing_birth_certificate", "missing_signed_form")

BY_CODE = {reason.code: reason for reason in REASONS}


class Words(NamedTuple):
    """The sentence sent to the person, and the phrases in it that the law forbids: empty unless somebody insists on them."""

    sentence: str
    phrases: tuple[str, ...]


def must_be_available(code: str, situation: Situation) -> Reason:
    """Return the reason if it may be given now (V4).

    :raises NoGroundForRejection: for missing papers, whatever they are called (702 §2).
    :raises WrongReason: for an unknown reason, or one for other routes.
    :raises ReasonNotAvailable: while something else that the reason needs is not true.
    """
    if code in NO_GROUND:
        raise NoGroundForRejection
    reason = BY_CODE.get(code)
    unmet = _unmet(reason, situation) if reason else None
    if reason is None or (unmet and unmet.code == conditions.OTHER_ROUTE):
        raise WrongReason(
            vi="Mã lý do không có hoặc không áp dụng cho hồ sơ này.",
            en="This reason is unknown, or does not apply to this dossier.",
        )
    if unmet:
        raise NoGroundForRejection(unmet) if unmet.about_papers else ReasonNotAvailable(unmet)
    return reason


def in_words(reason: Reason, words: str | None, *, own_office: Iterable[str], insists: bool) -> Words:
    """Return what is sent to the person (V6): the officer's own words, or else the reason's text.

    :param own_office: names of the deciding office, which may be named (V4).
    :param insists: send the words even though they speak of missing papers, or of another office.
    :raises WrongReason: if the reason lacks its explanation.
    :raises WordsRefused: for such words, with the phrases found (702 §2, 3717 §5a).
    """
    explanation = (words or "").strip()
    if reason.own_words and not explanation:
        raise WrongReason(
            vi="Lý do này cần ghi rõ nội dung trong reason.", en="Explain this in your own words in the field reason."
        )
    away, papers = another_office.phrases_in(explanation, own=own_office), missing_papers.phrases_in(explanation)
    if (away or papers) and not insists:
        raise WordsRefused(another_office=away, missing_papers=papers)
    return Words(explanation or reason.vi, (*away, *papers))


def availability(situation: Situation) -> Iterator[dict[str, Any]]:
    """Yield each reason of the closed list, whether it may be given now, and why not (V4)."""
    for reason in REASONS:
        unmet = _unmet(reason, situation) or _unmet_of((conditions.FILED_FROM_AFAR,), situation)
        yield {
            "code": reason.code,
            "vi": reason.vi,
            "en": reason.en,
            "own_words": reason.own_words,
            "available": unmet is None,
            "why_not": unmet and {"code": unmet.code, "vi": unmet.vi, "en": unmet.en},
        }


def _unmet(reason: Reason, situation: Situation) -> Condition | None:
    """Return the first condition of the reason that is not true; None if it may be given."""
    routes = (conditions.filed_by(reason.routes),) if reason.routes else ()
    return _unmet_of((*routes, *reason.conditions), situation)


def _unmet_of(wanted: Iterable[Condition], situation: Situation) -> Condition | None:
    return next((each for each in wanted if not each.holds(situation)), None)
