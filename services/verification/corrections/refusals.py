"""Refusals of a correction. A refusal changes nothing.

Refused
├── GuardiansContact   the phone and e-mail of a guardian are those of the guardian's account (I11)
├── NobodyAtCounter    only the registration of somebody who has come becomes an adjust (I11)
└── NoAccountToAdjust  there is no open account under this code (V12)
"""

from services.chassis.errors import Refused


class GuardiansContact(Refused):
    def __init__(self) -> None:
        super().__init__(
            "guardians-contact",
            vi="Điện thoại và thư điện tử lấy từ tài khoản của người giám hộ, không sửa trong hồ sơ của trẻ.",
            en="Phone and e-mail are those of the guardian's account; they cannot be corrected in the child's dossier.",
        )


class NobodyAtCounter(Refused):
    def __init__(self) -> None:
        super().__init__(
            "nobody-at-counter",
            vi="Chỉ tờ khai đăng ký của người đã đến cơ quan BHXH mới chuyển thành tờ khai điều chỉnh được.",
            en="Only the registration of somebody who has come to an office can become an adjust.",
        )


class NoAccountToAdjust(Refused):
    def __init__(self) -> None:
        super().__init__(
            "no-account",
            vi="Mã số BHXH này không có tài khoản đang dùng để điều chỉnh.",
            en="No open account has this BHXH code, so there is nothing to adjust.",
        )
