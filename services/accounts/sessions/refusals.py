"""The responses that refuse signing in. None reveals whether an account exists."""

from services.accounts.otp.rules import Otp
from services.chassis.errors import Refused
from services.chassis.web.problem import Problem


class AnotherDevice(Refused):
    """The warning on a second device (A7), with the challenge that the code confirms."""

    def __init__(self, sent: Otp) -> None:
        super().__init__(
            "another-device",
            vi="Tài khoản đang đăng nhập trên thiết bị khác. Nhập mã OTP vừa gửi đến số điện thoại đã đăng ký để tiếp tục "
            "trên thiết bị này; thiết bị kia sẽ bị đăng xuất.",
            en="The account is signed in on another device. Enter the code just sent to the registered phone to continue "
            "on this device; the other one will be signed out.",
            challenge=str(sent.id),
            expires_at=sent.expires_at,
        )


def sign_in_refused() -> Problem:
    """Return the 401 for a failed sign-in, which does not say why."""
    return Problem(
        401,
        "sign-in-refused",
        vi="Tên đăng nhập hoặc mật khẩu không đúng.",
        en="The user name or the password is wrong.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def first_password_over() -> Problem:
    """Return the refusal of a right first password whose days are over (A2). Only whoever has it learns so."""
    return Problem(
        403,
        "first-password-over",
        vi="Mật khẩu lần đầu này đã hết hạn. Hãy chọn Quên mật khẩu để đặt mật khẩu mới bằng mã OTP gửi tới số điện thoại đã đăng ký, "
        "hoặc đến cơ quan BHXH bất kỳ để được cấp lại.",
        en="This first password has expired. Choose Forgotten password to set a new one with a code sent to the registered phone, or ask "
        "for another one at any office.",
    )


def session_over() -> Problem:
    """Return the 401 for a token whose session has ended."""
    return Problem(
        401,
        "session-over",
        vi="Phiên đăng nhập đã kết thúc. Hãy đăng nhập lại.",
        en="The session has ended. Sign in again.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def rights_not_in_force() -> Problem:
    """Return the refusal of staff whose rights have not begun, or are over (V11)."""
    return Problem(
        403,
        "rights-not-in-force",
        vi="Quyền của tài khoản này chưa bắt đầu hoặc đã hết hạn. Hãy liên hệ người phân quyền.",
        en="The rights of this account have not begun, or are over. Ask whoever granted them.",
    )
