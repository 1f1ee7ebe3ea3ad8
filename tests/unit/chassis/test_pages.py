"""Pages, asked by Flask's own client: who may see one, forms on the API's schemas, errors, language."""

from typing import Any

import marshmallow as ma
import pytest
from flask import make_response, redirect, render_template_string

from services.chassis.database import Database, chassis_metadata
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings
from services.chassis.web import auth
from services.chassis.web.app import create_app
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.pages import notice, session
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
    phone = ma.fields.String(required=True, validate=ma.validate.Length(10))


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
