"""Nobody answers: director, board and IT centre hear of it in this order, and the same province still answers (F7)."""

from __future__ import annotations

from datetime import datetime

from deploy.demo.desks import DIRECTOR, MAIL, Desks
from deploy.demo.stage import OFFICER, Stage
from deploy.demo.web import Unexpected, until
from services.chassis import clock

_MORNING_HOURS = 9
_HOUR_SECONDS = 3600
#: two and three more working days, whatever the week
_BOARD_DAYS, _CENTRE_DAYS = 4, 7
_ANSWER = "Quá trình đóng của Ông/Bà đã được bổ sung. Chúng tôi xin lỗi vì đã trả lời muộn."


def play(stage: Stage) -> None:
    tell, person, desks = stage.tell, stage.another(), Desks(stage)
    phone = stage.phone(person.phone)
    director, board, centre = (stage.phone(MAIL[code]) for code in ("79", "thu-so-the", "cntt"))
    tell.chapter(f"Phản ánh của {person.full_name} bị bỏ quên", "a complaint goes late and is escalated")

    with tell.step("Gửi trên web, không cần tài khoản", "filed on the web, without an account", "feedback"):
        desks.sign_in(OFFICER)
        filed = desks.files(person, "web")
        no = filed["complaint_no"]
        phone.wait(no)
    with tell.step("Cơ quan tiếp nhận, giao phòng nghiệp vụ, rồi thôi", "taken up, and then forgotten", "feedback"):
        desks.on(OFFICER, no, "acknowledge")
        desks.on(OFFICER, no, "route", {"unit": "Phòng Quản lý Thu - Sổ, Thẻ"})
    with tell.step("Đồng hồ chạy quá hạn 15 ngày làm việc: báo Giám đốc", "15 working days pass: the director", "feedback"):
        _until(stage, filed["answer_due"])
        mail = director.wait(no, "QUÁ HẠN trả lời")
    tell.note(mail["subject"])
    with tell.step("Người dân được xin lỗi, một lần", "the citizen is told, once", "notifications"):
        message = phone.wait(no, "qua han tra loi")
    tell.arrived(f"SMS {person.phone}", message["text"])
    with tell.step("Vẫn im lặng: báo Ban theo dõi", "still silence: the board", "feedback"):
        stage.system.move_clock(days=_BOARD_DAYS)
        board.wait(no, "QUÁ HẠN trả lời", "2/3")
    with tell.step("… rồi báo Trung tâm Công nghệ thông tin", "then the IT centre, the standing unit", "feedback"):
        stage.system.move_clock(days=_CENTRE_DAYS)
        centre.wait(no, "QUÁ HẠN trả lời", "3/3")
    with tell.step("Trách nhiệm vẫn ở BHXH TP. Hồ Chí Minh", "accountability has not moved (F4)", "feedback"):
        shown = until(
            lambda: desks.follow(no), lambda seen: "overdue" in str(seen["steps"]), f"{no} overdue in the public history"
        )
        if not shown["late"] or shown["accountable"]["office"]["province_code"] != "79":
            raise Unexpected("it is not late, or another province answers for it")
    tell.note(", ".join(f"{step['step']} {step['level']}" for step in shown["steps"] if step["kind"] == "overdue"))
    with tell.step("Trả lời muộn vẫn là trả lời", "late, and still answered by the same province", "feedback"):
        desks.sign_in(OFFICER, DIRECTOR)
        desks.answer(no, _ANSWER)
        message = phone.wait(no, "xin loi vi da tra loi muon")
    tell.arrived(f"SMS {person.phone}", message["text"])


def _until(stage: Stage, moment: str) -> None:
    """The morning after: the due moment is a midnight, and some SMS keep quiet hours."""
    now = clock.now().timestamp() + stage.system.offset_seconds
    stage.system.move_clock(seconds=datetime.fromisoformat(moment).timestamp() + _MORNING_HOURS * _HOUR_SECONDS - now)
