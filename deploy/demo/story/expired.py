"""Nobody comes: a warning two days before, then the declaration is cancelled and its data deleted (I6)."""

from __future__ import annotations

from deploy.demo.cast import Scene
from playground.web import Unexpected

_WARNED_AFTER_DAYS, _EXPIRED_AFTER_DAYS = 8, 10


def play(scene: Scene) -> None:
    tell, stage = scene.tell, scene.stage
    citizen = stage.citizen()
    person, phone = citizen.human, citizen.inbox
    tell.chapter(f"{person.full_name} không đến cơ quan BHXH", "nobody comes within ten days")

    with tell.step("Gửi tờ khai", "filed", "registration"):
        dossier = citizen.files(pictures=("portrait",))
        phone.next(dossier.no)
        scene.officer.finds_by_code(person.bhxh_code)
    with tell.step("Đồng hồ chạy tới sau 8 ngày: SMS nhắc", "the clock moves 8 days: a warning", "registration"):
        # a little more, because the clock is read anew every 0.2 s
        stage.passes(days=_WARNED_AFTER_DAYS, seconds=1)
        message = phone.next(dossier.no, "se tu huy ngay")
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step("Sau 10 ngày: hồ sơ tự hủy, dữ liệu bị xóa", "10 days: cancelled, its data deleted", "registration"):
        stage.passes(days=_EXPIRED_AFTER_DAYS - _WARNED_AFTER_DAYS)
        message = phone.next(dossier.no, "da tu huy")
        dossier.until("expired")
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step(
        "Cán bộ cũng không còn thấy dữ liệu cá nhân", "the officer sees no personal data any more", "verification"
    ):
        case = scene.officer.until(dossier.no, "expired")
        if case["subject"] or case["contact"] or case["attachments"]:
            raise Unexpected("personal data is still there")
