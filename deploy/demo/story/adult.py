"""The guide's own example, from the portal to the account; an office of another province finishes it (2659 §2, 702 §2)."""

from __future__ import annotations

from deploy.demo.phone import password_in
from deploy.demo.stage import ADDRESS, EMAIL, Stage
from deploy.demo.system import new_password
from deploy.demo.web import Unexpected
from deploy.sandbox.population import people

_DEVICE = "điện thoại của ông Biên"


def play(stage: Stage) -> None:
    tell, person = stage.tell, people()[0]
    phone, mailbox = stage.phone(person.phone), stage.phone(EMAIL)
    tell.chapter("Ông Nguyễn Thành Biên đăng ký tài khoản giao dịch điện tử", "an adult registers, another office approves")

    with tell.step(
        "Kê khai Mẫu số 01 trên Cổng, chưa có ảnh, cam kết, gửi", "Form 01 is filed, without photos", "registration"
    ):
        form = stage.form(person, contact={"phone": person.phone, "email": EMAIL, "address": ADDRESS})
        dossier = stage.files(form)
        filed = stage.declaration(dossier)
    tell.note(f"số hồ sơ {dossier.no}; lưu ý cho cán bộ: {', '.join(filed['warnings']) or 'không'} (I9)")
    with tell.step("SMS báo số hồ sơ", "SMS with the dossier number", "notifications"):
        message = phone.wait(dossier.no, person.bhxh_code)
    tell.arrived(f"SMS {person.phone}", message["text"])
    with tell.step("E-mail có tờ khai PDF", "the form as PDF by e-mail", "notifications"):
        mail = mailbox.wait(dossier.no)
        files = [file for file in mail["attachments"] if file["content_type"] == "application/pdf"]
        if not files:
            raise Unexpected("no PDF is attached")
    tell.note(f"{mail['subject']}: {files[0]['name']}, {files[0]['size'] / 1024:.0f} KB")

    with tell.step(
        "Cán bộ BHXH TP. Hồ Chí Minh tìm theo mã số BHXH", "an officer in HCMC finds it by BHXH code", "verification"
    ):
        found = stage.finds(person.bhxh_code)
        if found["dossier_no"] != dossier.no:
            raise Unexpected(f"found {found['dossier_no']} instead of {dossier.no}")
    with tell.step("Tiếp nhận công dân, đã xem CCCD", "the person is here and shows the ID", "verification"):
        lacks = stage.officer("POST", f"/{dossier.no}/receive", json={"id_shown": True})["missing"]
    tell.note(f"còn thiếu: {', '.join(lacks)}")
    with tell.step(
        "Hệ thống không cho duyệt hồ sơ còn thiếu", "an incomplete dossier cannot be approved (V3)", "verification"
    ):
        stage.decides(dossier.no, expect=409)
    with tell.step("… và không cho trả hồ sơ vì thiếu ảnh", "nor be returned for missing photos (V4)", "verification"):
        stage.decides(dossier.no, "invalid", expect=422, reason_code="missing_photos")
    with tell.step(
        "Cán bộ chụp bổ sung ảnh, quét tờ khai đã ký", "the officer adds photos and the signed form", "verification"
    ):
        standing = stage.scans(dossier.no, "id_front", "id_back", "portrait", "signed_form")
        if standing["missing"]:
            raise Unexpected(f"still missing: {standing['missing']}")
    with tell.step("Ghi nhận: hợp lệ; HGĐ xác nhận mã số và họ tên", "valid; HGĐ agrees", "verification"):
        stage.decides(dossier.no)
        stage.until_case(dossier.no, "approved")
    with tell.step("Tài khoản được cấp, SMS có tên đăng nhập và mật khẩu", "the account, its password by SMS", "accounts"):
        message = phone.wait("Mat khau: ", person.bhxh_code)
        password = password_in(message)
        stage.until_declaration(dossier, "activated")
    tell.arrived(f"SMS {person.phone}", message["text"])

    with tell.step("Đăng nhập lần đầu: chỉ được đổi mật khẩu", "first login: only a new password (A3)", "accounts"):
        session = stage.signs_in(person.bhxh_code, password, _DEVICE)
        if not session["must_change_password"]:
            raise Unexpected("the first password need not be changed")
        stage.web.call("GET", "/accounts/me", expect=403, token=session["token"])
    with tell.step("Đổi mật khẩu, xác nhận bằng OTP trong SMS", "changed, confirmed by OTP (A5)", "accounts"):
        message, session = stage.changes_password(session["token"], password, new_password(), phone)
    tell.arrived(f"SMS {person.phone}", message["text"])
    with tell.step("Xem thông tin cá nhân", "GET /me", "accounts"):
        me = stage.web.call("GET", "/accounts/me", token=session["token"])
        if (me["full_name"], me["bhxh_code"]) != (person.full_name, person.bhxh_code):
            raise Unexpected("this is somebody else's profile")
    tell.note(f"{me['full_name']}, mã số BHXH {me['bhxh_code']}, sinh ngày {person.date_of_birth:%d/%m/%Y}, {me['phone']}")
    stage.keep_session(person.bhxh_code, session)
