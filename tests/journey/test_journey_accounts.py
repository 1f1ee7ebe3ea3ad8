"""Accounts after they are open: passwords, devices, changes, the end."""

import pytest

from playground.account import other_than, until_status
from playground.citizen import form
from playground.inbox import Inbox
from playground.stage import Stage


@pytest.mark.rule("A3", "A5")
def test_a_first_password_opens_only_the_way_to_another_one(stage: Stage) -> None:
    citizen = stage.citizen()
    dossier = citizen.files()
    stage.staff("approver", "79").approves_at_the_counter(dossier.no)
    first = citizen.inbox.first_password()
    account = stage.account(citizen.human)
    account.sign_in(first)
    for path in ("/me", "/me/children"):
        account.call("GET", path, expect=403)
    account.asks_to_change(first, "123", expect=422)
    seen = citizen.inbox.sms()
    challenge = account.asks_to_change(first, "Thụ-Trai-4-thôn")["challenge"]
    otp = citizen.inbox.otp(skip=seen)
    account.confirms(challenge, other_than(otp), expect=(401, 409, 422))
    account.me(expect=403)
    account.confirms(challenge, otp)
    assert account.me()["bhxh_code"] == citizen.human.bhxh_code
    account.confirms(challenge, otp, expect=(401, 404, 409, 410, 422))
    stage.account(citizen.human).sign_in(first, expect=401)


@pytest.mark.rule("A5")
def test_a_code_is_worth_nothing_after_several_wrong_ones(stage: Stage) -> None:
    account = stage.registered(password="Đổi-ngay-lần-đầu-1")
    seen = account.inbox.sms()
    challenge = account.asks_to_change("Đổi-ngay-lần-đầu-1", "Đổi-lần-sau-nữa-2")["challenge"]
    otp = account.inbox.otp(skip=seen)
    for _ in range(5):
        account.confirms(challenge, other_than(otp), expect=(401, 404, 409, 410, 422, 429))
    account.confirms(challenge, otp, expect=(401, 404, 409, 410, 422, 429))


@pytest.mark.rule("A7")
def test_a_second_device_is_warned_and_takes_over_by_a_code_from_the_phone(stage: Stage) -> None:
    password = "Hai-thiết-bị-2026"
    first = stage.registered(password=password)
    second = stage.account_of(first)
    seen = first.inbox.sms()
    warned = second.sign_in(password, expect=409)
    assert "token" not in warned
    assert first.me()
    otp = first.inbox.otp(skip=seen)
    second.takes_over(warned["challenge"], other_than(otp), expect=(401, 409, 422))
    second.takes_over(warned["challenge"], otp)
    assert second.me()["bhxh_code"] == first.username
    first.until_refused()
    # every other service hears of it on the bus
    until_status(stage.web, 401, "/verification/cases", first.token)


@pytest.mark.rule("A8")
def test_wrong_passwords_lock_the_account_and_say_no_more_than_that(stage: Stage) -> None:
    account = stage.registered(password="Khoá-cửa-2026!")
    account.signs_out()
    guess = stage.account_of(account)
    said = [guess.sign_in(f"Sai-mật-khẩu-{number}", expect=(401, 429)) for number in range(12)]
    assert said[0]["status"] == 401
    assert said[-1]["status"] == 429
    locked = stage.web.send(
        "POST",
        stage.web.url("/accounts/sessions"),
        json={"username": account.username, "password": "Khoá-cửa-2026!", "device_id": guess.device},
    )
    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) > 0
    # nobody learns which codes have an account
    nobody = stage.web.call(
        "POST",
        "/accounts/sessions",
        json={"username": "9900000000", "password": "Sai-mật-khẩu-0", "device_id": "somewhere"},
        expect=401,
    )
    assert {k: v for k, v in nobody.items() if k != "trace_id"} == {k: v for k, v in said[0].items() if k != "trace_id"}


@pytest.mark.rule("A8")
def test_a_forgotten_password_is_replaced_by_a_code_and_ends_old_sessions(stage: Stage) -> None:
    account = stage.registered(password="Quên-từ-hôm-nọ-1")
    account.resets("Nhớ-lại-rồi-2")
    account.until_refused()
    again = stage.account_of(account)
    again.sign_in("Quên-từ-hôm-nọ-1", expect=401)
    again.sign_in("Nhớ-lại-rồi-2")
    assert again.me()


@pytest.mark.rule("A8")
def test_asking_for_a_reset_says_nothing_of_who_has_an_account(stage: Stage) -> None:
    nobody = stage.web.call("POST", "/accounts/password/reset", json={"username": "9900000001"}, expect=202)
    assert set(nobody) >= {"challenge"}


