"""The responses that refuse signing in. None reveals whether an account exists."""

from typing import Any

from services.accounts.factors.steps import PendingStep
from services.accounts.otp.rules import Otp
from services.chassis.errors import Refused
from services.chassis.web.problem import Problem
from services.chassis.web.throttles import in_words

#: from how many tries before a pause the refusal says so
TRIES_TOLD = 3


class AnotherDevice(Refused):
    """The refusal on a second device (A7), with the challenge that the code confirms, for who has not asked to be warned first."""

    def __init__(self, sent: Otp, phone: str) -> None:
        super().__init__(
            "another-device",
            vi="Tài khoản đang đăng nhập trên thiết bị khác. Nhập mã OTP vừa gửi đến số điện thoại đã đăng ký để tiếp tục "
            "trên thiết bị này; thiết bị kia sẽ bị đăng xuất.",
            en="The account is signed in on another device. Enter the code just sent to the registered phone to continue "
            "on this device; the other one will be signed out.",
            challenge=str(sent.id),
            expires_at=sent.expires_at,
            code_sent=True,
            phone_end=phone[-3:],
        )


class DeviceWarned(Refused):
    """The warning on a second device (A7), before any code is sent. ``challenge`` asks for the code, if the person goes on."""

    def __init__(self, step: PendingStep, phone: str) -> None:
        self.challenge, self.phone_end, self.expires_at = step.id, phone[-3:], step.expires_at
        super().__init__(
            "another-device",
            vi="Tài khoản đang đăng nhập trên một thiết bị khác. Mỗi tài khoản chỉ dùng trên một thiết bị tại một thời điểm. Nếu tiếp tục, "
            f"chúng tôi gửi mã OTP đến số điện thoại đã đăng ký, ******{self.phone_end}; nhập đúng mã thì thiết bị kia bị đăng xuất.",
            en="The account is signed in on another device. Only one device at a time. If you go on, we send a code to the registered "
            f"phone, ******{self.phone_end}; with the right code the other device is signed out.",
            challenge=str(self.challenge),
            expires_at=self.expires_at,
            code_sent=False,
            phone_end=self.phone_end,
        )


class WarningOver(Refused):
    """The warning is too old, was answered already, or has had as many codes as it may."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "takeover-over",
            vi="Lần đăng nhập này đã quá lâu hoặc đã gửi đủ số mã. Hãy đăng nhập lại từ đầu.",
            en="This sign-in is too old, or has had as many codes as it may. Sign in from the beginning.",
        )


def sign_in_refused(tries_left: int | None = None, pause_seconds: int = 0) -> Problem:
    """Return the 401 for a failed sign-in, which does not say why; from `TRIES_TOLD` tries before a pause down, how many are left.

    They are counted alike for names that nobody has.
    """
    vi, en = "Tên đăng nhập hoặc mật khẩu không đúng.", "The user name or the password is wrong."
    told: dict[str, Any] = {}
    if tries_left is not None and tries_left <= TRIES_TOLD:
        told = {"tries_left": tries_left}
        wait_vi, wait_en = in_words(pause_seconds)
        if tries_left:
            vi += f" Còn {tries_left} lần thử trước khi tạm khóa {wait_vi}. Quên mật khẩu?"
            en += f" {tries_left} {'try' if tries_left == 1 else 'tries'} left before a pause of {wait_en}. Forgotten?"
        else:
            vi += f" Đây là lần thử cuối cùng: hãy đợi {wait_vi} rồi thử lại, hoặc chọn Quên mật khẩu."
            en += f" That was the last try: wait {wait_en} and try again, or reset the password."
    return Problem(401, "sign-in-refused", vi=vi, en=en, headers={"WWW-Authenticate": "Bearer"}, **told)


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
