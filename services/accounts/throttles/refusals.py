"""The 429 responses, which say how long to wait. None reveals whether an account exists."""

from services.chassis.web.throttles import refusing

#: a locked name or address
too_many_tries = refusing(
    "too-many-tries",
    vi="Đã thử sai quá nhiều lần. Hãy đợi {wait} rồi thử lại, dùng thiết bị đã từng đăng nhập tài khoản này, hoặc chọn Quên mật khẩu.",
    en="Too many failed attempts. Wait {wait} and try again, use a device that has signed in to this account before, or reset the password.",
)

#: one code too many
too_many_codes = refusing(
    "too-many-codes",
    vi="Đã gửi quá nhiều mã OTP. Hãy đợi {wait} rồi thử lại.",
    en="Too many codes have been sent. Wait {wait} and try again.",
)

#: one wrong second factor too many
too_many_factors = refusing(
    "too-many-second-factors",
    vi="Đã nhập sai yếu tố thứ hai quá nhiều lần. Hãy đợi {wait} rồi thử lại, hoặc dùng thiết bị đã từng đăng nhập tài khoản này.",
    en="Too many wrong second factors. Wait {wait} and try again, or use a device that has signed in to this account before.",
)

#: one reset too many (A8), or one code for it
too_many_resets = refusing(
    "too-many-resets",
    vi="Mật khẩu này đã được yêu cầu đặt lại quá nhiều lần. Hãy thử lại sau {wait}, hoặc dùng thiết bị đã từng đăng nhập tài khoản này, hoặc gọi 1900 9068 để được hỗ trợ.",
    en="This password has been reset too often. Try again in {wait}, use a device that has signed in to this account before, or call 1900 9068 for help.",
)
