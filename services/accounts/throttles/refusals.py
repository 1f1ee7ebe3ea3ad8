"""The 429 responses, which say how long to wait. None reveals whether an account exists."""

from services.chassis.web.problem import Problem


def too_many_tries(retry_after: int) -> Problem:
    """Return the 429 for a locked name or address."""
    return _wait(
        retry_after,
        "too-many-tries",
        vi="Đã thử sai quá nhiều lần. Hãy đợi {wait} rồi thử lại, hoặc chọn Quên mật khẩu.",
        en="Too many failed attempts. Wait {wait} and try again, or reset the password.",
    )


def too_many_codes(retry_after: int) -> Problem:
    """Return the 429 for one code too many."""
    return _wait(
        retry_after,
        "too-many-codes",
        vi="Đã gửi quá nhiều mã OTP. Hãy đợi {wait} rồi thử lại.",
        en="Too many codes have been sent. Wait {wait} and try again.",
    )


def too_many_resets(retry_after: int) -> Problem:
    """Return the 429 for one reset too many (A8)."""
    return _wait(
        retry_after,
        "too-many-resets",
        vi="Mật khẩu này đã được yêu cầu đặt lại quá nhiều lần. Hãy thử lại sau {wait}, hoặc gọi 1900 9068 để được hỗ trợ.",
        en="This password has been reset too often. Try again in {wait}, or call 1900 9068 for help.",
    )


def _wait(retry_after: int, kind: str, *, vi: str, en: str) -> Problem:
    wait_vi, wait_en = _in_words(retry_after)
    return Problem(
        429, kind, vi=vi.format(wait=wait_vi), en=en.format(wait=wait_en), headers={"Retry-After": str(retry_after)}
    )


def _in_words(seconds: int) -> tuple[str, str]:
    """Return a duration in words (Vietnamese, English), rounded up to a practical unit."""
    if seconds < 60:
        return f"{seconds} giây", f"{seconds} s"
    if seconds < 5400:
        return f"{-(-seconds // 60)} phút", f"{-(-seconds // 60)} min"
    if seconds < 129_600:
        return f"{-(-seconds // 3600)} giờ", f"{-(-seconds // 3600)} h"
    return f"{-(-seconds // 86_400)} ngày", f"{-(-seconds // 86_400)} days"
