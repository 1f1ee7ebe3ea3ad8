"""A complaint by phone: one province answers, another helps, the board watches, and nobody is sent elsewhere (3717 §5)."""

from __future__ import annotations

from deploy.demo.cast import BOARD, DIRECTOR, HANOI, HOTLINE, OFFICER, Scene
from playground.web import Unexpected

_ANSWER = (
    "BHXH Thành phố Hà Nội đã xác nhận. Quá trình đóng từ tháng 3 đến tháng 8 năm 2019 của Ông/Bà đã được bổ sung, "
    "xem được trên VssID từ hôm nay."
)


def play(scene: Scene) -> None:
    tell, stage = scene.tell, scene.stage
    person = stage.human()
    phone = stage.citizen(person).inbox
    director, board, helper = scene.mail("province", "79"), scene.mail("board", "thu-so-the"), scene.mail("province", "01")
    tell.chapter(
        f"{person.full_name} gọi tổng đài: thiếu quá trình đóng",
        "a complaint by phone, answered by one province with another's help",
    )

    with tell.step("Tổng đài, Giám đốc, cán bộ Hà Nội, Ban Thu - Sổ, Thẻ", "those who deal with complaints", "accounts"):
        for post in (HOTLINE, DIRECTOR, HANOI, BOARD):
            stage.signed_in(post)
    with tell.step("Tổng đài 1900 9068 ghi nhận cho BHXH TP. Hồ Chí Minh", "filed by the hotline (F1)", "feedback"):
        complaint = stage.complains(person, "hotline", clerk=HOTLINE)
        no = complaint.no
    tell.note(f"số {no}; hạn trả lời {complaint.filed['answer_due'][:10]}, tính theo ngày làm việc (F7)")
    with tell.step(
        "SMS có số, mã theo dõi và nơi chịu trách nhiệm", "SMS: number, code, who answers by when", "notifications"
    ):
        message = phone.next(no, complaint.filed["tracking_code"])
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step("E-mail cho Giám đốc và Ban theo dõi", "the director and the board are told (F3, F5)", "notifications"):
        mail = director.next(no, "Phản ánh mới")
        board.next(no, "Phản ánh mới")
        if person.full_name in mail.text or person.phone in mail.text:
            raise Unexpected("the e-mail to staff names the citizen")
    tell.note(mail.subject)

    officer = scene.desk(OFFICER)
    with tell.step("TP. Hồ Chí Minh tiếp nhận, giao phòng nghiệp vụ", "acknowledged and routed (F7)", "feedback"):
        officer.takes_up(no)
    with tell.step("… và đề nghị BHXH Hà Nội phối hợp", "another province is asked for help (F4)", "feedback"):
        question = "Đề nghị đối chiếu quá trình đóng từ tháng 3 đến tháng 8 năm 2019 tại đơn vị cũ."
        coordination = officer.coordinates(no, "01", question)
        helper.next(no, "phối hợp")
    with tell.step("Hà Nội giúp, không nhận thay trách nhiệm", "who helps cannot answer for it (F4)", "feedback"):
        scene.desk(HANOI).drafts(no, _ANSWER, expect=403)
    with tell.step("Ban xem danh sách cả nước và đôn đốc", "the board's list, and one call to urge (F5)", "feedback"):
        if no not in scene.desk(BOARD).finds():
            raise Unexpected("the board does not see it")
        scene.desk(BOARD).reminds(no, "Đề nghị trả lời người dân trong tuần này.")
        mail = director.next(no, "đôn đốc")
    tell.note(mail.subject)
    with tell.step("Hà Nội trả lời phối hợp", "the help has come", "feedback"):
        scene.desk(HANOI).helps(coordination, "Đơn vị cũ đã đóng đủ từ tháng 3 đến tháng 8 năm 2019.")
        director.next(no, "trả lời phối hợp")
    with tell.step("Cán bộ dự thảo, Giám đốc duyệt, SMS trả lời", "drafted, approved, sent", "feedback"):
        draft = officer.drafts(no, _ANSWER)
        scene.desk(DIRECTOR).approves(no, draft["version"])
        message = phone.next(no, "tra loi phan anh")
    tell.arrived(f"SMS {person.phone}", message.text)

    with tell.step("Theo dõi bằng số và mã tra cứu, không cần tài khoản", "followed without an account (F8)", "feedback"):
        shown = complaint.follow()
        complaint.call("GET", tracking=None, expect=401)
        if shown["accountable"]["office"]["province_code"] != "79":
            raise Unexpected("accountability has moved")
    tell.note(" → ".join(step["kind"] for step in shown["steps"]))
    with tell.step("Chấm 5 điểm bằng mã theo dõi", "rated 5 of 5 (F8)", "feedback"):
        complaint.rates(5, "Nhanh và rõ, cảm ơn.")
