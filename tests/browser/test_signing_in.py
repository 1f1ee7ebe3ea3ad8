"""Signing in: a second device, the second factor of staff, passwords, and a session that ends in the middle of a form (journeys e and m)."""

from __future__ import annotations

import re

import pytest

from playground import stage as stages
from playground.account import Account, other_than
from playground.authenticator import App
from playground.browser import DESK, PHONE
from playground.stage import Post, Stage
from playground.system import new_password
from tests.browser.conftest import Visit
from tests.browser.person import Person

SIGN_IN = "/accounts/dang-nhap"
SIGNED_IN = "Trên máy dùng chung, hãy đăng xuất khi xong việc."
OFFICER = Post("officer", "79", "79", login="buoi.tt", full_name="Trần Thị Bưởi")


def types_password(person: Person, name: str, password: str, button: str = "Đăng nhập") -> None:
    person.page.get_by_label("Tên đăng nhập").fill(name)
    person.page.get_by_label("Mật khẩu", exact=True).fill(password)
    presses(person, button)


def presses(person: Person, button: str) -> None:
    """Press a button of the page, not of its header."""
    person.page.locator("main").get_by_role("button", name=button, exact=True).click()


def heading(person: Person) -> str:
    return person.page.locator("main h1").first.inner_text()


def says(person: Person, words: str) -> None:
    """The page says so; waits for the page that follows a click."""
    person.page.locator("main").get_by_text(words).first.wait_for()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_on_a_second_device_the_person_is_warned_goes_on_and_the_first_device_is_told(
    visit: Visit, stage: Stage, width: int, javascript: bool
) -> None:
    password = new_password()
    account = stage.registered(password=password)
    account.signs_out()
    first, second = (visit(width=width, javascript=javascript) for _ in range(2))
    first.opens(SIGN_IN)
    first.sees("e-1-sign-in")
    types_password(first, account.username, "Sai mật khẩu rồi")
    says(first, "Tên đăng nhập hoặc mật khẩu không đúng.")
    first.sees("e-2-wrong-password")
    types_password(first, account.username, password)
    says(first, SIGNED_IN)
    first.sees("e-2-signed-in")
    first.opens("/accounts/mat-khau/doi")
    assert heading(first) == "Đổi mật khẩu"

    sent = account.inbox.sms()
    second.opens(SIGN_IN)
    types_password(second, account.username, password)
    says(second, "Mỗi tài khoản chỉ dùng trên một thiết bị")
    second.sees("e-3-warning")
    assert account.inbox.sms() == sent, "nothing is sent before the person goes on"
    presses(second, "Tiếp tục trên thiết bị này")
    says(second, "Không đưa mã này cho bất kỳ ai")
    code = account.inbox.otp(skip=sent)
    second.sees("e-4-code")
    second.page.get_by_label("Mã OTP").fill(other_than(code))
    presses(second, "Xác nhận")
    says(second, "Còn 4 lần nhập mã.")
    second.sees("e-5-wrong-code")
    second.page.get_by_label("Mã OTP").fill(f"{code[:3]} {code[3:]}")
    presses(second, "Xác nhận")
    says(second, SIGNED_IN)
    second.opens("/accounts/mat-khau/doi")
    assert heading(second) == "Đổi mật khẩu"

    stage.web.until(
        lambda: first.opens("/accounts/mat-khau/doi") and heading(first),
        lambda seen: seen == "Đã đăng xuất khỏi thiết bị này",
        "told on the first device that another one has signed in",
    )
    says(first, "tài khoản được đăng nhập trên thiết bị khác")
    first.sees("e-6-first-device-told")
    second.page.get_by_role("button", name="Đăng xuất").click()
    says(second, "Trình duyệt này không còn giữ phiên đăng nhập.")
    second.sees("e-7-signed-out")
    second.page.go_back()
    assert "Đổi mật khẩu" not in heading(second), "back shows nothing of a session that is over"


@pytest.mark.slow
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_a_first_password_is_changed_before_anything_else(visit: Visit, stage: Stage, width: int, javascript: bool) -> None:
    citizen = stage.citizen()
    dossier = citizen.files()
    stage.staff("approver", "79").approves_at_the_counter(dossier.no)
    first = citizen.inbox.first_password()
    person, new = visit(width=width, javascript=javascript), new_password()
    person.opens(SIGN_IN)
    types_password(person, citizen.human.bhxh_code, first)
    says(person, "Mật khẩu trong tin nhắn chỉ dùng cho lần đăng nhập đầu tiên.")
    person.sees("first-password")
    person.page.get_by_label("Mật khẩu đang dùng", exact=True).fill(first)
    person.page.get_by_label("Mật khẩu mới", exact=True).fill("12345678")
    presses(person, "Tiếp tục")
    says(person, "Mật khẩu phải có ít nhất")
    person.sees("first-password-weak")
    sent = citizen.inbox.sms()
    person.page.get_by_label("Mật khẩu đang dùng", exact=True).fill(first)
    person.page.get_by_label("Mật khẩu mới", exact=True).fill(new)
    presses(person, "Tiếp tục")
    says(person, "Không đưa mã này cho bất kỳ ai")
    person.page.get_by_label("Mã OTP").fill(citizen.inbox.otp(skip=sent))
    presses(person, "Hoàn tất")
    says(person, "Đã đổi mật khẩu")
    person.sees("password-changed")


