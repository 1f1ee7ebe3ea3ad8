"""The one refusal of a code, in Vietnamese and English."""

from services.chassis.errors import Refused
from services.chassis.web.problem import field_error


class OtpRefused(Refused):
    """The code is wrong, used, expired or unknown: nobody learns which."""

    status = 422

    def __init__(self) -> None:
        super().__init__(
            "otp-refused",
            vi="Mã OTP không đúng, đã dùng hoặc đã hết hạn. Sau 5 lần nhập sai hãy yêu cầu mã mới.",
            en="The code is wrong, used or expired. After 5 failed attempts ask for a new one.",
            errors=[field_error("otp", vi="Mã OTP không dùng được.", en="This code does not work.")],
        )
