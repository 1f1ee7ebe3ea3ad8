"""The 429 responses of `budgets`, which say how long to wait and what else there is to do."""

from services.chassis.web.throttles import refusing

#: a tracking code that was used too often
too_many_of_code = refusing(
    "too-many-requests",
    vi="Mã tra cứu này được dùng quá nhiều lần. Hãy thử lại sau {wait}.",
    en="This tracking code has been used too often. Try again in {wait}.",
)

#: a citizen's account
too_many_of_account = refusing(
    "too-many-requests",
    vi="Tài khoản này đã gửi quá nhiều yêu cầu. Hãy thử lại sau {wait}.",
    en="Too many requests have come from this account. Try again in {wait}.",
)

#: a client's network
too_many_of_address = refusing(
    "too-many-requests",
    vi="Địa chỉ mạng này đã gửi quá nhiều yêu cầu. Hãy thử lại sau {wait}, dùng mạng khác, hoặc đến cơ quan BHXH gần nhất.",
    en="Too many requests have come from this network address. Try again in {wait}, use another network, or go to the nearest office.",
)

#: one wrong tracking code too many; the right one is never refused so
too_many_wrong_codes = refusing(
    "too-many-wrong-codes",
    vi="Mã tra cứu đã bị nhập sai quá nhiều lần. Hãy xem lại mã trong tin nhắn đã nhận; nhập đúng thì vẫn mở được. Nhập sai nữa thì hãy đợi {wait}.",
    en="Too many wrong tracking codes. Look the code up in the message you got: the right one still opens it. For further tries wait {wait}.",
)

#: all who are not signed in
system_is_busy = refusing(
    "system-busy",
    vi="Hệ thống đang nhận quá nhiều yêu cầu của người chưa đăng nhập. Hãy thử lại sau {wait}, hoặc đến cơ quan BHXH gần nhất.",
    en="The system is receiving too many requests from people who are not signed in. Try again in {wait}, or go to the nearest office.",
)
