"""Nobody comes: a warning two working days before the last one, then the declaration is cancelled and its data deleted (I6)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from deploy.demo.cast import Scene
from playground.web import Unexpected
from services.chassis.calendar import VIETNAM, Calendar, end_of


def play(scene: Scene) -> None:
    tell, stage = scene.tell, scene.stage
    citizen = stage.citizen()
    person, phone = citizen.human, citizen.inbox
    tell.chapter(f"{person.full_name} không đến cơ quan BHXH", "nobody comes within ten days")

    with tell.step("Gửi tờ khai", "filed", "registration"):
        dossier = citizen.files(pictures=("portrait",))
        phone.next(dossier.no)
        scene.officer.finds_by_code(person.bhxh_code)
    last_day = date.fromisoformat(dossier.look()["last_day"])
    named = f"het ngay {last_day:%d/%m/%Y}"
    with tell.step("Còn 2 ngày làm việc: SMS nhắc", "two working days are left: a warning", "registration"):
        stage.passes_to(datetime.combine(Calendar().before(last_day, 2), time(17), VIETNAM))
        message = phone.next(dossier.no, named)
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step(
        "Hết ngày cuối: hồ sơ tự hủy, dữ liệu bị xóa", "the last day is over: cancelled, its data deleted", "registration"
    ):
        stage.passes_to(end_of(last_day) + timedelta(hours=8))
        message = phone.next(dossier.no, "da tu huy", named)
        dossier.until("expired")
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step(
        "Cán bộ cũng không còn thấy dữ liệu cá nhân", "the officer sees no personal data any more", "verification"
    ):
        case = scene.officer.until(dossier.no, "expired")
        if case["subject"] or case["contact"] or case["attachments"]:
            raise Unexpected("personal data is still there")
