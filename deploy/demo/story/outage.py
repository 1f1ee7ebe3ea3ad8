"""HGĐ cannot be reached: that is neither yes nor no. The officer's word waits, and goes through by itself (V7)."""

from __future__ import annotations

import time

from deploy.demo.cast import ALL_PICTURES, Scene
from playground.web import Unexpected

_DOWN_SECONDS = 1.5


def play(scene: Scene) -> None:
    tell, stage = scene.tell, scene.stage
    citizen, officer = stage.citizen(), scene.officer
    person = citizen.human
    tell.chapter("Mất kết nối tới HGĐ", "HGĐ cannot be reached, then comes back")

    with tell.step(f"Hồ sơ của {person.full_name}; HGĐ mất kết nối", "a dossier arrives, HGĐ is cut off", "registration"):
        dossier = citizen.files(pictures=())
        officer.finds_by_code(person.bhxh_code)
        stage.directory_is("unreachable")
    with tell.step("Cán bộ ghi nhận hợp lệ; hồ sơ chờ HGĐ", "valid, and waiting for HGĐ", "verification"):
        officer.receives(dossier.no)
        officer.scans(dossier.no, *ALL_PICTURES)
        officer.decides(dossier.no)
        time.sleep(_DOWN_SECONDS)
        status = officer.opens(dossier.no)["status"]
        if status != "checking":
            raise Unexpected(f"the case is {status}, although HGĐ has not answered")
    with tell.step("HGĐ hoạt động lại; hồ sơ tự được duyệt", "HGĐ is back; it goes through by itself", "verification"):
        stage.directory_is("none")
        officer.until(dossier.no, "approved")
        citizen.inbox.next("Mat khau: ", person.bhxh_code)
