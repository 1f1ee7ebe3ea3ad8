"""Signing in, out, and all that lies between, by pages (33–39)."""

from __future__ import annotations

import base64
import html
import json
import re
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pyotp
import pytest

from services.accounts.factors.rules import Passkey
from services.accounts.sessions.rules import DeviceSession
from services.chassis import clock
from tests.integration.accounts.desk import CODE, Desk, other_than
from tests.integration.accounts.running import NEW_PASSWORD
from tests.stand.pages import COOKIE, Browser

DEVICE = "__Host-vss-device"
NEWER = "Ruộng bậc thang mùa lúa"


def browser(house: Desk) -> Browser:
    return Browser(house.app)


def type_password(at: Browser, name: str = CODE, password: str = NEW_PASSWORD, path: str = "/accounts/dang-nhap") -> Any:
    at.look(path)
    return at.send(path, {"username": name, "password": password})


def token_of(at: Browser) -> str | None:
    kept = at.client.get_cookie(COOKIE)
    return kept.value if kept else None


def kept_device(at: Browser) -> str:
    """The device's id."""
    kept = at.client.get_cookie(DEVICE)
    return kept.value if kept else ""


def found(pattern: str, text: str) -> str:
    """What the pattern finds: its group, or all of it."""
    match = re.search(pattern, text)
    assert match, text
    return match[match.lastindex or 0]


def subject(token: str) -> str:
    """Whose token this is."""
    body = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["sub"])


