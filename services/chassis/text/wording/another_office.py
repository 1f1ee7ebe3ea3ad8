"""Find words that send a citizen to another VSS office (F4, V4; 3717 §5a, 702 §2).

A phrase is a verb of going, sending or asking, and a place: a VSS office that is named or described ("BHXH quận Cầu Giấy", "nơi cấp
sổ", "tỉnh đó"). Who is to do it decides: what our own office or another authority does or has done is lawful, so are the
nearest office, any office, the hotline, and the authority that alone can act.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from services.chassis.text.wording.plain import Plain, plain, without

# fmt: off
#: words after "BHXH" that name no particular office: insurance, not the agency; or what is to be done at any office
_UNNAMED: Final = (
    "tu nguyen|bat buoc|mot lan|that nghiep|theo|cua|de|va|hoac|hay|thi|la|se|da|dang|khi|neu|mang|lam|cung|trong|vao|truoc|sau|voi|"
    "xin|duoc|bang|so|nop|ky|doi|bo sung|xuat trinh|lay|nhan|hoan|xac|kiem|trinh|gap|ghi|can|phai|chua|khong|ho tro|huong dan|"
    "thuc hien|gan|bat ky|bat ki|bat cu|nao|o dau|tren|toan|thuan|chung toi|minh|nay|day|tai day|yeu cau|cap|cho|nhe|a|dien tu|dua|"
    "ngay|tiep|dem|noi gan|noi thuan|noi nao|xem|giai quyet|dieu chinh|sua|nhu|tra|dang ky|lai|ca|rieng"
)
_PROVINCES: Final = (
    "an giang|ba ria|vung tau|bac giang|bac kan|bac lieu|bac ninh|ben tre|binh dinh|binh duong|binh phuoc|binh thuan|ca mau|can tho|"
    "cao bang|da nang|dak lak|dac lac|dak nong|dien bien|dong nai|dong thap|gia lai|ha giang|ha nam|ha noi|ha tinh|hai duong|"
    "hai phong|hau giang|hoa binh|ho chi minh|hcm|sai gon|hung yen|khanh hoa|kien giang|kon tum|lai chau|lam dong|lang son|lao cai|"
    "long an|nam dinh|nghe an|ninh binh|ninh thuan|phu tho|phu yen|quang binh|quang nam|quang ngai|quang ninh|quang tri|soc trang|"
    "son la|tay ninh|thai binh|thai nguyen|thanh hoa|hue|tien giang|tra vinh|tuyen quang|vinh long|vinh phuc|yen bai"
)
#: bodies that are no VSS office: the authority that alone can act, and others that a citizen may well have to see
_OUTSIDE: Final = (
    "cong an|ubnd|uy ban|tu phap|ho tich|cong ty|doanh nghiep|don vi su dung|nguoi su dung lao dong|chu su dung|don vi|nha truong|"
    "truong hoc|benh vien|co so (?:kham|y te)|tram y te|ngan hang|buu dien|buu cuc|toa an|to dan pho|cong chung|xa|phuong|so y te|"
    "so noi vu|trung tam dich vu viec lam|dai ly thu|to chuc dich vu thu"
)
# fmt: on
_CITIZEN: Final = "ong|ba|anh|chi|em|chau|cong dan|nguoi dan|nguoi khai|nguoi nop|quy vi|gia dinh|nguoi tham gia"
_US: Final = "chung toi|can bo|chuyen vien|co quan bhxh|bhxh|phong tiep nhan"
_DIRECTIVE: Final = (
    r"(?<!da )(?<!se )(?<!dang )(?<!khong )\b(?:de nghi|yeu cau|moi|vui long|xin|hay|phai|can|nen|nho|kinh mong|huong dan|"
    r"chuyen tra|thi|muon)\b"
)

_DO: Final = (
    "den|toi|ve|sang|qua|ra|len|xuong|vao|quay|tro|lien he|lien lac|gui|nop|chuyen|goi|hoi|gap|lam viec|(?<!viec )lam|trao doi|phan anh|tim|"
    "dang ky|dieu chinh|giai quyet|bo sung|xac minh|thuc hien|hoan tat"
)
_FILLER: Final = (
    "lai|truc tiep|voi|toi|den|ve|sang|qua|ra|len|vao|tai|o|ho so|don|phan anh|kien nghi|y kien|noi dung|giay to|to khai|so|cho|gap|"
    "dung|ngay|ben|phia|thu tuc|lam|lam viec|dien|thoai|giup|nop|gui|lien he|cua|ong|ba|anh|chi|minh|tru so|van phong|bo phan|"
    r"mot cua|tiep nhan|can bo|don vi(?= bhxh)|(?:qua )?(?:duong )?buu dien|dau moi|lanh dao|phong|bo phan|mot|hai|giam doc|chinh|cac|nhanh|so \d+"
)
_ANY_BEFORE: Final = r"(?<!bat ky )(?<!bat cu )(?<!bat ki )(?<!moi )"
_UNIT: Final = "tinh|thanh pho|quan|huyen|thi xa|khu vuc|dia phuong"
_OFFICE: Final = rf"{_ANY_BEFORE}(?:co quan )?bhxh (?:(?:cap |co so )?(?:{_UNIT}|tren)\b|(?!(?:{_UNNAMED}|noi)\b)[a-z0-9]+)(?: [a-z0-9]+){{0,3}}"
#: an office described by what it has done or does: "cơ quan BHXH đã cấp mã số", "cơ quan quản lý sổ"
_THE_ONE: Final = (
    r"(?:(?:co quan )?bhxh (?:da|dang|truc tiep|tung) (?:cap|quan ly|tiep nhan|dang ky|chon|lap|nop|dong|phu trach|giu|thu|chi tra|nhan)|"
    r"co quan (?:(?:da|dang) )?(?:tiep nhan|quan ly (?:so|bhxh|qua trinh)|cap (?:so|ma so|the b)|giu (?:so|ho so)))"
)
_WHERE: Final = (
    r"(?:(?:co quan )?bhxh )?(?:noi|cho|dia ban)(?: ma)?(?: (?:ong|ba|anh|chi|minh|da|dang|cong dan|nguoi dan|ban|lan))*(?: dau)? "
    r"(?:tham gia|cap (?:so|ma|the b)|dong|chot so|dang ky(?! kham| kcb| khai sinh| ho khau| thuong tru| tam tru| ket hon)|quan ly|"
    r"cu tru|thuong tru|tam tru|nop|lap|lam (?:so|the|ma)|phat hanh|chi tra|chon|ghi|khai|tiep nhan|giai quyet|huong|do|ay|khac|cu)"
)
_THAT: Final = (
    rf"(?:(?:noi|co quan|cho|{_UNIT}) (?:do|ay|kia|khac|cu)|co quan (?:bhxh )?(?:da chon|khac)|tren (?:{_UNIT}))(?! doi)"
)
_SEND: Final = re.compile(rf"\b(?:{_DO})(?: (?:{_FILLER})){{0,8}}? (?:{_WHERE}|{_THE_ONE}|{_OFFICE}|{_THAT})\b")
_THERE: Final = re.compile(
    rf"\b(?:ve|ra|vao|len|den|toi|sang|xuong|lien he|quay lai|qua)(?: (?:tai|o|voi|lai))* "
    rf"(?:{_PROVINCES}|que|do|day|ben do)(?: \w+){{0,4}}? (?:lam|nop|giai quyet|thu tuc|dieu chinh|hoi|xu ly|dang ky)\b"
    rf"|\b(?:len|ve|ra|xuong|sang|qua|den|toi|lien he|quay lai|tro lai|goi(?: dien)?|hoi|gap)(?: (?:len|ve|voi|toi|cho))* (?:{_UNIT})(?! (?:uy|doi)\b)\b"
    rf"|\b(?:nop|nop ho so|nop lai|nop lai ho so|dang ky lai) (?:tai|o|cho|len|ve) (?:{_UNIT})\b"
    r"|\b(?:lien he|nop|lam) (?:o|tai|ben) (?:do|kia|ay)\b"
)
#: lawful wherever it stands in the named place
_LAWFUL_TAIL: Final = re.compile(
    r"^(?: \w+){0,5}? (?:gan (?:day )?nhat|gan nha|(?<!the )nao|bat ky|bat cu|thuan tien|chung toi|1900)\b"
)
_ONE_OF_ALL: Final = re.compile(r"\b(?:gan (?:day )?nhat|gan nha|(?<!the )nao|thuan tien|chung toi|toan quoc|1900)\b")

#: refused without any verb, unless the sentence or the next names another authority
_NOT_OURS: Final = re.compile(r"\bkhong thuoc (?:ve )?(?:tham quyen|trach nhiem|dia ban|pham vi|chuc nang|nhiem vu)\b")
_WRONG_PLACE: Final = re.compile(
    r"\b(?:sai|nham|khong dung|khac|ngoai) (?:dia ban|noi nop|noi tiep nhan|co quan(?: bhxh)? tiep nhan)\b"
    r"|\b(?:nop|gui|dang ky|chon)(?: ho so)? (?:sai|nham|khong dung) (?:noi|cho|co quan)\b"
    r"|\b(?:o|tai|cua|thuoc)? ?(?:dau|(?:quan|huyen|tinh|noi|cho|dia phuong|co quan) nao)(?: \w+){0,2}? thi(?: \w+){0,6}? (?:do|day|ay)\b"
)
_EXCUSED: Final = re.compile(rf"\b(?:gan|thuan tien|{_OUTSIDE})\b")
_WHO: Final = re.compile(
    rf"(?P<us>\b(?:{_US})\b)|(?P<outside>\b(?:{_OUTSIDE})\b)|(?P<citizen>\b(?:{_CITIZEN})\b)|(?P<directive>{_DIRECTIVE})"
)
#: a body or an office that is gone to or asked does not act
_AS_OBJECT: Final = re.compile(r"\b(?:lien he|den|gap|hoi|toi|qua|tai|o|voi|ve|sang|len|chon|cua)(?: (?:voi|cho|lai))? $")
_TOLD: Final = re.compile(r"\b(?:da|tung|vua|dang|duoc|khi|luc|sau khi|truoc day|tu)(?: \w+){0,2} $")
_NOT: Final = re.compile(
    r"\b(?:khong|chua|chang)(?: \w+){0,2}? (?:can|phai|bat buoc|yeu cau|nhat thiet|de nghi)(?: \w+){0,4} $|\bkhong $"
)
_DATED: Final = re.compile(r"\b(?:ngay|thang|nam|tu|hom) \d|\btruoc day\b")
_MATTER: Final = re.compile(r"\b(?:ho so|don|phan anh|kien nghi|noi dung|vu viec)\b")
#: a sentence without an end must not make the search slow
_LOOK_BACK: Final = 250
_MOST_PHRASES: Final = 20
_AT: Final = re.compile(r" (?:tai|o) ")


def phrases_in(text: str, *, own: Iterable[str] = ()) -> list[str]:
    """Return the phrases that send the citizen to another VSS office, as they are written; empty if there are none.

    :param own: names of the office that speaks: whoever invites to the own office sends nobody away.
    """
    folded = plain(text)
    for name in own:
        folded = without(folded, name, "co quan chung toi")
    return list(dict.fromkeys(folded.quote(*span) for span in sorted(islice(_spans(folded), _MOST_PHRASES))))


def _spans(folded: Plain) -> Iterator[tuple[int, int]]:
    for pattern in (_SEND, _THERE):
        at = 0
        while (found := pattern.search(folded.text, at)) is not None:
            if _sends_away(folded, found):
                yield found.span()
                at = found.end()
            else:
                at = found.start() + 1
    for found in _NOT_OURS.finditer(folded.text):
        begin, end = folded.sentence(found.start())
        _, next_end = folded.sentence(end + 1)
        if not re.search(rf"\b(?:{_OUTSIDE})\b", folded.text[begin:next_end]):
            yield found.span()
    for found in _WRONG_PLACE.finditer(folded.text):
        if not _EXCUSED.search(folded.text[slice(*folded.sentence(found.start()))]):
            yield found.span()


def _sends_away(folded: Plain, found: re.Match[str]) -> bool:
    """Tell whether it is the citizen who is to go, and to another office."""
    begin, end = folded.sentence(found.start())
    if "." in found.group() or _ONE_OF_ALL.search(found.group()) or _LAWFUL_TAIL.match(folded.text[found.end() : end]):
        # "nơi chốt sổ gần đây nhất" is the latest such place, not the nearest
        return " noi " in found.group() and folded.text.startswith(" gan day nhat", found.end())
    before = folded.text[max(begin, found.start() - _LOOK_BACK) : found.start()]
    if _NOT.search(before):
        return False
    if found.group().startswith("chuyen") and _MATTER.search(before + found.group()):
        return True  # the matter itself is handed on: there is no transfer (F4)
    who, told_since = _who(before)
    if who in ("us", "outside"):
        return False
    directed = re.search(_DIRECTIVE, before) is not None
    if who == "citizen":
        return directed or not (_TOLD.search(told_since) or _DATED.search(before))
    if before.strip() and _AT.search(found.group()) and " lai " not in found.group() and not directed:
        return False
    return directed or not (_TOLD.search(before) or _DATED.search(before))


def _who(before: str) -> tuple[str, str]:
    """Return who acts in a sentence so far (citizen, us, outside; "" if nobody is named), and the words since."""
    who, since = "", 0
    for found in _WHO.finditer(before):
        kind = found.lastgroup or ""
        if kind == "directive":
            # whoever was speaking now asks somebody: the citizen, unless another is named
            who, since = "", found.end()
        elif kind != "citizen" and _AS_OBJECT.search(before[: found.start()]):
            continue
        else:
            who, since = kind, found.end()
    return who, before[since:]
