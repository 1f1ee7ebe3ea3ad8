"""The refusal of a one-time code."""

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
