"""HGĐ cannot be reached: that is neither yes nor no. The officer's word waits, and goes through by itself (V7)."""

from __future__ import annotations

import time

from deploy.demo.stage import Stage
from deploy.demo.web import Unexpected

_DOWN_SECONDS = 1.5


def play(stage: Stage) -> None:
    tell, person = stage.tell, stage.another()
    phone = stage.phone(person.phone)
    tell.chapter("Mất kết nối tới HGĐ", "HGĐ cannot be reached, then comes back")

    with tell.step(f"Hồ sơ của {person.full_name}; HGĐ mất kết nối", "a dossier arrives, HGĐ is cut off", "registration"):
        dossier = stage.files(stage.form(person))
        stage.finds(person.bhxh_code)
        stage.hgd_is("unreachable")
    with tell.step("Cán bộ ghi nhận hợp lệ; hồ sơ chờ HGĐ", "valid, and waiting for HGĐ", "verification"):
        stage.receives_and_approves(dossier.no)
        time.sleep(_DOWN_SECONDS)
        status = stage.case(dossier.no)["status"]
        if status != "checking":
            raise Unexpected(f"the case is {status}, although HGĐ has not answered")
    with tell.step("HGĐ hoạt động lại; hồ sơ tự được duyệt", "HGĐ is back; it goes through by itself", "verification"):
        stage.hgd_is("none")
        stage.until_case(dossier.no, "approved")
        phone.wait("Mat khau: ", person.bhxh_code)
