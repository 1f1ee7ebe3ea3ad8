"""A child under 18 is filed from the father's account and approved online, without a visit (702 app. 1, V9)."""

from __future__ import annotations

from deploy.demo.phone import password_in
from deploy.demo.stage import ADDRESS, EMAIL, Stage
from deploy.demo.web import Unexpected
from deploy.sandbox.population import find, people


def play(stage: Stage) -> None:
    tell, father = stage.tell, people()[0]
    child = find(father.parent_of[0])
    if child is None:
        raise LookupError("the example has no child")
    phone, mailbox = stage.phone(father.phone), stage.phone(EMAIL)
    token = stage.session_of(father.bhxh_code)["token"]
    tell.chapter(f"Con gái {child.full_name}, đăng ký từ tài khoản của cha", "a child, filed from the father's account")

    with tell.step("Cha kê khai cho con, gửi ảnh và giấy khai sinh", "the father files for the child", "registration"):
        form = stage.form(
            child,
            route="guardian",
            channel="app",
            subject={
                "full_name": child.full_name,
                "bhxh_code": child.bhxh_code,
                "id_type": None,
                "id_number": None,
                "date_of_birth": child.date_of_birth.isoformat(),
            },
            contact={"address": ADDRESS},
            guardian={"full_name": father.full_name, "relationship": "father", "phone": father.phone, "email": EMAIL},
        )
        dossier = stage.files(form, pictures=("portrait", "birth_certificate"), token=token)
    with tell.step("SMS đến điện thoại của cha", "SMS to the guardian", "notifications"):
        message = phone.wait(dossier.no, child.bhxh_code)
    tell.arrived(f"SMS {father.phone}", message["text"])
    with tell.step("Cán bộ đối chiếu giấy khai sinh, duyệt trực tuyến", "approved online, no visit (V9)", "verification"):
        if stage.finds(child.bhxh_code)["dossier_no"] != dossier.no:
            raise Unexpected("the officer found another dossier")
        picture = stage.officer("GET", f"/{dossier.no}/attachments/birth_certificate")
        if not picture.startswith(b"\xff\xd8\xff"):
            raise Unexpected("the birth certificate is no JPEG any more")
        stage.decides(dossier.no)
        stage.until_case(dossier.no, "approved")
    with tell.step("Tài khoản của con: SMS và e-mail cho cha", "the child's account, told to the father", "accounts"):
        message = phone.wait("Mat khau: ", child.bhxh_code)
        mailbox.wait(password_in(message))
        stage.until_declaration(dossier, "activated")
    tell.arrived(f"SMS {father.phone}", message["text"])
    with tell.step("Cha thấy con trong tài khoản của mình", "GET /me/children (A10)", "accounts"):
        children = stage.web.call("GET", "/accounts/me/children", token=token)["items"]
        if [one["bhxh_code"] for one in children] != [child.bhxh_code]:
            raise Unexpected(f"the account shows {len(children)} children")
    tell.note(f"{children[0]['full_name']}, {children[0]['relationship']}, {children[0]['status']}")
