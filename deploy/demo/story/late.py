"""Nobody answers: director, board and IT centre hear of it in this order, and the same province still answers (F7)."""

from __future__ import annotations

from datetime import datetime

from deploy.demo.cast import DIRECTOR, OFFICER, Scene
from playground.web import Unexpected

_MORNING_HOURS = 9
_HOUR_SECONDS = 3600
#: working days: the board is told two after the deadline, the IT centre five
_BOARD_DAYS, _CENTRE_DAYS = 3, 3
_ANSWER = "Quá trình đóng của Ông/Bà đã được bổ sung. Chúng tôi xin lỗi vì đã trả lời muộn."


def play(scene: Scene) -> None:
    tell, stage = scene.tell, scene.stage
    person = stage.human()
    phone = stage.citizen(person).inbox
    director, board, centre = scene.mail("province", "79"), scene.mail("board", "thu-so-the"), scene.mail("board", "cntt")
    tell.chapter(f"Phản ánh của {person.full_name} bị bỏ quên", "a complaint goes late and is escalated")

    with tell.step("Gửi trên web, không cần tài khoản", "filed on the web, without an account", "feedback"):
        complaint = stage.complains(person)
        no = complaint.no
        phone.next(no)
    with tell.step("Cơ quan tiếp nhận, giao phòng nghiệp vụ, rồi thôi", "taken up, and then forgotten", "feedback"):
        scene.desk(OFFICER).takes_up(no)
    with tell.step("Đồng hồ chạy quá hạn 15 ngày làm việc: báo Giám đốc", "15 working days pass: the director", "feedback"):
        due = datetime.fromisoformat(complaint.filed["answer_due"])
        # the morning after: the due moment is a midnight, and some SMS keep quiet hours
        stage.passes(seconds=(due - stage.now).total_seconds() + _MORNING_HOURS * _HOUR_SECONDS)
        mail = director.next(no, "QUÁ HẠN trả lời")
    tell.note(mail.subject)
    with tell.step("Người dân được xin lỗi, một lần", "the citizen is told, once", "notifications"):
        message = phone.next(no, "qua han tra loi")
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step("Vẫn im lặng: báo Ban theo dõi", "still silence: the board", "feedback"):
        stage.passes_working_days(_BOARD_DAYS)
        board.next(no, "QUÁ HẠN trả lời", "2/3")
    with tell.step("… rồi báo Trung tâm Công nghệ thông tin", "then the IT centre, the standing unit", "feedback"):
        stage.passes_working_days(_CENTRE_DAYS)
        centre.next(no, "QUÁ HẠN trả lời", "3/3")
    with tell.step("Trách nhiệm vẫn ở BHXH TP. Hồ Chí Minh", "accountability has not moved (F4)", "feedback"):
        shown = complaint.until_step("overdue")
        if not shown["late"] or shown["accountable"]["office"]["province_code"] != "79":
            raise Unexpected("it is not late, or another province answers for it")
    tell.note(", ".join(f"{step['step']} {step['level']}" for step in shown["steps"] if step["kind"] == "overdue"))
    with tell.step("Trả lời muộn vẫn là trả lời", "late, and still answered by the same province", "feedback"):
        draft = scene.desk(OFFICER).drafts(no, _ANSWER)
        scene.desk(DIRECTOR).approves(no, draft["version"])
        message = phone.next(no, "xin loi vi da tra loi muon")
    tell.arrived(f"SMS {person.phone}", message.text)