@pytest.mark.slow
def test_a_forgotten_password_is_replaced(visit: Visit, stage: Stage, width: int) -> None:
    account = stage.registered()
    account.signs_out()
    person, new = visit(width=width), new_password()
    person.opens(SIGN_IN)
    person.page.get_by_role("link", name="Quên mật khẩu?").click()
    person.sees("reset")
    sent = account.inbox.sms()
    person.page.get_by_label("Tên đăng nhập").fill(account.username)
    presses(person, "Gửi mã")
    says(person, "Nếu tên đăng nhập này có tài khoản")
    person.sees("reset-code")
    person.page.get_by_label("Mã OTP").fill(account.inbox.otp(skip=sent))
    person.page.get_by_label("Mật khẩu mới", exact=True).fill(new)
    presses(person, "Đặt mật khẩu mới")
    says(person, "Hãy đăng nhập bằng mật khẩu mới.")
    person.sees("reset-done")
    types_password(person, account.username, new)
    says(person, SIGNED_IN)


def officer_with_an_app(stage: Stage) -> Account:
    """A member of staff who has an authenticator app, signed in nowhere."""
    account = stage.signed_in(OFFICER)
    if account.app is None:
        account.enrols_an_app(lambda: stage.now)
    return account


def shows_app(person: Person, account: Account) -> None:
    assert account.app is not None
    person.page.get_by_label("Mã trong ứng dụng xác thực").fill(account.app.code())
    presses(person, "Xác nhận")
    person.page.wait_for_url(lambda url: SIGN_IN not in url)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_staff_confirm_with_their_app_and_land_at_their_desk(
    visit: Visit, stage: Stage, width: int, javascript: bool
) -> None:
    account = officer_with_an_app(stage)
    person = visit(width=width, javascript=javascript)
    person.opens(SIGN_IN)
    types_password(person, account.username, stages.STAFF_PASSWORD)
    says(person, "đổi sau mỗi 30 giây")
    person.sees("second-factor")
    person.page.get_by_label("Mã trong ứng dụng xác thực").fill("000000")
    presses(person, "Xác nhận")
    says(person, "không đúng, đã dùng hoặc đã hết hạn")
    person.sees("second-factor-wrong")
    shows_app(person, account)
    assert re.match("/feedback/ban", person.path)
    assert OFFICER.full_name in person.page.locator("header").inner_text()


@pytest.mark.slow
def test_a_new_member_of_staff_enrols_with_a_sheet_and_is_given_recovery_codes(
    visit: Visit, stage: Stage, width: int
) -> None:
    account = officer_with_an_app(stage)
    sheet = stage.sheet_by_command(account.username)
    person = visit(width=width)
    person.opens(SIGN_IN)
    types_password(person, account.username, stages.STAFF_PASSWORD)
    person.page.get_by_role("link", name="Dùng phiếu đăng nhập lần đầu").click()
    person.page.get_by_label("Mã trên phiếu đăng nhập lần đầu").fill(sheet)
    presses(person, "Xác nhận")
    person.page.wait_for_url("**/yeu-to-thu-hai")
    person.sees("enrol")
    presses_link(person, "Ứng dụng xác thực trên điện thoại")
    person.sees("enrol-app")
    secret = person.page.locator("main code").inner_text().replace(" ", "")
    account.app, account.passkey = App(secret, lambda: stage.now), None
    person.page.get_by_label("Mã trong ứng dụng xác thực").fill(account.app.code())
    presses(person, "Xác nhận")
    says(person, "Hãy giữ mười mã dự phòng này")
    person.sees("recovery-codes")
    assert person.page.locator("main li code").count() == 10


def presses_link(person: Person, name: str) -> None:
    person.page.locator("main").get_by_role("button", name=name).or_(
        person.page.get_by_role("link", name=name)
    ).first.click()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "javascript"), [(DESK, True), (PHONE, True), (DESK, False)])
def test_after_three_wrong_passwords_there_is_work_or_a_pause_and_no_puzzle(
    visit: Visit, stage: Stage, width: int, javascript: bool
) -> None:
    password = new_password()
    account = stage.registered(password=password)
    account.signs_out()
    person = visit(width=width, javascript=javascript)
    person.opens(SIGN_IN)
    for number in range(3):
        types_password(person, account.username, f"Sai lần thứ {number}")
        says(person, "Tên đăng nhập hoặc mật khẩu không đúng.")
    types_password(person, account.username, password)
    if javascript:
        says(person, SIGNED_IN)
        return
    says(person, "Chờ 30 giây rồi bấm “Thử lại”")
    person.sees("pause")
    stage.passes(seconds=31)
    types_password(person, account.username, password, "Thử lại")
    says(person, SIGNED_IN)


def test_every_page_of_signing_in_is_whole_in_english(visit: Visit, width: int) -> None:
    person = visit(width=width)
    for path, name in ((SIGN_IN, "sign-in"), ("/accounts/mat-khau/quen", "reset"), ("/accounts/het-phien", "session-over")):
        person.opens(f"/accounts/ngon-ngu/en?next={path}")
        person.sees(f"english-{name}", english=True)
