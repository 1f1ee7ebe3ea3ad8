"""Refusals of one-time codes."""

from services.chassis.errors import Refused
from services.chassis.web.problem import field_error


class OtpRefused(Refused):
    """The code is wrong, used, expired or unknown; the response does not say which."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "otp-refused",
            vi="Mã OTP không đúng, đã dùng hoặc đã hết hạn. Sau 5 lần nhập sai hãy yêu cầu mã mới.",
            en="The code is wrong, used or expired. After 5 failed attempts, request a new one.",
            errors=[field_error("otp", vi="Mã OTP không dùng được.", en="This code is not valid.")],
        )


class OtpReplaced(Refused):
    """The code was the right one until a newer one was sent."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "otp-replaced",
            vi="Đây là mã của tin nhắn trước; một mã mới hơn đã được gửi. Hãy nhập mã trong tin nhắn mới nhất.",
            en="This is the code of an earlier message; a newer one has been sent. Enter the code of the latest message.",
            errors=[field_error("otp", vi="Đã có mã mới hơn.", en="A newer code has been sent.")],
        )
