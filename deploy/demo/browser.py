"""`python -m deploy.demo.browser`: the complaint chapter of the demonstration, played on the pages in a real browser.

A picture of every step goes to .run/screens/demo. `--watch` plays it slowly in a window, for people who look; on a machine without a screen
it is played as usual, and the pictures tell it. Exit codes: 0 success · 1 a step failed · 130 interrupted
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.demo.__main__ import seconds_to_daytime
from deploy.demo.cast import BOARD, DIRECTOR, HANOI, HOTLINE, OFFICER, Scene
from deploy.demo.narrator import Narrator, StepFailed
from playground import pages
from playground.browser import DESK, Chromium, Visitor
from playground.complaint import PARTICIPATION
from playground.program import ROOT
from playground.stage import STAFF_PASSWORD, Post
from playground.system import DOOR, System

PICTURES = ROOT / ".run/screens/demo"
_SLOW_MS = 700
#: what is said in the chapter
TEXT = (
    "Từ tháng 3 đến tháng 8 năm 2019 tôi làm việc tại Hà Nội, nhưng trên VssID không thấy quá trình đóng của quãng thời gian này. "
    "Tôi đã hỏi công ty cũ, họ nói đã đóng đủ."
)
SUBJECT = "Thiếu quá trình đóng năm 2019"
QUESTION = "Đề nghị đối chiếu quá trình đóng từ tháng 3 đến tháng 8 năm 2019 tại đơn vị cũ."
HELP = "Đơn vị cũ đã đóng đủ từ tháng 3 đến tháng 8 năm 2019."
ANSWER = (
    "Quá trình đóng từ tháng 3 đến tháng 8 năm 2019 của Ông/Bà đã được bổ sung theo xác nhận của BHXH Thành phố Hà Nội. "
    "Ông/Bà xem được trên VssID từ hôm nay."
)


class Show:
    """The people of the chapter, each at a browser of their own, and the pictures, numbered in the order of the story."""

    def __init__(self, scene: Scene, chromium: Chromium, pictures: Path, width: int) -> None:
        self.scene, self._chromium, self._pictures, self._width = scene, chromium, pictures, width
        self._count = 0
        self._browsers = ExitStack()

    @contextmanager
    def on(self) -> Iterator[Show]:
        """Keep the browsers open meanwhile."""
        with self._browsers:
            yield self

    def enters(self, post: Post) -> Visitor:
        """Let a member of staff sign in by the pages; they have enrolled an authenticator app before."""
        stage = self.scene.stage
        account = stage.staff_account(post)
        account.sign_in(STAFF_PASSWORD)
        account.enrols_an_app(lambda: stage.now)
        account.signs_out()
        context = self._browsers.enter_context(self._chromium.context(width=self._width))
        visitor = Visitor(context, self.scene.system.url(DOOR), self._pictures, self._width)
        pages.signs_in(visitor, account, self.looks(visitor, post))
        return visitor

    def looks(self, visitor: Visitor, post: Post) -> pages.Look:
        """Return what takes the next picture of this person's page."""

        def look(name: str) -> None:
            self._count += 1
            visitor.picture(f"{self._count:02d}-{post.username.replace('.', '-')}-{name}")

        return look

    @property
    def pictures_taken(self) -> int:
        return self._count


def play(show: Show) -> None:
    """Tell the chapter: a call, one province that answers with another's help, a board that urges, a director who approves."""
    scene, tell = show.scene, show.scene.tell
    person = scene.stage.human()
    phone = scene.stage.citizen(person).inbox
    tell.chapter(f"{person.full_name} gọi tổng đài, trên các trang", "a complaint by phone, on the pages")
    with tell.step("Tổng đài đăng nhập: mật khẩu và mã của ứng dụng", "the hotline signs in", "accounts"):
        hotline = show.enters(HOTLINE)
    with tell.step("… và ghi lời người gọi", "and takes down what is said", "feedback"):
        typed = "0" + person.phone.removeprefix("+84")
        no = pages.takes_down(
            hotline,
            show.looks(hotline, HOTLINE),
            text=TEXT,
            subject=SUBJECT,
            phone=typed,
            name=person.full_name,
            office="79",
            category=PARTICIPATION,
        )
        phone.next(no)
    tell.note(f"số {no}")
    with tell.step("Cán bộ TP. Hồ Chí Minh tiếp nhận, giao phòng", "taken up at the desk", "feedback"):
        officer = show.enters(OFFICER)
        look = show.looks(officer, OFFICER)
        pages.acknowledges(officer, no, "Phòng Quản lý Thu - Sổ, Thẻ", look)
    with tell.step("… và hỏi BHXH Hà Nội", "another province is asked", "feedback"):
        pages.asks_office(officer, no, "01", QUESTION, look)
    with tell.step("Hà Nội trả lời", "which helps", "feedback"):
        helper = show.enters(HANOI)
        pages.helps(helper, no, HELP, show.looks(helper, HANOI))
    with tell.step("Ban Thu - Sổ, Thẻ đôn đốc", "the board urges", "feedback"):
        board = show.enters(BOARD)
        pages.urges(board, no, "Đề nghị trả lời người dân trong tuần này.", show.looks(board, BOARD))
    with tell.step("Cán bộ soạn trả lời, trình Giám đốc", "drafted", "feedback"):
        pages.drafts(officer, no, ANSWER, look)
    with tell.step("Giám đốc duyệt và gửi", "approved and sent", "feedback"):
        director = show.enters(DIRECTOR)
        pages.approves(director, no, show.looks(director, DIRECTOR))
        message = phone.next(no, "tra loi phan anh")
    tell.arrived(f"SMS {person.phone}", message.text)


def main(arguments: list[str] | None = None) -> int:
    told = _parser().parse_args(arguments)
    tell = Narrator(plain=told.plain or None)
    folder = Path(tempfile.mkdtemp(prefix="vss-demo-"))
    shutil.rmtree(PICTURES, ignore_errors=True)
    system = System(folder, amqp_uri=os.environ.get("AMQP_URI") or None, standard_ports=True, door=True)
    has_screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    code = 1
    try:
        tell.chapter("Khởi động", "broker, sandbox, five services and the front door")
        system.move_clock(seconds=seconds_to_daytime())
        with tell.step("RabbitMQ, hộp thư thử, năm dịch vụ, cửa trước", "everything that runs", ""):
            system.begin()
        scene = Scene(system, tell)
        with Chromium(slow_ms=_SLOW_MS if told.watch else 0, shown=told.watch and has_screen) as chromium:
            show = Show(scene, chromium, PICTURES, told.width)
            with show.on():
                play(show)
        tell.say(f"{show.pictures_taken} hình: {PICTURES.relative_to(ROOT)}/{told.width}", "a picture of every step")
        code = 0
    except StepFailed as failure:
        tell.failed(failure, system.tail(failure.service) if failure.service else "")
    except KeyboardInterrupt:
        code = 130
    finally:
        system.end()
        if code == 1:
            tell.say(f"Nhật ký: {folder}/*.log", "logs")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.demo.browser", description="Plays the complaint chapter in a real browser."
    )
    parser.add_argument("--watch", action="store_true", help="slowly, in a window")
    parser.add_argument("--width", type=int, default=DESK, help="pixels of the window (390: a phone)")
    parser.add_argument("--plain", action="store_true", help="plain lines, without colours and boxes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
