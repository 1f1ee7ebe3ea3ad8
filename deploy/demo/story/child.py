"""A child under 18 is filed from the father's account and approved online, without a visit (702 app. 1, V9)."""

from __future__ import annotations

from deploy.demo.cast import Scene
from playground.citizen import child_form
from playground.inbox import Inbox
from playground.web import Unexpected


def play(scene: Scene) -> None:
    tell, stage = scene.tell, scene.stage
    father, child = stage.guides_family()
    guardian, account = stage.citizen(father), stage.remembered(father)
    mailbox = Inbox(stage.web, father.email or "")
    mailbox.skip_all()
    tell.chapter(f"Con gái {child.full_name}, đăng ký từ tài khoản của cha", "a child, filed from the father's account")

    with tell.step("Cha kê khai cho con, gửi ảnh và giấy khai sinh", "the father files for the child", "registration"):
        form = child_form(child, route="guardian", channel="app", guardian={"relationship": "father"})
        dossier = guardian.files(form, pictures=("portrait", "birth_certificate"), token=account.token)
    with tell.step("SMS đến điện thoại của cha", "SMS to the guardian", "notifications"):
        message = guardian.inbox.next(dossier.no, child.bhxh_code)
    tell.arrived(f"SMS {father.phone}", message.text)
    officer = scene.officer
    with tell.step("Cán bộ đối chiếu giấy khai sinh, duyệt trực tuyến", "approved online, no visit (V9)", "verification"):
        if officer.finds_by_code(child.bhxh_code)["dossier_no"] != dossier.no:
            raise Unexpected("the officer found another dossier")
        picture = officer.call("GET", f"/{dossier.no}/attachments/birth_certificate")
        if not picture.startswith(b"\xff\xd8\xff"):
            raise Unexpected("the birth certificate is no JPEG any more")
        officer.decides(dossier.no)
        officer.until(dossier.no, "approved")
    with tell.step("Tài khoản của con: SMS và e-mail cho cha", "the child's account, told to the father", "accounts"):
        message = guardian.inbox.next("Mat khau: ", child.bhxh_code)
        mailbox.next(message.password or "Mat khau")
        dossier.until("activated")
    tell.arrived(f"SMS {father.phone}", message.text)
    with tell.step("Cha thấy con trong tài khoản của mình", "GET /me/children (A10)", "accounts"):
        children = account.call("GET", "/me/children")["items"]
        if [one["bhxh_code"] for one in children] != [child.bhxh_code]:
            raise Unexpected(f"the account shows {len(children)} children")
    tell.note(f"{children[0]['full_name']}, {children[0]['relationship']}, {children[0]['status']}")
