"""The guide's own example, from the portal to the account; an office of another province finishes it (2659 §2, 702 §2)."""

from __future__ import annotations

from deploy.demo.cast import ALL_PICTURES, Scene
from playground.inbox import Inbox
from playground.stage import GUIDES_EMAIL
from playground.system import new_password
from playground.web import Unexpected

_DEVICE = "điện thoại của ông Biên"


def play(scene: Scene) -> None:
    tell, stage = scene.tell, scene.stage
    person = stage.guides_example()
    citizen, mailbox = stage.citizen(person), Inbox(stage.web, GUIDES_EMAIL)
    phone = citizen.inbox
    tell.chapter("Ông Nguyễn Thành Biên đăng ký tài khoản giao dịch điện tử", "an adult registers, another office approves")

    with tell.step(
        "Kê khai Mẫu số 01 trên Cổng, chưa có ảnh, cam kết, gửi", "Form 01 is filed, without photos", "registration"
    ):
        dossier = citizen.files(pictures=())
        filed = dossier.look()
    tell.note(f"số hồ sơ {dossier.no}; lưu ý cho cán bộ: {', '.join(filed['warnings']) or 'không'} (I9)")
    with tell.step("SMS báo số hồ sơ", "SMS with the dossier number", "notifications"):
        message = phone.next(dossier.no, person.bhxh_code)
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step(
        "E-mail báo cách mở tờ khai, không kèm gì cho địa chỉ chưa xác nhận",
        "e-mail says how to open the form",
        "notifications",
    ):
        mail = mailbox.next(dossier.no)
        if mail.attachments:
            raise Unexpected("a form is attached for an address that nobody has proved")
    with tell.step("Mở lại tờ khai PDF bằng mã theo dõi", "the form as PDF, by the tracking code", "registration"):
        form = dossier.call("GET", "/form.pdf")
    tell.note(f"{mail.subject}; Mẫu số 01: {len(form) / 1024:.0f} KB")

    officer = scene.officer
    with tell.step(
        "Cán bộ BHXH TP. Hồ Chí Minh tìm theo mã số BHXH", "an officer in HCMC finds it by BHXH code", "verification"
    ):
        found = officer.finds_by_code(person.bhxh_code)
        if found["dossier_no"] != dossier.no:
            raise Unexpected(f"found {found['dossier_no']} instead of {dossier.no}")
    with tell.step("Tiếp nhận công dân, đã xem CCCD", "the person is here and shows the ID", "verification"):
        lacks = officer.receives(dossier.no)["missing"]
    tell.note(f"còn thiếu: {', '.join(lacks)}")
    with tell.step(
        "Hệ thống không cho duyệt hồ sơ còn thiếu", "an incomplete dossier cannot be approved (V3)", "verification"
    ):
        officer.decides(dossier.no, expect=409)
    with tell.step("… và không cho trả hồ sơ vì thiếu ảnh", "nor be returned for missing photos (V4)", "verification"):
        officer.decides(dossier.no, "invalid", expect=422, reason_code="missing_photos")
    with tell.step(
        "Cán bộ chụp bổ sung ảnh, quét tờ khai đã ký", "the officer adds photos and the signed form", "verification"
    ):
        standing = officer.scans(dossier.no, *ALL_PICTURES)
        if standing["missing"]:
            raise Unexpected(f"still missing: {standing['missing']}")
    with tell.step("Ghi nhận: hợp lệ; HGĐ xác nhận mã số và họ tên", "valid; HGĐ agrees", "verification"):
        officer.decides(dossier.no)
        officer.until(dossier.no, "approved")
    with tell.step("Tài khoản được cấp, SMS có tên đăng nhập và mật khẩu", "the account, its password by SMS", "accounts"):
        message = phone.next("Mat khau: ", person.bhxh_code)
        dossier.until("activated")
    tell.arrived(f"SMS {person.phone}", message.text)

    account = stage.account(person, _DEVICE)
    with tell.step("Đăng nhập lần đầu: chỉ được đổi mật khẩu", "first login: only a new password (A3)", "accounts"):
        first = message.password or ""
        if not account.sign_in(first)["must_change_password"]:
            raise Unexpected("the first password need not be changed")
        account.me(expect=403)
    with tell.step("Đổi mật khẩu, xác nhận bằng OTP trong SMS", "changed, confirmed by OTP (A5)", "accounts"):
        challenge = account.asks_to_change(first, new_password())["challenge"]
        message = phone.next("OTP")
        account.confirms(challenge, message.otp or "")
    tell.arrived(f"SMS {person.phone}", message.text)
    with tell.step("Xem thông tin cá nhân", "GET /me", "accounts"):
        me = account.me()
        if (me["full_name"], me["bhxh_code"]) != (person.full_name, person.bhxh_code):
            raise Unexpected("this is somebody else's profile")
    year, month, day = person.date_of_birth.split("-")
    tell.note(f"{me['full_name']}, mã số BHXH {me['bhxh_code']}, sinh ngày {day}/{month}/{year}, {me['phone']}")
    stage.remember(account)
