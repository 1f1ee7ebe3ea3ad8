"""Refusals by the rules of a declaration, with their messages.

Refused                     (409, answered by the web layer)
├── NotADraft               submitted already, or erased
├── AttachmentsClosed       received by an officer, or ended
├── CannotWithdraw          an officer is working on it, or ended
├── AccountExists           the code has an account (I8)
├── GuardianAccountClosed   the account that files for a child is closed (I11)
├── NoAccount               an adjust or stop of a code without an open account (V12)
└── RegistrationOpen        another registration of the code is open (I8)
"""

from services.chassis.errors import Refused
from services.registration.form01.wording import HOTLINE


class NotADraft(Refused):
    def __init__(self) -> None:
        super().__init__("not-a-draft", vi="Tờ khai này không còn là bản nháp.", en="This declaration is no longer a draft.")


class AttachmentsClosed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "attachments-closed",
            vi="Hồ sơ đã được tiếp nhận hoặc đã kết thúc, không nhận thêm tài liệu ở đây.",
            en="The dossier has been received or has ended; documents can no longer be added here.",
        )


class CannotWithdraw(Refused):
    def __init__(self) -> None:
        super().__init__(
            "cannot-withdraw",
            vi="Hồ sơ đang được xử lý hoặc đã kết thúc nên không rút lại được. Nếu sau 10 ngày làm việc chưa có kết quả, "
            "Ông/Bà sẽ được báo và có thể rút lại.",
            en="An office is working on the dossier, or it has ended, so it cannot be withdrawn. If nothing is decided within "
            "ten working days you will be told, and may then withdraw it.",
        )


class AccountExists(Refused):
    def __init__(self) -> None:
        super().__init__(
            "account-exists",
            vi="Mã số BHXH này đã có tài khoản. Hãy đăng nhập, hoặc nộp tờ khai điều chỉnh thông tin.",
            en="This BHXH code already has an account. Sign in, or file a declaration of kind adjust.",
        )


class GuardianAccountClosed(Refused):
    def __init__(self) -> None:
        super().__init__(
            "guardian-account-closed",
            vi="Tài khoản của người giám hộ đã ngừng sử dụng, không nộp tờ khai cho con từ tài khoản này được.",
            en="The guardian's account is closed; no child can be registered from it.",
        )


class RegistrationOpen(Refused):
    def __init__(self) -> None:
        super().__init__(
            "registration-open",
            vi="Mã số BHXH này đang có một hồ sơ đăng ký chưa xử lý xong. Hãy dùng số hồ sơ đã nhận qua tin nhắn. Nếu Ông/Bà "
            f"không nộp hồ sơ này, hãy mang giấy tờ tùy thân đến cơ quan BHXH bất kỳ hoặc gọi {HOTLINE}.",
            en="A registration of this BHXH code is already open. Use the dossier number from the SMS. If you have not filed it, "
            f"come to any office with your identity papers or call {HOTLINE}.",
        )


class NoAccount(Refused):
    def __init__(self) -> None:
        super().__init__(
            "no-account",
            vi="Mã số BHXH này không có tài khoản đang sử dụng nên không có gì để điều chỉnh hoặc ngừng. Hãy nộp tờ khai đăng ký.",
            en="This BHXH code has no open account: nothing to adjust or stop. File a declaration of kind register.",
        )
