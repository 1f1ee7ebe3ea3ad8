"""Refusals of a code, and of asking for one.

Refused
├── CodeRefused       wrong, used, expired, replaced or never sent
└── NoCodeNeeded      not a portal draft, or its phone is proved already
"""

from services.chassis.errors import Refused
from services.chassis.web.problem import Problem, field_error
from services.chassis.web.throttles import try_later


class CodeRefused(Refused):
    """The answer does not say which of these it is."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "code-refused",
            vi="Mã OTP không đúng, đã dùng hoặc đã hết hạn; chỉ mã trong tin nhắn mới nhất dùng được. "
            "Sau 5 lần nhập sai hãy yêu cầu mã mới.",
            en="The code is wrong, used or expired; only the code of the latest message is valid. After 5 failed attempts, request a new one.",
            errors=[field_error("otp", vi="Mã OTP không dùng được.", en="This code is not valid.")],
        )


class NoCodeNeeded(Refused):
    def __init__(self) -> None:
        super().__init__(
            "no-code-needed",
            vi="Chỉ bản nháp nộp qua Cổng, có số điện thoại chưa xác nhận, mới cần mã OTP.",
            en="Only a draft on the portal whose phone is not proved yet needs a code.",
        )


def too_many_codes(retry_after: int) -> Problem:
    """Return the 429 for one code too many: the declaration can be submitted all the same."""
    return try_later(
        retry_after,
        "too-many-codes",
        vi="Đã gửi quá nhiều mã OTP. Hãy đợi {wait} rồi thử lại, hoặc cứ nộp tờ khai: cán bộ sẽ xác nhận số điện thoại khi Ông/Bà đến.",
        en="Too many codes have been sent. Wait {wait} and try again, or submit all the same: an officer confirms the phone when you come.",
    )