def words(at: Browser) -> str:
    """What the page says, as people read it."""
    shown = re.sub(r"(?s)<(script|style|head).*?</\1>", "", at.page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def test_a_citizen_signs_in_and_lands_where_they_wanted(lite: Desk):
    lite.settled()
    at = browser(lite)
    answer = type_password(at, path="/accounts/dang-nhap?next=/feedback/gui")
    assert (answer.status_code, answer.location) == (303, "/feedback/gui")
    cookies = answer.headers.getlist("Set-Cookie")
    [kept] = [each for each in cookies if each.startswith(f"{COOKIE}=")]
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(kept.split("; "))
    assert "Domain" not in kept
    assert "Max-Age" not in kept
    assert "Expires" not in kept
    assert lite.ask("GET", "/me", token=token_of(at)).status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/accounts", "/evil", "/accounts//evil", "\\\\evil"]
)
def test_next_leads_to_nobody_else(lite: Desk, elsewhere: str):
    lite.settled()
    at = browser(lite)
    path = f"/accounts/dang-nhap?next={quote(elsewhere, safe='')}"
    at.look(path)
    assert "evil" not in found(r"(?s)<main.*</main>", at.page)
    answer = at.send(path, {"username": CODE, "password": NEW_PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")
    # the start leads back here: who is signed in already is led no further, or it would never end
    assert (at.look(path).status_code, found(r"<h1[^>]*>(.*?)</h1>", at.page)) == (200, "Đã đăng nhập")


def test_what_was_wrong_is_not_said_and_the_password_is_not_shown_again(lite: Desk):
    lite.settled()
    at = browser(lite)
    for name in (CODE, "0999999999"):
        answer = type_password(at, name, "Mật khẩu sai này")
        assert answer.status_code == 401
        assert "Tên đăng nhập hoặc mật khẩu không đúng." in words(at)
        assert "Mật khẩu sai này" not in at.page
        assert name in at.page
        assert "Lỗi:" in at.page
    assert token_of(at) is None


def test_an_empty_form_names_what_is_missing(lite: Desk):
    at = browser(lite)
    assert type_password(at, "", "").status_code == 422
    assert "Nhập mật khẩu." in words(at)
    assert "Nhập tên đăng nhập" in words(at)


@pytest.mark.rule("A7")
def test_a_second_device_is_warned_and_the_code_is_sent_when_the_person_goes_on(lite: Desk):
    lite.settled()
    first, second = browser(lite), browser(lite)
    type_password(first)
    answer = type_password(second)
    assert answer.location == "/accounts/dang-nhap/thiet-bi-khac"
    second.look(answer.location)
    assert "đang đăng nhập trên một thiết bị khác" in words(second)
    assert "otp_issued" not in lite.names()
    answer = second.send("/accounts/dang-nhap/thiet-bi-khac")
    assert answer.location == "/accounts/dang-nhap/ma"
    assert lite.names().count("otp_issued") == 1
    second.look(answer.location)
    assert "Không đưa mã này cho bất kỳ ai" in words(second)
    wrong = second.send("/accounts/dang-nhap/ma", {"otp": other_than(lite.code())})
    assert wrong.status_code == 422
    assert "Còn 4 lần nhập mã." in words(second)
    spaced = f" {lite.code()[:3]} {lite.code()[3:]} "
    answer = second.send("/accounts/dang-nhap/ma", {"otp": spaced})
    assert answer.status_code == 303, second.page
    assert token_of(second)
    # the first device's next click says when and why
    over = first.look("/accounts/het-phien?next=/feedback/gui")
    assert over.status_code == 200
    assert "Đã đăng xuất khỏi thiết bị này" in words(first)
    assert re.search(r"Lúc \d\d:\d\d, \d\d/\d\d/\d{4} tài khoản được đăng nhập trên thiết bị khác", words(first))


def test_the_same_browser_is_never_another_device(lite: Desk):
    lite.settled()
    at = browser(lite)
    type_password(at)
    at.look("/accounts/mat-khau/doi")
    assert at.send("/accounts/dang-xuat").location == "/accounts/da-dang-xuat"
    assert token_of(at) is None
    kept = kept_device(at)
    assert re.fullmatch("[0-9a-f]{32}", kept)
    at.client.delete_cookie(COOKIE)
    assert type_password(at).location == "/"
    assert kept_device(at) == kept


def test_signing_out_ends_the_session_everywhere(lite: Desk):
    lite.settled()
    at = browser(lite)
    type_password(at)
    token = token_of(at)
    at.look("/accounts/mat-khau/doi")
    at.send("/accounts/dang-xuat")
    assert lite.bodies("session_revoked")[-1]["reason"] == "signed_out"
    assert lite.ask("POST", "/sessions/current/refresh", token=token).status_code == 401


def test_another_sites_form_signs_nobody_out(lite: Desk):
    lite.settled()
    at = browser(lite)
    type_password(at)
    answer = at.client.post("/accounts/dang-xuat", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert token_of(at)


def test_a_newcomer_changes_the_password_first_and_stays_signed_in(lite: Desk):
    first = lite.citizen()
    at = browser(lite)
    assert (
        type_password(at, password=first, path="/accounts/dang-nhap?next=/feedback/gui").location == "/accounts/mat-khau/doi"
    )
    at.look("/accounts/mat-khau/doi")
    assert "Mật khẩu trong tin nhắn chỉ dùng cho lần đăng nhập đầu tiên." in words(at)
    weak = at.send("/accounts/mat-khau/doi", {"current_password": first, "new_password": "12345"})
    assert weak.status_code == 422
    assert "ít nhất" in words(at)
    answer = at.send("/accounts/mat-khau/doi", {"current_password": first, "new_password": NEWER})
    assert answer.location == "/accounts/mat-khau/doi/ma"
    at.look(answer.location)
    answer = at.send("/accounts/mat-khau/doi/ma", {"otp": lite.code()})
    assert answer.location == "/accounts/mat-khau/da-doi"
    at.look(answer.location)
    assert "Đã đổi mật khẩu" in words(at)
    assert lite.ask("GET", "/me", token=token_of(at)).status_code == 200


@pytest.mark.parametrize("name", [CODE, "0999999999"])
def test_a_forgotten_password_gets_the_same_pages_whoever_asks(lite: Desk, name: str):
    lite.settled()
    at = browser(lite)
    at.look("/accounts/mat-khau/quen")
    answer = at.send("/accounts/mat-khau/quen", {"username": name})
    assert answer.location == "/accounts/mat-khau/quen/ma"
    at.look(answer.location)
    assert "Nếu tên đăng nhập này có tài khoản, mã đã được gửi" in words(at)
    assert "******" not in words(at)
    if name == CODE:
        answer = at.send("/accounts/mat-khau/quen/ma", {"otp": lite.code(), "new_password": NEWER})
        assert answer.location == "/accounts/dang-nhap"
        at.look(answer.location)
        assert "Đã đặt mật khẩu mới." in words(at)
        assert type_password(at, password=NEWER).location == "/"


@pytest.mark.rule("A12")
def test_staff_show_a_second_factor_and_land_at_their_desk(lite: Desk):
    lite.staff("giam.doc", "director")
    at = browser(lite)
    answer = type_password(at, "giam.doc")
    assert answer.location == "/accounts/dang-nhap/yeu-to-thu-hai"
    assert token_of(at) is None
    at.look(answer.location)
    options = html.unescape(found(r'data-passkey-get="([^"]+)"', at.page))
    shown = lite.passkeys["giam.doc"].get(json.loads(options))
    assert at.send(answer.location, {"passkey": "no json"}).status_code == 422
    at.look(answer.location)
    answer = at.send(answer.location, {"passkey": json.dumps(shown)})
    assert (answer.status_code, answer.location) == (303, "/feedback/ban")


@pytest.mark.rule("A12")
def test_staff_begin_with_a_sheet_and_enrol_an_app(lite: Desk):
    admin = lite.staff("quan.tri", "admin")
    lan = subject(lite.staff("lan", "officer"))
    with lite.db.write() as session:
        session.query(Passkey).filter(Passkey.account_id == uuid.UUID(lan)).delete()
        session.query(DeviceSession).filter(DeviceSession.account_id == uuid.UUID(lan)).delete()
    why = {"reason": "Cán bộ mới, đã xem thẻ"}
    sheet = lite.ask("POST", f"/staff/{lan}/sheet", why, admin).json["code"]
    at = browser(lite)
    place = type_password(at, "lan").location
    at.look(place)
    assert "Mã trên phiếu đăng nhập lần đầu" in words(at)
    assert at.send(place, {"enrolment_code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 422
    answer = at.send(place, {"enrolment_code": sheet})
    assert answer.location == "/accounts/yeu-to-thu-hai"
    at.look(answer.location)
    app_page = "/accounts/yeu-to-thu-hai/ung-dung"
    at.look(app_page)
    secret = found(r"<code[^>]*>([A-Z2-7 ]+)</code>", at.page).replace(" ", "")
    app = pyotp.TOTP(secret)
    assert at.send(app_page, {"totp": other_than(app.at(clock.now()))}).status_code == 422
    assert secret in at.page.replace(" ", ""), "the same secret is shown again"
    done = at.send(app_page, {"totp": app.at(clock.now())})
    assert done.status_code == 200
    assert len(re.findall(r"<li><code", at.page)) == 10
    assert lite.verifier()(token_of(at) or "").role == "officer"
    # the next time it is the app that is asked for, and a code of it lets in once
    next_time = browser(lite)
    place = type_password(next_time, "lan").location
    next_time.look(place)
    assert "Nếu xác nhận, thiết bị đó bị đăng xuất." in words(next_time)
    answer = next_time.send(place, {"totp": app.at(clock.now() + timedelta(seconds=30))})
    assert answer.location == "/feedback/ban"


def test_the_picture_renews_the_cookie_and_says_nothing_when_the_session_is_over(lite: Desk, later):
    lite.settled()
    at = browser(lite)
    type_password(at)
    before = token_of(at)
    later(seconds=400)
    at.look("/accounts/mat-khau/doi")
    assert '<img src="/accounts/phien.gif"' in at.page
    picture = at.client.get("/accounts/phien.gif")
    assert (picture.status_code, picture.mimetype, picture.headers["Cache-Control"]) == (200, "image/gif", "no-store")
    assert token_of(at) != before
    later(seconds=1700)
    assert at.client.get("/accounts/phien.gif").status_code == 200
    later(seconds=1900)
    assert at.client.get("/accounts/phien.gif").status_code == 204
    assert Browser(lite.app).client.get("/accounts/phien.gif").status_code == 204


def test_a_session_that_idled_out_is_told_and_leads_back(lite: Desk, later):
    lite.settled()
    at = browser(lite)
    type_password(at)
    later(seconds=1900)
    answer = at.look("/accounts/mat-khau/doi")
    assert answer.location == "/accounts/het-phien?next=/accounts/mat-khau/doi"
    at.look(answer.location)
    assert "Phiên đăng nhập đã hết" in words(at)
    assert "/accounts/dang-nhap?next=/accounts/mat-khau/doi" in at.page


def test_no_page_holds_a_name_a_number_or_a_phone_in_its_address_or_title(lite: Desk):
    lite.settled()
    at = browser(lite)
    answer = type_password(at, path="/accounts/dang-nhap")
    assert CODE not in (answer.location or "")
    wrong = browser(lite)
    type_password(wrong, password="sai")
    assert CODE not in found(r"<title>.*?</title>", wrong.page)


def test_every_page_is_whole_in_english_too(lite: Desk):
    lite.settled()
    at = browser(lite)
    at.client.set_cookie("vss_lang", "en")
    for path in ("/accounts/dang-nhap", "/accounts/mat-khau/quen", "/accounts/da-dang-xuat", "/accounts/het-phien"):
        at.look(path)
        main = found(r"(?s)<main.*</main>", at.page)
        assert not re.search("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", html.unescape(main)), path
