"""What accounts answers when it says no, in Vietnamese and English. None tells whether an account exists."""

from __future__ import annotations

from typing import Any

from services.chassis.text.bilingual import Bilingual
from services.chassis.web.problem import Problem, field_error


def sign_in_refused() -> Problem:
    """The same for a wrong name, a wrong password, a stopped account, one that is not active yet."""
    return Problem(
        401,
        "sign-in-refused",
        vi="Tên đăng nhập hoặc mật khẩu không đúng.",
        en="The user name or the password is wrong.",
        headers={"WWW-Authenticate": "Bearer"},
    )


def session_over() -> Problem:
    return Problem(
        401,
        "session-over",
        vi="Phiên đăng nhập đã kết thúc. Hãy đăng nhập lại.",
        en="The session is over. Sign in again.",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def otp_refused() -> Problem:
    """The same for a wrong, used, expired or unknown code."""
    return Problem(
        422,
        "otp-refused",
        vi="Mã OTP không đúng, đã dùng hoặc đã hết hạn. Sau 5 lần nhập sai hãy yêu cầu mã mới.",
        en="The code is wrong, used or expired. After 5 wrong tries ask for a new one.",
        errors=[field_error("otp", vi="Mã OTP không dùng được.", en="This code does not work.")],
    )


def another_device(**members: Any) -> Problem:
    """A7: the warning on a second device."""
    return Problem(
        409,
        "another-device",
        vi="Tài khoản đang đăng nhập trên thiết bị khác. Nhập mã OTP vừa gửi đến số điện thoại đã đăng ký để tiếp tục "
        "trên thiết bị này; thiết bị kia sẽ bị đăng xuất.",
        en="The account is signed in on another device. Enter the code just sent to the registered phone to go on here; "
        "the other device will be signed out.",
        **members,
    )


def wrong_password() -> Problem:
    wrong = field_error("current_password", vi="Mật khẩu hiện tại không đúng.", en="The present password is wrong.")
    return Problem(422, "invalid-fields", errors=[wrong])


def bad_password(said: Bilingual) -> Problem:
    wrong = field_error("new_password", vi=said.vi, en=str.__str__(said))
    return Problem(422, "invalid-fields", errors=[wrong])


def locked(retry_after: int) -> Problem:
    return _later(
        retry_after,
        "too-many-tries",
        vi="Đã thử sai quá nhiều lần. Hãy đợi {wait} rồi thử lại, hoặc chọn Quên mật khẩu.",
        en="Too many failed tries. Wait {wait} and try again, or reset the password.",
    )


def too_many_codes(retry_after: int) -> Problem:
    return _later(
        retry_after,
        "too-many-codes",
        vi="Đã gửi quá nhiều mã OTP. Hãy đợi {wait} rồi thử lại.",
        en="Too many codes were sent. Wait {wait} and try again.",
    )


def too_many_resets(retry_after: int) -> Problem:
    """A8: the throttle per person."""
    return _later(
        retry_after,
        "too-many-resets",
        vi="Mật khẩu này đã được yêu cầu đặt lại quá nhiều lần. Hãy thử lại sau {wait}, hoặc gọi 1900 9068 để được hỗ trợ.",
        en="This password was reset too often. Try again in {wait}, or call 1900 9068 for help.",
    )


def username_taken() -> Problem:
    wrong = field_error("username", vi="Tên đăng nhập này đã có người dùng.", en="This user name is taken.")
    return Problem(
        409, "username-taken", vi="Tên đăng nhập này đã có người dùng.", en="This user name is taken.", errors=[wrong]
    )


def not_yours_to_grant() -> Problem:
    """V11: a director delegates receiving and approving, in the own province."""
    return Problem(
        403,
        "not-yours-to-grant",
        vi="Giám đốc chỉ được phân quyền tiếp nhận, phê duyệt cho cán bộ trong tỉnh mình.",
        en="A director delegates receiving and approving to staff of the own province only.",
    )


def _later(retry_after: int, kind: str, *, vi: str, en: str) -> Problem:
    minutes = -(-retry_after // 60)
    hours = -(-retry_after // 3600)
    days = -(-retry_after // 86_400)
    if retry_after < 60:
        wait = (f"{retry_after} giây", f"{retry_after} s")
    elif retry_after < 5400:
        wait = (f"{minutes} phút", f"{minutes} min")
    elif retry_after < 129_600:
        wait = (f"{hours} giờ", f"{hours} h")
    else:
        wait = (f"{days} ngày", f"{days} days")
    return Problem(
        429, kind, vi=vi.format(wait=wait[0]), en=en.format(wait=wait[1]), headers={"Retry-After": str(retry_after)}
    )
