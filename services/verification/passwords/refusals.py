"""Refusals to have a first password sent anew. A refusal changes nothing.

Refused
├── PasswordNotFailed  nothing says that it did not arrive
└── GuardiansPhone     a child's password goes to the phone of the guardian's own account
"""

from services.chassis.errors import Refused


class PasswordNotFailed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "password-not-failed",
            vi="Không có tin báo nào là SMS mật khẩu lần đầu không đến được. Người dân có thể đặt lại mật khẩu bằng mã OTP.",
            en="Nothing says that the first password did not arrive. The person can set a password by a code (OTP).",
        )


class GuardiansPhone(Refused):
    def __init__(self) -> None:
        super().__init__(
            "guardians-phone",
            vi="Mật khẩu của trẻ em được gửi tới số điện thoại trong tài khoản của người giám hộ; hãy điều chỉnh tài khoản đó trước.",
            en="A child's password goes to the phone of the guardian's own account; have that account adjusted first.",
        )
