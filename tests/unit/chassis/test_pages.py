"""Pages, asked by Flask's own client: who may see one, forms on the API's schemas, errors, language."""

import base64
import re
import secrets
from typing import Any

import marshmallow as ma
import pytest
import sqlalchemy as sa
from flask import make_response, redirect, render_template_string

from services.chassis import clock
from services.chassis.database import Database, chassis_metadata
from services.chassis.errors import Refused
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings, Secret
from services.chassis.web import auth
from services.chassis.web.app import create_app
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.pages import key, notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from tests.stand.pages import Browser
from tests.stand.tokens import token, verifier

LAYOUT = "{% extends 'chassis/page.html' %}{% block title %}T{% endblock %}{% block content %}"
FORM = LAYOUT + (
    "{% call ui.form(form) %}{{ ui.field(form, 'subject') }}{{ ui.field(form, 'contact.phone') }}{{ ui.field(form, 'urgent') }}"
    "{{ ui.field(form, 'kind') }}{{ ui.field(form, 'note') }}{{ ui.button('Gửi') }}{% endcall %}{% endblock %}"
)


class Contact(ma.Schema):
    phone = ma.fields.String(required=True, validate=ma.validate.Length(equal=10))


class Complaint(ma.Schema):
    subject = ma.fields.String(required=True, metadata={"maxLength": 200})
    contact = ma.fields.Nested(Contact, required=True)
    urgent = ma.fields.Boolean(load_default=False)
    kind = ma.fields.String(validate=ma.validate.OneOf(["a", "b"]))
    note = ma.fields.String(metadata={"maxLength": 500})


TAKEN: list[Any] = []
FIELDS = {
    "subject": Field("Tiêu đề", missing="Nhập tiêu đề"),
    "contact.phone": Field("Số điện thoại", kind="tel", autocomplete="tel"),
    "urgent": Field("Gấp", kind="checkbox"),
    "kind": Field("Loại", kind="radios", choices=(("a", "Loại A"), ("b", "Loại B", "gợi ý"))),
    "note": Field("Ghi chú", kind="textarea"),
}


def blueprints(_resources):
    pages = Pages("desk_pages", __name__, url_prefix="/ban")
    api = Blueprint("desk", url_prefix="/desk")

    @pages.get("")
    @session.requires("officer")
    def desk() -> str:
        return render_template_string(LAYOUT + "Bàn của {{ page.principal.id }}{% endblock %}")

    @pages.get("/ai-cung-xem")
    @session.recognises
    def open_page() -> str:
        who = auth.caller()
        return render_template_string(LAYOUT + f"Chào {who.id if who else 'khách'}" + "{% endblock %}")

    @pages.route("/gui", methods=["GET", "POST"])
    @session.requires("officer")
    def send() -> Any:
        form = Form(Complaint, FIELDS, values={"contact": {"phone": "0983847986"}})
        if form.is_valid():
            notice.tell("Đã ghi nhận")
            TAKEN.append(form.data)
            return redirect("/feedback/ban", 303)
        return make_response(render_template_string(FORM, form=form), form.status)

    @api.route("")
    @auth.requires()
    @api.response(200)
    def listing():
        """List."""
        return {}

    return [pages, api]


