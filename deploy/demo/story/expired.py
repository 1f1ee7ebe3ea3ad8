"""Nobody comes: a warning two days before, then the declaration is cancelled and its data deleted (I6)."""

from __future__ import annotations

from deploy.demo.stage import Stage
from deploy.demo.web import Unexpected, until

_WARNED_AFTER_DAYS, _EXPIRED_AFTER_DAYS = 8, 10


def play(stage: Stage) -> None:
    tell, person = stage.tell, stage.another()
    phone = stage.phone(person.phone)
    tell.chapter(f"{person.full_name} không đến cơ quan BHXH", "nobody comes within ten days")

    with tell.step("Gửi tờ khai", "filed", "registration"):
        dossier = stage.files(stage.form(person), pictures=("portrait",))
        phone.wait(dossier.no)
        stage.finds(person.bhxh_code)
    with tell.step("Đồng hồ chạy tới sau 8 ngày: SMS nhắc", "the clock moves 8 days: a warning", "registration"):
        # a little more, because the clock is read anew every 0.2 s
        stage.system.move_clock(days=_WARNED_AFTER_DAYS, seconds=1)
        message = phone.wait(dossier.no, "se tu huy ngay")
    tell.arrived(f"SMS {person.phone}", message["text"])
    with tell.step("Sau 10 ngày: hồ sơ tự hủy, dữ liệu bị xóa", "10 days: cancelled, its data deleted", "registration"):
        stage.system.move_clock(days=_EXPIRED_AFTER_DAYS - _WARNED_AFTER_DAYS)
        message = phone.wait(dossier.no, "da tu huy")
        stage.until_declaration(dossier, "expired")
    tell.arrived(f"SMS {person.phone}", message["text"])
    with tell.step(
        "Cán bộ cũng không còn thấy dữ liệu cá nhân", "the officer sees no personal data any more", "verification"
    ):
        stage.officer_signs_in()
        case = until(lambda: stage.case(dossier.no), lambda seen: seen["status"] == "expired", f"case {dossier.no} expired")
        if case["subject"] or case["contact"] or case["attachments"]:
            raise Unexpected("personal data is still there")
