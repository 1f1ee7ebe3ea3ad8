"""HGĐ does not know the code: the person is guided to get one, and the dossier waits (V7)."""

from __future__ import annotations

from deploy.demo.cast import ALL_PICTURES, Scene
from playground.citizen import Human

_NEWCOMER = Human("7926990017", "Lò Thị Mới", "1999-12-31", "+84912990017")


def play(scene: Scene) -> None:
    tell, stage, officer = scene.tell, scene.stage, scene.officer
    citizen = stage.citizen(_NEWCOMER)
    person, phone = citizen.human, citizen.inbox
    tell.chapter(f"HGĐ chưa có mã số của {person.full_name}", "HGĐ does not know the code")

    with tell.step("Gửi tờ khai; cán bộ tiếp nhận và ghi nhận hợp lệ", "filed, received, assessed as valid", "verification"):
        dossier = citizen.files(pictures=())
        officer.receives(dossier.no)
        officer.scans(dossier.no, *ALL_PICTURES)
        officer.decides(dossier.no)
    with tell.step("HGĐ trả lời: không có; hồ sơ vẫn được giữ", "HGĐ: no such code; the dossier waits", "verification"):
        officer.until(dossier.no, "code_not_found")
        dossier.until("code_not_found")
    with tell.step("SMS hướng dẫn cách được cấp mã số", "SMS: how to get a code", "notifications"):
        message = phone.next(dossier.no, "chua tim thay ma so")
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step(
        "Được cấp mã số; cán bộ ghi nhận lại; tài khoản được cấp", "HGĐ gives the code; approved now", "verification"
    ):
        stage.directory_learns(person)
        officer.decides(dossier.no)
        officer.until(dossier.no, "approved")
        phone.next("Mat khau: ", person.bhxh_code)
