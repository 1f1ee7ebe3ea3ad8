"""HGĐ does not know the code: the person is guided to get one, and the dossier waits (V7)."""

from __future__ import annotations

from datetime import date

from deploy.demo.stage import Stage
from deploy.sandbox.population import Person

_NEWCOMER = Person("7926990017", "Lò Thị Mới", date(1999, 12, 31), "014199000017", "female", "0912990017")


def play(stage: Stage) -> None:
    tell, person = stage.tell, _NEWCOMER
    phone = stage.phone(person.phone)
    tell.chapter(f"HGĐ chưa có mã số của {person.full_name}", "HGĐ does not know the code")

    with tell.step("Gửi tờ khai; cán bộ tiếp nhận và ghi nhận hợp lệ", "filed, received, assessed as valid", "verification"):
        dossier = stage.files(stage.form(person))
        stage.finds(person.bhxh_code)
        stage.receives_and_approves(dossier.no)
    with tell.step("HGĐ trả lời: không có; hồ sơ vẫn được giữ", "HGĐ: no such code; the dossier waits", "verification"):
        stage.until_case(dossier.no, "code_not_found")
        stage.until_declaration(dossier, "code_not_found")
    with tell.step("SMS hướng dẫn cách được cấp mã số", "SMS: how to get a code", "notifications"):
        message = phone.wait(dossier.no, "chua tim thay ma so")
    tell.arrived(f"SMS {person.phone}", message["text"])
    with tell.step(
        "Được cấp mã số; cán bộ ghi nhận lại; tài khoản được cấp", "HGĐ gives the code; approved now", "verification"
    ):
        known = {"full_name": person.full_name, "date_of_birth": person.date_of_birth.isoformat()}
        stage.web.call("PUT", f"/hgd/people/{person.bhxh_code}", expect=201, json=known)
        stage.decides(dossier.no)
        stage.until_case(dossier.no, "approved")
        phone.wait("Mat khau: ", person.bhxh_code)
