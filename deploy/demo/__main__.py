"""`python -m deploy.demo`: start the whole system, play the story, and report what really happened.

Exit codes: 0 success · 1 a step failed · 2 wrong usage · 130 interrupted
"""

from __future__ import annotations

import argparse
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

from deploy.demo.cast import OFFICER, Scene
from deploy.demo.guests import Guests
from deploy.demo.narrator import Narrator, StepFailed
from deploy.demo.story import CHAPTERS
from playground.system import DOOR, SANDBOX, System
from services.chassis.calendar import VIETNAM

_MORNING, _EVENING = 8, 20
#: short, so that the audience need not wait until HGĐ's return is noticed
_SETTINGS = {"HGD_RECHECK_SECONDS": "2", "HGD_TIMEOUT_SECONDS": "3"}


def main(arguments: list[str] | None = None) -> int:
    told = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _as_if_interrupted)
    tell = Narrator(plain=told.plain or None)
    stays = told.stay if told.stay is not None else not tell.plain
    folder = Path(tempfile.mkdtemp(prefix="vss-demo-"))
    system = System(folder, amqp_uri=os.environ.get("AMQP_URI") or None, extra=_SETTINGS, standard_ports=True, door=True)
    code, guests = 1, Guests()
    try:
        code = _play(system, tell, guests if stays else None)
        if code == 0 and stays:
            _serve(system, tell, guests)
    except KeyboardInterrupt:
        code = code if code == 0 else 130
    finally:
        system.end()
        if code in (0, 130):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            tell.say(f"Nhật ký: {folder}/*.log", "logs")
    return code


def _play(system: System, tell: Narrator, guests: Guests | None) -> int:
    began = time.monotonic()
    try:
        tell.chapter("Khởi động", "broker, sandbox and five services, each with a database of its own")
        with tell.step("RabbitMQ, hộp thư thử, năm dịch vụ", "private broker, sandbox, services", ""):
            system.move_clock(seconds=seconds_to_daytime())
            system.begin()
        tell.note("  ".join(f"{name} {system.url(name)}" for name in (SANDBOX, *system.services)))
        scene = Scene(system, tell)
        with tell.step(
            f"Nhập danh sách cơ quan BHXH cơ sở; quản trị thêm cán bộ {OFFICER.username} (BHXH TP. Hồ Chí Minh), đăng nhập",
            "vss offices import, vss staff add, sign in",
            "accounts",
        ):
            scene.opens_the_office()
        for play in CHAPTERS:
            play(scene)
        tell.chapter("Kết thúc", "the end")
        with tell.step("Không có thông điệp nào bị gác lại", "nothing is parked", "accounts"):
            scene.nothing_is_parked()
        if guests is not None:
            with tell.step("Ba phản ánh đang chờ, năm cán bộ có ứng dụng xác thực", "work and accounts for you", "feedback"):
                guests.prepare(scene)
        sms, mails = scene.arrivals()
    except StepFailed as failure:
        tell.failed(failure, system.tail(failure.service) if failure.service else "")
        return 1
    tell.say(
        f"{tell.steps} bước, {sms} SMS, {mails} e-mail, {time.monotonic() - began:.1f} giây.",
        f"{tell.steps} steps happened, each checked from outside.",
    )
    return 0


def _serve(system: System, tell: Narrator, guests: Guests) -> None:
    """Keep the system running until Ctrl-C, for the audience to try; Enter shows the codes of the authenticator apps."""
    tell.console.print()
    tell.say(
        f"Hệ thống vẫn chạy, Ctrl-C để dừng. Mời mở: {system.url(DOOR)}/", "still running; Ctrl-C ends it. Open this address"
    )
    guests.invite(tell)
    tell.note(
        f"điện thoại, hộp thư và công tắc HGĐ: {system.url(SANDBOX)}/   tài liệu API: {system.url(DOOR)}/feedback/docs"
    )
    while True:
        if sys.stdin.isatty():
            select.select([sys.stdin], [], [])
            if not sys.stdin.readline():
                raise KeyboardInterrupt
            guests.show_codes(tell)
        else:
            time.sleep(3600)


def seconds_to_daytime() -> float:
    """Return the seconds until 08:00 in Vietnam during quiet hours, when some SMS would wait; 0 by day."""
    now = datetime.now(VIETNAM)
    morning = now.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    if now < morning:
        return (morning - now).total_seconds()
    return 0.0 if now.hour < _EVENING else (morning + timedelta(days=1) - now).total_seconds()


def _as_if_interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.demo",
        description="Starts the whole system on this machine and plays its story; each step is checked from outside.",
        epilog="AMQP_URI names a broker to use instead of a private one. Nothing is sent to anybody outside this machine.",
    )
    stay = parser.add_mutually_exclusive_group()
    stay.add_argument("--stay", action="store_true", default=None, help="keep serving afterwards (default on a terminal)")
    stay.add_argument("--exit", dest="stay", action="store_false", help="stop everything afterwards (default without one)")
    parser.add_argument("--plain", action="store_true", help="plain lines, without colours and boxes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
