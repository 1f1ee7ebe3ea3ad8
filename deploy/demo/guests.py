"""Let the audience in at the end: staff with a password and an authenticator app, work that waits for them, and what to try first."""

from __future__ import annotations

from typing import Any, Final

from deploy.demo.cast import BOARD, DIRECTOR, HANOI, HOTLINE, OFFICER, Scene
from deploy.demo.narrator import Narrator
from playground.account import Account
from playground.stage import STAFF_PASSWORD, Post

#: who may be tried, and what to do first
_TRIED: Final[tuple[tuple[Post, str, str], ...]] = (
    (
        OFFICER,
        "mở “Phản ánh”: ghi nhận, nhận việc, soạn trả lời; phím ? cho danh sách phím",
        "the desk: take up, answer; ? lists the keys",
    ),
    (HOTLINE, "“Ghi nhận”: ghi lời người gọi, xem lĩnh vực được gợi ý", "take down a call, see what category is suggested"),
    (HANOI, "“Phối hợp”: TP. Hồ Chí Minh đang hỏi, trả lời để họ trả lời người dân", "another province asks: help it"),
    (DIRECTOR, "“Duyệt”: có một dự thảo đang chờ", "a draft waits for approval"),
    (BOARD, "“Theo dõi”: xem cả nước, đôn đốc một nơi", "watch the whole country, urge one province"),
)
_LATER: Final[dict[str, Any]] = {
    "subject_line": "Thẻ BHYT ghi sai ngày sinh",
    "body": "Thẻ BHYT của tôi ghi ngày sinh 12/03/1986, đúng là 13/02/1986. Tôi đã báo hai lần mà chưa được sửa.",
    "category_code": None,
}
_ASKED: Final[dict[str, Any]] = {
    "subject_line": "Chưa thấy quá trình đóng năm 2021",
    "body": "Tôi làm việc tại Hà Nội từ tháng 5 đến tháng 11 năm 2021, nay tra cứu trên VssID không thấy quãng thời gian này.",
}
_ANSWER: Final = "Chúng tôi đã kiểm tra và bổ sung quá trình đóng của Ông/Bà; Ông/Bà xem được trên VssID từ ngày mai."


class Guests:
    """The accounts that the audience may use."""

    def __init__(self) -> None:
        self._accounts: dict[Post, Account] = {}

    def prepare(self, scene: Scene) -> None:
        """File three complaints, one untouched, one that waits for another province, one that waits for approval; give staff an app."""
        stage, officer = scene.stage, scene.desk(OFFICER)
        stage.complains(stage.human(), **_LATER)
        asked, drafted = stage.complains(stage.human(), **_ASKED), stage.complains(stage.human())
        for one in (asked, drafted):
            officer.takes_up(one.no)
        officer.coordinates(asked.no, "01", "Đề nghị kiểm tra quá trình đóng từ tháng 5 đến tháng 11 năm 2021.")
        officer.drafts(drafted.no, _ANSWER)
        for post, _, _ in _TRIED:
            account = stage.staff_account(post)
            account.sign_in(STAFF_PASSWORD)
            account.enrols_an_app(lambda: stage.now)
            # or the browser would be the second device, and be warned (A7)
            account.signs_out()
            self._accounts[post] = account

    def invite(self, tell: Narrator) -> None:
        """Say who can sign in, how, and what to try."""
        tell.say(
            f"Mật khẩu của mọi cán bộ: {STAFF_PASSWORD}",
            "the password of all staff; the second factor: “Dùng mã trong ứng dụng xác thực”",
        )
        for post, vi, en in _TRIED:
            tell.note(f"{post.username:<16} {post.full_name} · {vi}  ({en})")
        self.show_codes(tell)

    def show_codes(self, tell: Narrator) -> None:
        """Show what each app shows at this moment; their clock is the system's, which the story has moved."""
        codes = "   ".join(
            f"{post.username} {account.app.screen}" for post, account in self._accounts.items() if account.app
        )
        tell.say(f"Mã xác thực lúc này: {codes}", "codes now, good for a minute; Enter shows new ones")
