"""Refusals of a correction. A refusal changes nothing.

Refused
└── GuardiansContact   the phone and e-mail of a guardian are those of the guardian's account (I11)
"""

from services.chassis.errors import Refused


class GuardiansContact(Refused):
    def __init__(self) -> None:
        super().__init__(
            "guardians-contact",
            vi="Điện thoại và thư điện tử lấy từ tài khoản của người giám hộ, không sửa trong hồ sơ của trẻ.",
            en="Phone and e-mail are those of the guardian's account; they cannot be corrected in the child's dossier.",
        )