@pytest.mark.rule("A9", "I2", "V12")
def test_an_adjustment_changes_the_phone_after_an_officer_saw_old_and_new(stage: Stage) -> None:
    account = stage.registered(password="Đổi-số-máy-2026")
    old = stage.citizen_of(account)
    new_phone = "+84987000111"
    body = form(old.human, kind="adjust", contact={"phone": new_phone})
    dossier = old.files(body, pictures=())
    officer = stage.staff("approver", "79")
    officer.receives(dossier.no)
    shown = str(officer.opens(dossier.no))
    assert old.human.phone in shown
    assert new_phone in shown
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no, id_shown=True)
    dossier.until("adjusted")
    assert account.me()["phone"] == new_phone
    moved = Inbox(stage.web, new_phone)
    stage.account_of(account, moved).resets("Số-mới-mật-khẩu-3")


@pytest.mark.rule("A9", "I2")
def test_a_stop_closes_the_account_and_its_sessions_and_the_code_is_free_again(stage: Stage) -> None:
    password = "Thôi-không-dùng-1"
    account = stage.registered(password=password)
    citizen = stage.citizen_of(account)
    dossier = citizen.files(form(citizen.human, kind="stop"), pictures=())
    officer = stage.staff("approver", "79")
    officer.receives(dossier.no)
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no, id_shown=True)
    dossier.until("stopped")
    account.until_refused()
    stage.account_of(account).sign_in(password, expect=401)
    again = citizen.files()
    officer.approves_at_the_counter(again.no)
    again.until("activated")


@pytest.mark.rule("A1")
def test_an_idle_citizen_gets_a_fresh_token_for_the_same_session_and_signs_out(stage: Stage) -> None:
    password = "Vẫn-phiên-ấy-2026"
    account = stage.registered(password=password)
    again = account.sign_in(password)
    assert account.refresh()["session_id"] == again["session_id"]
    assert account.me()
    account.signs_out()
    account.until_refused()


@pytest.mark.rule("V12")
def test_an_adjustment_changes_the_name_and_the_old_phone_is_told(stage: Stage) -> None:
    account = stage.registered(password="Đổi-số-cũ-biết-2026")
    old = stage.citizen_of(account)
    new_phone, new_name = "+84987000222", f"{old.human.full_name} Mới"
    stage.directory_learns(old.human, full_name=new_name)
    wanted = form(old.human, kind="adjust", subject={"full_name": new_name}, contact={"phone": new_phone, "email": None})
    dossier = old.files(wanted, pictures=())
    officer = stage.staff("approver", "79")
    officer.receives(dossier.no)
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no, id_shown=True)
    dossier.until("adjusted")
    Inbox(stage.web, old.human.phone).until(dossier.no, "da doi ho ten, so dien thoai")
    me = account.me()
    assert (me["full_name"], me["phone"], me["email"]) == (new_name, new_phone, old.human.email)


@pytest.mark.rule("V12")
def test_an_adjustment_after_a_stop_ends_without_effect_and_the_person_is_told(stage: Stage) -> None:
    account = stage.registered(password="Ngừng-rồi-chỉnh-1")
    citizen = stage.citizen_of(account)
    officer = stage.staff("approver", "79")
    for kind, end in (("stop", "stopped"), ("adjust", "without_effect")):
        dossier = citizen.files(form(citizen.human, kind=kind), pictures=())
        officer.receives(dossier.no)
        officer.adds(dossier.no, "signed_form")
        officer.decides(dossier.no, id_shown=True)
        dossier.until(end)
    Inbox(stage.web, citizen.human.phone).until(dossier.no, "khong co tai khoan dang su dung")


@pytest.mark.rule("V15")
def test_a_second_code_with_the_same_personal_id_is_held_and_ends_at_a_provincial_office(stage: Stage) -> None:
    holder = stage.registered(password="Một-người-một-tài-khoản-1")
    human = stage.citizen_of(holder).human
    other = stage.citizen()
    dossier = other.files(form(other.human, subject={"id_number": human.id_number}))
    officer = stage.staff("approver", "79")
    officer.approves_at_the_counter(dossier.no)
    case = officer.until(dossier.no, "identity_in_use")
    assert case["identity_check"]["in_use_under"][0]["bhxh_code"] == human.bhxh_code
    Inbox(stage.web, other.human.phone).until(dossier.no, "gop so BHXH")
    officer.decides(dossier.no, "invalid", reason_code="same_person")
    dossier.until("rejected")
    assert holder.me()["bhxh_code"] == human.bhxh_code
