"""Pages under attack: forms of other sites, redirects that lead away, cookies, hostile text, what stands in a page's source."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest
import sqlalchemy as sa
import time_machine
from flask import make_response, redirect, render_template_string

from services.chassis import clock
from services.chassis.database import Database, chassis_metadata
from services.chassis.errors import SettingsError
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings
from services.chassis.web.app import create_app
from services.chassis.web.pages import held, navigation, notice, session
from services.chassis.web.pages.blueprint import Pages
from services.chassis.web.pages.forms import Field, Form
from tests.stand.pages import Browser
from tests.stand.tokens import token, verifier

_SERVICES = Path(__file__).resolve().parents[2] / "services"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> \u202egnp.exe {{ 7*7 }} \U0001f600" + "ạ" * 3000
_PAGE = (
    "{% extends 'chassis/page.html' %}{% block title %}T{% endblock %}{% block content %}{{ ui.words(text) }}"
    "{% call ui.form(form) %}{{ ui.field(form, 'text') }}{{ ui.field(form, 'password') }}{% endcall %}{% endblock %}"
)


class Note(ma.Schema):
    text = ma.fields.String(required=True, validate=ma.validate.Length(1, 10))
    password = ma.fields.String()


def blueprints(_resources):
    pages = Pages("note_pages", __name__, url_prefix="/ghi")

    @pages.route("", methods=["GET", "POST"])
    @session.requires("officer")
    def note() -> Any:
        form = Form(Note, {"text": Field("Lời", kind="textarea"), "password": Field("Mật khẩu", kind="password")})
        if form.is_valid():
            notice.tell("Đã ghi")
            return redirect("/feedback/ghi", 303)
        return make_response(render_template_string(_PAGE, form=form, text=form.value("text")), form.status)

    return [pages]


@pytest.fixture
def app(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/pages.db")
    with database.engine.begin() as connection:
        chassis_metadata.create_all(connection)
    return create_app(Resources("feedback", ChassisSettings(), database), blueprints, verifier=verifier())


@pytest.fixture
def officer(app):
    browser = Browser(app)
    browser.sign_in(token(role="officer"))
    return browser


def test_hostile_text_is_shown_as_text_and_its_hidden_signs_are_seen(officer):
    officer.look("/feedback/ghi")
    page = officer.send("/feedback/ghi", {"text": HOSTILE}).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "[U+202E]" in page
    assert "{{ 7*7 }}" in page
    assert "Xem hết" in page


def test_a_password_that_was_typed_is_in_no_answer(officer):
    officer.look("/feedback/ghi")
    for options in ({}, {"without": ["csrf_token"]}):
        assert "Secret-77" not in officer.send("/feedback/ghi", {"text": "x" * 20, "password": "Secret-77"}, **options).text


def test_a_password_is_not_among_what_is_held(app, officer):
    officer.look("/feedback/ghi")
    officer.sign_in(token(role="officer", exp=1))
    officer.send("/feedback/ghi", {"text": "x", "password": "Secret-77"})
    officer.sign_in(token(role="officer"))
    assert "Chưa gửi." in officer.look("/feedback/ghi").text
    assert "Secret-77" not in officer.page


def test_what_is_held_cannot_be_read_from_the_database_alone(app, officer):
    officer.look("/feedback/ghi")
    officer.sign_in(token(role="officer", exp=1))
    officer.send("/feedback/ghi", {"text": "Chuyện riêng"})
    with app.extensions["vss-resources"].db.read() as db:
        (row,) = db.execute(sa.select(held.table)).all()
    assert b"ri\xc3\xaang" not in row.box
    assert b"u00eang" not in row.box


def test_a_form_held_longer_than_half_an_hour_is_gone(officer):
    officer.look("/feedback/ghi")
    officer.sign_in(token(role="officer", exp=1))
    officer.send("/feedback/ghi", {"text": "muộn"})
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        officer.sign_in(token(role="officer"))
        assert "Chưa gửi." not in officer.look("/feedback/ghi").text


def test_a_form_of_another_site_is_not_even_held(officer):
    officer.look("/feedback/ghi")
    officer.sign_in(token(role="officer", exp=1))
    assert officer.send("/feedback/ghi", {"text": "x"}, Sec_Fetch_Site="cross-site").status_code == 403
    officer.sign_in(token(role="officer"))
    assert "Chưa gửi." not in officer.look("/feedback/ghi").text


def test_a_token_of_a_form_older_than_twelve_hours_is_refused(officer):
    officer.look("/feedback/ghi")
    with time_machine.travel(clock.now() + timedelta(hours=13)):
        officer.sign_in(token(role="officer"))
        answer = officer.send("/feedback/ghi", {"text": "x"})
    assert answer.status_code == 403
    assert "Trang này mở đã lâu" in answer.text


@pytest.mark.parametrize(
    "evil",
    [
        "//evil.example",
        "https://evil.example/feedback/",
        "/\\evil.example",
        "\\\\evil.example",
        "/feedback//evil.example",
        "/feedback\r\nSet-Cookie: a=b",
        "/feedback/%0d%0aSet-Cookie:a=b\n",
        "/evil/feedback",
        "/feedback.evil.example/",
        "javascript:alert(1)",
        "feedback/ghi",
        "/\tfeedback/",
        "/feedback/" + "a" * 1000,
        "",
    ],
)
def test_next_leads_nowhere_but_to_our_pages(officer, evil):
    answer = officer.client.get("/feedback/ngon-ngu/en", query_string={"next": evil})
    assert answer.status_code == 303
    assert answer.location == "/"
    assert "Set-Cookie" not in answer.location


def test_next_leads_back_to_the_page(officer):
    answer = officer.client.get("/feedback/ngon-ngu/en", query_string={"next": "/feedback/ghi?tab=moi"})
    assert answer.location == "/feedback/ghi?tab=moi"
    assert 'lang="en"' in officer.look("/feedback/ghi").text


def test_every_cookie_of_a_page_is_out_of_reach_of_scripts_and_other_sites(officer):
    officer.look("/feedback/ghi")
    officer.sign_in(token(role="officer", exp=1))
    set_here = officer.send("/feedback/ghi", {"text": "x"}).headers.getlist("Set-Cookie")
    officer.sign_in(token(role="officer", sub="a-3"))
    set_here += officer.look("/feedback/ghi").headers.getlist("Set-Cookie")
    set_here += officer.client.get("/feedback/ngon-ngu/en").headers.getlist("Set-Cookie")
    assert {each.partition("=")[0] for each in set_here} == {"vss_feedback", "vss_giu", "vss_lang"}
    for each in set_here:
        assert {"HttpOnly", "Secure", "SameSite=Lax"} <= set(each.split("; ")), each
        assert ("Path=/" if each.startswith("vss_lang") else "Path=/feedback") in each.split("; ")
        assert "Domain" not in each


def test_the_session_cookie_is_bound_to_this_host(app):
    with app.test_request_context("/feedback/ghi"):
        response = make_response("")
        session.put(response, "token")
        session.clear(response)
    for each in response.headers.getlist("Set-Cookie"):
        assert each.startswith("__Host-vss=")
        assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(each.split("; "))
        assert "Domain" not in each


@pytest.mark.parametrize(
    "url", ["http://vss.example.vn", "http://127.0.0.1.evil.example", "ftp://localhost", "http://localhost.evil:80"]
)
def test_pages_without_tls_are_for_this_machine_alone(url):
    with pytest.raises(SettingsError, match="PUBLIC_URL"):
        ChassisSettings(public_url=url)


def test_a_page_has_the_strict_policy_and_is_never_kept(officer):
    for answer in (
        officer.look("/feedback/ghi"),
        officer.send("/feedback/ghi", {"text": ""}),
        officer.look("/feedback/khong-co"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "template",
    sorted(path for path in _SERVICES.rglob("templates/**/*.html") if "email" not in path.parts),
    ids=lambda path: str(path.relative_to(_SERVICES)).replace("/templates/", ":"),
)
def test_no_template_has_a_script_or_a_style_inside(template):
    text = re.sub(r"\{[%#].*?[%#]\}", "", template.read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert re.findall(r"<style|\sstyle\s*=", text) == []
    assert re.findall(r"\son[a-z]+\s*=\s*[\"'{]", text) == []
    assert re.findall(r"(?:src|href|action)=[\"'](?:https?:)?//", text) == []
    assert "|safe" not in text.replace(" ", "")


def test_every_entry_of_the_menu_is_a_path_of_ours():
    menu = navigation.of(ChassisSettings())
    for path in (*(each.path for each in menu.entries), *menu.places.values()):
        assert menu.leads_to_us(path), path
