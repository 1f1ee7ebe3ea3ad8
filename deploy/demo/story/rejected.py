"""Not every dossier is valid: rejected, with the reason (V6, V8)."""

from __future__ import annotations

from deploy.demo.cast import Scene
from playground.web import Unexpected

_REASON = "Họ tên trên CCCD khác với tờ khai. Mời kê khai lại đúng theo CCCD."


def play(scene: Scene) -> None:
    tell, citizen, officer = scene.tell, scene.stage.citizen(), scene.officer
    person, phone = citizen.human, citizen.inbox
    tell.chapter(f"Hồ sơ của {person.full_name} không hợp lệ", "a dossier is rejected, with the reason")

    with tell.step("Gửi tờ khai có ảnh", "filed with photos", "registration"):
        dossier = citizen.files()
        phone.next(dossier.no)
    with tell.step(
        "Cán bộ tiếp nhận, ghi nhận không hợp lệ kèm lý do", "assessed as invalid, with a reason", "verification"
    ):
        officer.receives(dossier.no)
        officer.decides(dossier.no, "invalid", reason_code="id_differs", reason=_REASON)
    with tell.step("SMS nêu lý do và tổng đài 1900 9068", "SMS with the reason and the hotline (V8)", "notifications"):
        message = phone.next(dossier.no, "Ly do", "19009068")
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step("Cổng cũng cho biết lý do", "the portal says why, too", "registration"):
        refusal = dossier.until("rejected")["refusal"]
        if refusal["reason"] != _REASON:
            raise Unexpected("the portal tells another reason")