@pytest.fixture
def app(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/pages.db")
    with database.engine.begin() as connection:
        chassis_metadata.create_all(connection)
    resources = Resources("feedback", ChassisSettings(), database)
    return create_app(resources, blueprints, verifier=verifier())


@pytest.fixture
def browser(app):
    return Browser(app)


@pytest.fixture
def officer(app):
    browser = Browser(app)
    browser.sign_in(token(role="officer", acr="aal2"))
    return browser


def test_nobody_signed_in_is_sent_to_sign_in_and_back(browser):
    answer = browser.look("/feedback/ban")
    assert answer.status_code == 303
    assert answer.location == "/accounts/dang-nhap?next=/feedback/ban"


def test_an_officer_sees_the_page(officer):
    assert "Bàn của a-1" in officer.look("/feedback/ban").text


def test_the_api_never_reads_the_cookie(officer):
    assert officer.client.get("/feedback/desk").status_code == 401


def test_a_page_never_reads_a_bearer_token(browser):
    assert browser.look("/feedback/ban", Authorization=f"Bearer {token(role='officer', acr='aal2')}").status_code == 303


def test_what_was_sent_is_loaded_by_the_schema(officer):
    assert 'value="0983847986"' in officer.look("/feedback/ban/gui").text
    answer = officer.send(
        "/feedback/ban/gui", {"subject": "Thẻ sai tên", "contact.phone": "0983847986", "urgent": "true", "note": " "}
    )
    assert answer.status_code == 303
    assert TAKEN[-1] == {"subject": "Thẻ sai tên", "contact": {"phone": "0983847986"}, "urgent": True}
    assert "Đã ghi nhận" in officer.look("/feedback/ban").text


def test_errors_stand_above_and_at_the_field_and_nothing_typed_is_lost(officer):
    officer.look("/feedback/ban/gui")
    answer = officer.send("/feedback/ban/gui", {"subject": "", "contact.phone": "12", "note": "Đã gọi <b>hai</b> lần"})
    assert answer.status_code == 422
    assert "<title>Lỗi: " in answer.text
    assert answer.text.count("Nhập tiêu đề") == 2
    assert 'href="#contact-phone"' in answer.text
    assert 'id="contact-phone"' in answer.text
    assert "Đã gọi &lt;b&gt;hai&lt;/b&gt; lần" in answer.text


ANSWER = {"subject": "Thẻ sai tên", "contact.phone": "0983847986", "note": "Đã gọi hai lần"}


def over(browser):
    browser.sign_in(token(role="officer", exp=1))


def test_a_form_that_meets_a_session_that_is_over_comes_back_filled_in(officer):
    officer.look("/feedback/ban/gui")
    over(officer)
    answer = officer.send("/feedback/ban/gui", ANSWER)
    assert answer.status_code == 303
    assert answer.location == "/accounts/het-phien?next=/feedback/ban/gui"
    officer.sign_in(token(role="officer"))
    page = officer.look("/feedback/ban/gui").text
    assert "Chưa gửi." in page
    assert "Đã gọi hai lần" in page
    assert 'value="Thẻ sai tên"' in page
    assert officer.send("/feedback/ban/gui", ANSWER).status_code == 303
    assert "Chưa gửi." not in officer.look("/feedback/ban/gui").text


def test_a_held_form_is_given_back_to_nobody_else(officer):
    officer.look("/feedback/ban/gui")
    over(officer)
    officer.send("/feedback/ban/gui", ANSWER)
    officer.sign_in(token(role="officer", sub="a-2"))
    assert "Đã gọi hai lần" not in officer.look("/feedback/ban/gui").text


def test_one_account_has_no_more_than_sixty_forms_kept_in_an_hour(officer):
    officer.look("/feedback/ban/gui")
    page = officer.page
    over(officer)
    answers = []
    for _ in range(61):
        officer.page = page
        answers.append(officer.send("/feedback/ban/gui", ANSWER).status_code)
    assert answers == [303] * 60 + [429]
    assert "Đã gọi hai lần" in officer.page


def test_a_form_that_was_being_written_when_the_session_ended_is_kept(officer):
    officer.look("/feedback/ban/gui")
    over(officer)
    assert officer.send("/feedback/giu", ANSWER | {"_trang": "/feedback/ban/gui"}).status_code == 204
    officer.sign_in(token(role="officer"))
    assert "Đã gọi hai lần" in officer.look("/feedback/ban/gui").text


# ------------------------------------------------------------ errors


def test_a_page_that_refuses_says_whom_it_is_for_and_whom_to_ask(app):
    clerk = Browser(app)
    clerk.sign_in(token(role="support"))
    answer = clerk.look("/feedback/ban")
    assert answer.status_code == 403
    assert "Việc này dành cho: cán bộ tiếp nhận. Cần quyền? Hỏi Giám đốc BHXH tỉnh." in answer.text


def test_a_page_of_another_service_is_told_from_one_that_is_nowhere(browser):
    assert "Phần này do dịch vụ khác phục vụ" in browser.look("/accounts/dang-nhap").text
    assert "Kiểm tra lại địa chỉ" in browser.look("/feedback/khong-co").text


def test_an_error_page_needs_no_database(app, browser, monkeypatch):
    browser.client.set_cookie("vss_feedback", "some", path="/feedback")
    monkeypatch.setattr("services.chassis.web.pages.key._read", lambda *_: 1 / 0)
    answer = browser.look("/feedback/ban")
    assert answer.status_code == 500
    assert "Có lỗi ở phía chúng tôi" in answer.text


# ------------------------------------------------------------ forms of other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "", "Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "", "Origin": "null"},
        {"Sec_Fetch_Site": "", "Referer": "https://evil.example/localhost/"},
        {"Sec_Fetch_Site": ""},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_a_good_token(officer, headers):
    officer.look("/feedback/ban/gui")
    answer = officer.send("/feedback/ban/gui", ANSWER, **headers)
    assert answer.status_code == 403
    assert "gửi từ một trang khác" in answer.text
    assert "Đã gọi hai lần" not in answer.text


def test_an_old_browser_that_says_only_its_origin_is_served(officer):
    officer.look("/feedback/ban/gui")
    assert officer.send("/feedback/ban/gui", ANSWER, Sec_Fetch_Site="", Origin="http://localhost").status_code == 303


@pytest.mark.parametrize("token_sent", ["", "forged", None])
def test_a_form_without_a_good_token_is_refused_and_kept_on_the_page(officer, token_sent):
    officer.look("/feedback/ban/gui")
    data = ANSWER if token_sent is None else ANSWER | {"csrf_token": token_sent}
    answer = officer.send("/feedback/ban/gui", data, without=["csrf_token"])
    assert answer.status_code == 403
    assert "Trang này mở đã lâu" in answer.text
    assert "Đã gọi hai lần" in answer.text
    assert officer.send("/feedback/ban/gui", ANSWER).status_code == 303


def test_a_token_of_another_browser_is_refused(app, officer):
    other = Browser(app)
    other.sign_in(token(role="officer", sub="a-9"))
    other.look("/feedback/ban/gui")
    officer.look("/feedback/ban/gui")
    officer.page = other.page
    assert officer.send("/feedback/ban/gui", ANSWER).status_code == 403


# ------------------------------------------------------------ once


@pytest.fixture
def clicked(app, tmp_path):
    """A page whose work counts how often it is done, and that refuses a subject of one letter."""
    done: list[str] = []
    pages = Pages("count_pages", __name__)

    def work(db: Any, data: dict[str, Any]) -> Any:
        if len(data["subject"]) == 1:
            raise Refused("too-short", vi="Tiêu đề quá ngắn.", en="The subject is too short.")
        done.append(data["subject"])
        notice.tell(f"Xong {len(done)}")
        return redirect("/feedback/ban", 303)

    @pages.route("/dem", methods=["GET", "POST"])
    @session.requires("officer")
    def count() -> Any:
        form = Form(Complaint, FIELDS)
        if form.is_valid() and (answer := form.once(lambda db: work(db, form.data))):
            return answer
        return make_response(render_template_string(FORM, form=form), form.status)

    return pages, done


def test_a_double_click_does_its_work_once_and_says_so_again(tmp_path, clicked):
    pages, done = clicked
    officer = Browser(made(tmp_path, pages))
    officer.sign_in(token(role="officer"))
    officer.look("/feedback/dem")
    page = officer.page
    assert officer.send("/feedback/dem", ANSWER).location == "/feedback/ban"
    officer.look("/feedback/dem")
    officer.page = page
    assert officer.send("/feedback/dem", ANSWER).location == "/feedback/ban"
    assert done == ["Thẻ sai tên"]
    assert "Xong 1" in officer.look("/feedback/dem").text
    officer.send("/feedback/dem", ANSWER)
    assert len(done) == 2


def test_what_a_rule_refuses_is_said_above_the_form(tmp_path, clicked):
    pages, done = clicked
    officer = Browser(made(tmp_path, pages))
    officer.sign_in(token(role="officer"))
    officer.look("/feedback/dem")
    answer = officer.send("/feedback/dem", ANSWER | {"subject": "x"})
    assert answer.status_code == 409
    assert "Tiêu đề quá ngắn." in answer.text
    assert "Đã gọi hai lần" in answer.text
    assert done == []


def made(tmp_path, *pages, **settings):
    database = Database(f"sqlite:///{tmp_path}/more.db")
    with database.engine.begin() as connection:
        chassis_metadata.create_all(connection)
    return create_app(Resources("feedback", ChassisSettings(**settings), database), list(pages), verifier=verifier())


# ------------------------------------------------------------ the frame


def test_staff_read_their_help_line_and_citizens_never(app, officer, browser):
    assert "0243.7753944" in officer.look("/feedback/ban/ai-cung-xem").text
    assert "0243.7753944" not in browser.look("/feedback/ban/ai-cung-xem").text
    assert "1900 9068" in browser.page


def test_a_newcomer_gets_to_the_first_change_of_password_and_nowhere_else(app):
    newcomer = Browser(app)
    newcomer.sign_in(token(role="newcomer"))
    assert newcomer.look("/feedback/ban").location == "/accounts/mat-khau/doi"


def test_a_token_older_than_five_minutes_is_renewed_by_a_picture(app, officer):
    assert '/accounts/phien.gif" alt' not in officer.look("/feedback/ban").text
    now = int(clock.now().timestamp())
    officer.sign_in(token(role="officer", iat=now - 400, exp=now + 500))
    assert '<img src="/accounts/phien.gif" alt=""' in officer.look("/feedback/ban").text


def test_only_staff_load_htmx(officer, browser):
    assert "/s/htmx." in officer.look("/feedback/ban/ai-cung-xem").text
    assert "/s/htmx." not in browser.look("/feedback/ban/ai-cung-xem").text


def test_every_file_that_a_page_names_is_served_for_ever(officer):
    officer.look("/feedback/ban")
    names = set(re.findall(r'"(/s/[^"]+)"', officer.page))
    assert len(names) == 6
    for name in names:
        answer = officer.client.get(name, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    start = officer.client.get(next(each for each in names if "/start." in each)).get_data(as_text=True)
    assert officer.client.get(re.findall(r'"(/s/govuk[^"]+)"', start)[0]).mimetype == "text/javascript"
    assert officer.client.get("/s/vss.000000000000.css").status_code == 404


def test_english_is_chosen_by_the_person_and_kept(browser):
    assert 'lang="vi"' in browser.look("/feedback/ban/ai-cung-xem", Accept_Language="en").text
    answer = browser.look("/feedback/ngon-ngu/en?next=/feedback/ban/ai-cung-xem")
    assert answer.location == "/feedback/ban/ai-cung-xem"
    page = browser.look("/feedback/ban/ai-cung-xem").text
    assert '<html lang="en"' in page
    assert "Sign in" in page
    assert "Hotline" in page


def test_errors_are_told_in_english_too(officer):
    officer.look("/feedback/ngon-ngu/en")
    officer.look("/feedback/ban/gui")
    page = officer.send("/feedback/ban/gui", {"subject": "x", "contact.phone": "12"}).text
    assert "Length must be 10." in page
    assert "There is a problem" in page


# ------------------------------------------------------------ the key of the cookies


def test_the_key_of_the_cookies_is_made_once_and_kept_sealed(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/key.db")
    with database.engine.begin() as connection:
        chassis_metadata.create_all(connection)
    settings = ChassisSettings(secrets_key=Secret(base64.b64encode(secrets.token_bytes(32)).decode()))
    first = key.key_of(settings, database)
    key.held_keys.clear()
    assert key.key_of(settings, database) == first
    with database.read() as db:
        (row,) = db.execute(sa.select(key.table)).all()
    assert row.key is None
    assert first not in row.box


def test_a_key_that_is_set_is_used(tmp_path):
    assert key.key_of(ChassisSettings(pages_key=Secret("k" * 40)), Database(f"sqlite:///{tmp_path}/none.db")) == "k" * 40
