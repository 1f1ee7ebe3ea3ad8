"""Find words that give missing papers as the reason (V4; 702 §2): pictures, the birth certificate, the signed form, "hồ sơ".

A paper that is there may be unreadable, wrong or expired; only that it is not there is no reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from services.chassis.text.wording.plain import Plain, plain

_PAPER: Final = (
    "anh|hinh|chan dung|cccd|cmnd|cmt|can cuoc|the can cuoc|chung minh|giay khai sinh|khai sinh|ho chieu|to khai|mau so 01|mau 01|"
    "giay to|thanh phan|ho so|mat sau|mat truoc|hai mat|2 mat|ban chup|ban scan|tai lieu|giay tuy than"
)
_BETWEEN: Final = (
    "cac|mot|hai|ca|loai|phan|nhung|them|du|day du|kem|kem theo|day|01|1|02|2|file|tep|cua|tren|ban|giay|the|dinh|theo"
)
_VERB: Final = "nop|gui|dinh|kem|chup|tai len|tai|mang|cung cap|upload|up|dang tai|nhan duoc|nhan|co|du|day du|thay|xuat trinh|tim thay|ky"
#: what lacks something, rather than is lacking: "giấy khai sinh không có tên cha", "ảnh không đủ rõ"
_LACKED: Final = (
    r"(?!,? ?(?:thong tin|ro|sang|net|ten|trong|hieu luc|gia tri|so|ngay|dau|chu|anh sang|khuon mat|mat nguoi|hop le|dung))"
)
_NOT: Final = rf"(?:con |bi )?thieu|(?:khong|chua|quen|de|van chua|con chua)(?: duoc)?(?: (?:{_VERB}))+"
_ADD: Final = "bo sung|nop (?:them|bo sung)|gui (?:them|bo sung)|cung cap them|can (?:co )?them|hoan thien|hoan chinh|quen"
#: "tên trên giấy khai sinh thiếu chữ đệm": the paper is there
_NO_PLACE: Final = r"(?<!so )(?<!tren )(?<!trong )(?<!voi )"
_ENDED: Final = r"(?=$|\.| ?[,:]| *$| nen\b| khong\b| do\b| vi\b| trong ho so| roi| de nghi| kem| theo)"
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # "thiếu ảnh", "chưa đính kèm ảnh CCCD"; but not "không có trong ảnh", "không ký tờ khai" (a reason of its own)
        rf"\b(?!(?:khong|chua) ky\b)(?:{_NOT})(?: :)?(?: (?:{_BETWEEN}))*? (?:{_PAPER})\b",
        rf"\b(?:{_ADD})(?: (?:{_BETWEEN}))*? (?:{_PAPER})\b",
        # "ảnh chân dung: chưa có", "ảnh hai mặt không thấy", "ảnh để trống"
        rf"{_NO_PLACE}\b(?:{_PAPER})(?: (?!ghi|sai|bi|khac)[a-z0-9]+){{0,5}}?(?: [:,])? (?:{_NOT}|de trong|bo trong|trong)\b{_LACKED}{_ENDED}",
    )
)


def phrases_in(text: str) -> list[str]:
    """Return the phrases that speak of missing papers, as they are written; empty if there are none."""
    folded = plain(text)
    return list(dict.fromkeys(folded.quote(*span) for span in sorted(_spans(folded))))


def _spans(folded: Plain) -> Iterator[tuple[int, int]]:
    for pattern in _PATTERNS:
        for found in pattern.finditer(folded.text):
            if "." not in found.group():
                yield found.span()
