"""The application of a service, asked by Flask's own client: errors, documentation, pages."""

import json

import marshmallow as ma
import pytest
from flask import Blueprint as PlainBlueprint
from flask import render_template_string
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.chassis.database import Database
from services.chassis.discovery import load
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings
from services.chassis.text.bilingual import bilingual
from services.chassis.web import paging
from services.chassis.web.app import create_app
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.fields import Moment
from services.chassis.web.problem import Problem, field_error

NOT_TEN = bilingual(vi="Mã số BHXH phải có {n} chữ số.", en="A BHXH code has {n} digits.")


class Contact(ma.Schema):
    phone = ma.fields.String(required=True)
    email = ma.fields.Email()


class Declaration(ma.Schema):
    full_name = ma.fields.String(required=True, validate=ma.validate.Length(1, 200))
    age = ma.fields.Integer(validate=ma.validate.Range(0, 150), strict=True)
    born = ma.fields.Date()
    at = Moment()
    contact = ma.fields.Nested(Contact)
    contacts = ma.fields.List(ma.fields.Nested(Contact))
    code = ma.fields.String()

    @ma.validates("code")
    def _code(self, value, data_key):
        if len(value) != 10:
            raise ma.ValidationError(NOT_TEN.format(n=10))


class Accepted(ma.Schema):
    dossier_no = ma.fields.String(required=True)


def blueprints(_resources):
    api = Blueprint("declarations", url_prefix="/declarations")

    @api.route("", methods=["POST"])
    @api.arguments(Declaration)
    @api.idempotent
    @api.response(201, Accepted)
    def declare(data, session):
        """Submit a declaration"""
        return {"dossier_no": json.dumps(data, default=str)}

    @api.route("")
    @api.arguments(paging.PageQuery, location="query")
    @api.response(200, paging.page_of(Accepted))
    def listing(query):
        """List declarations"""
        return {"items": [], "next_cursor": None}

    @api.route("/<no>")
    @api.response(200, Accepted)
    def show(no):
        """Show one declaration"""
        wrong = field_error("dossier_no", place="path", vi="Sai số kiểm tra.", en="Wrong check digit.")
        raise Problem(404, "no-such-dossier", vi="Không có hồ sơ này.", en="No such dossier.", errors=[wrong], retry_at="x")

    pages = PlainBlueprint("pages", __name__, url_prefix="/pages")

    @pages.get("/")
    def page():
        return render_template_string(
            '{% extends "chassis/base.html" %}{% block main %}{{ name }}{% endblock %}', name="<b>"
        )

    return [api, pages]


@pytest.fixture
def client(tmp_path):
    settings = ChassisSettings(http_max_body_bytes=2000)
    resources = Resources("registration", settings, Database(f"sqlite:///{tmp_path / 'web.db'}"))
    return create_app(resources, blueprints).test_client()


@pytest.mark.rule("N12")
def test_officers_find_their_help_line_in_the_description_of_the_api(tmp_path):
    settings = ChassisSettings(officers_help_line="024.111")
    resources = Resources("registration", settings, Database(f"sqlite:///{tmp_path / 'web.db'}"))
    for_staff, for_all = (
        create_app(resources, blueprints, staff_only=each).test_client().get("/registration/openapi.json")
        for each in (True, False)
    )
    assert "xin gọi Trung tâm Công nghệ thông tin, BHXH Việt Nam: 024.111." in for_staff.get_json()["info"]["description"]
    assert "024.111" not in for_all.text
    assert ChassisSettings().officers_help_line == "0243.7753944"


@pytest.mark.rule("N12")
def test_only_services_that_no_citizen_calls_name_the_help_line_of_officers():
    services = ("registration", "verification", "accounts", "notifications", "feedback")
    assert {each for each in services if vars(load(each))["http"].staff_only} == {"verification", "notifications"}


def post(client, body, **headers):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    headers.setdefault("Content-Type", "application/json")
    return client.post("/registration/declarations", data=data, headers=headers)


@pytest.mark.parametrize(
    ("body", "field", "vi", "en"),
    [
        ({}, "full_name", "Thiếu thông tin bắt buộc.", "Missing data for required field."),
        ({"full_name": None}, "full_name", "Không được để trống.", "Field may not be null."),
        ({"full_name": 7}, "full_name", "Phải là chuỗi ký tự hợp lệ.", "Not a valid string."),
        ({"full_name": ""}, "full_name", "Phải dài từ 1 đến 200.", "Length must be between 1 and 200."),
        ({"full_name": "L", "age": 151}, "age", "Phải từ 0 đến 150.", None),
        ({"full_name": "L", "age": 1.5}, "age", "Phải là số nguyên hợp lệ.", "Not a valid integer."),
        ({"full_name": "L", "age": 10**400}, "age", "Phải từ 0 đến 150.", None),
        ({"full_name": "L", "born": "31/12/1990"}, "born", "Phải là ngày (năm-tháng-ngày) hợp lệ.", "Not a valid date."),
        ({"full_name": "L", "at": "2026-11-21T09:00:00"}, "at", "Phải là thời điểm có múi giờ (theo RFC 3339) hợp lệ.", None),
        ({"full_name": "L", "at": "2026-11-21"}, "at", "Phải là thời điểm có múi giờ (theo RFC 3339) hợp lệ.", None),
        ({"full_name": "L", "contact": []}, "contact", "Phải là một đối tượng.", "Invalid input type."),
        ({"full_name": "L", "contact": {"phone": "1", "email": "x"}}, "contact.email", "Phải là địa chỉ thư điện tử hợp lệ.", None),
        ({"full_name": "L", "contacts": [{"phone": "1"}, {}]}, "contacts.1.phone", "Thiếu thông tin bắt buộc.", None),
        ({"full_name": "L", "nickname": "x"}, "nickname", "Trường này không có trong biểu mẫu.", "Unknown field."),
        ({"full_name": "L", "code": "1"}, "code", "Mã số BHXH phải có 10 chữ số.", "A BHXH code has 10 digits."),
        ([], "", "Phải là một đối tượng.", "Invalid input type."),
        ("null", "", "Phải là một đối tượng.", "Invalid input type."),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_path_in_both_languages(client, body, field, vi, en):
    answer = post(client, body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "urn:vss:problem:invalid-fields"
    error = answer.json["errors"][0]
    assert (error["field"], error["in"], error["message_vi"]) == (field, "body", vi)
    assert error["message_en"] == en or en is None


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'full_name': 1}",
        b'{"full_name": NaN}',
        b'{"age": Infinity}',
        b'{"full_name": "a", "full_name": "b"}',
        '{"full_name": "Nguyễn"}'.encode("utf-16"),
        '{"full_name": "Nguyễn"}'.encode("latin-1", "replace") + b"\xff",
        b'{"full_name": "a\\u0000b"}',
        b'{"a\\u0000b": 1}',
        b'{"full_name": "\\ud800"}',
        b"[" * 1900,
        b'{"age": ' + b"9" * 1900 + b"e}",
        b"\xef\xbb\xbf{}",
        b"{} {}",
    ],
)
def test_what_is_not_json_everywhere_is_refused_as_malformed(client, body):
    answer = post(client, body)
    assert answer.status_code == 400
    assert answer.json["type"] == "urn:vss:problem:malformed-json"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_type_is_refused(client, content_type):
    answer = post(client, {"full_name": "L"}, **{"Content-Type": content_type})
    assert answer.status_code == 415
    assert answer.json["type"] == "urn:vss:problem:unsupported-media-type"


def test_no_body_at_all_is_told_what_is_missing(client):
    answer = client.post("/registration/declarations")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "full_name"


def test_a_body_over_the_limit_is_refused(client):
    answer = post(client, {"full_name": "L" * 3000})
    assert (answer.status_code, answer.json["max_bytes"]) == (413, 2000)


def test_an_unknown_address_and_a_wrong_method_are_problems_too(client):
    assert client.get("/registration/nothing").json["type"] == "urn:vss:problem:not-found"
    answer = client.delete("/registration/declarations")
    assert answer.json["type"] == "urn:vss:problem:method-not-allowed"
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/registration/declarations/a%00b", "/registration/declarations?cursor=%00"])
def test_a_nul_in_an_address_is_refused(client, path):
    assert client.get(path).status_code == 400


def test_a_problem_raised_by_a_service_keeps_its_name_texts_fields_and_members(client):
    body = client.get("/registration/declarations/261121-000001-2").json
    assert body["type"] == "urn:vss:problem:no-such-dossier"
    assert (body["title"], body["detail"], body["detail_en"]) == (
        "Không tìm thấy",
        "Không có hồ sơ này.",
        "No such dossier.",
    )
    assert body["errors"][0] == {
        "field": "dossier_no",
        "in": "path",
        "message_vi": "Sai số kiểm tra.",
        "message_en": "Wrong check digit.",
    }
    assert (body["status"], body["retry_at"], len(body["trace_id"])) == (404, "x", 32)


def test_a_browser_gets_the_problem_as_a_page(client):
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = client.get("/registration/nothing", headers={"Accept": browser})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert '<html lang="vi" class="govuk-template">' in answer.text
    assert "Không tìm thấy" in answer.text


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=", "colour=red"])
def test_a_wrong_query_is_named_as_such(client, query):
    answer = client.get(f"/registration/declarations?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["in"] == "query"


def test_many_faults_are_cut_short(client):
    answer = post(client, {f"{n}": 1 for n in range(150)})
    assert len(answer.json["errors"]) == 100


def test_the_openapi_document_is_valid_and_shows_errors_as_problems(client):
    answer = client.get("/registration/openapi.json")
    document = answer.json
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")
    operation = document["paths"]["/registration/declarations"]["post"]
    assert {"201", "409", "422", "default"} <= set(operation["responses"])
    assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]]
    default = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert default == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert set(document["components"]["schemas"]["Problem"]["properties"]) >= {"type", "title", "errors", "trace_id"}
    assert "/registration/pages/" not in document["paths"]


def test_pages_escape_what_they_show_and_need_nothing_from_elsewhere(client):
    answer = client.get("/registration/pages/")
    assert "&lt;b&gt;" in answer.text
    assert "http" not in answer.text.replace("http-equiv", "")
    for name in ("vendor/pico/pico.classless.min.css", "vendor/htmx/htmx.min.js", "vss.css"):
        assert f'"/registration/static/{name}"' in answer.text
        assert client.get(f"/registration/static/{name}").status_code == 200
    for folder in ("pico", "htmx"):
        assert "Permission" in client.get(f"/registration/static/vendor/{folder}/LICENSE").text


def test_the_documentation_page_finds_all_its_files_here(client):
    text = client.get("/registration/docs").text
    assert 'data-spec="/registration/openapi.json"' in text
    for name in ("swagger-ui.css", "swagger-ui-bundle.js"):
        assert client.get(f"/registration/docs/{name}").status_code == 200
    assert client.get("/registration/docs/index.css").status_code == 404
    assert client.get("/registration/docs/..%2f__init__.py").status_code == 404


@pytest.mark.parametrize("path", ["/registration/declarations", "/registration/pages/", "/registration/nothing", "/healthz"])
def test_every_answer_forbids_what_pages_do_not_need(client, path):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "Server" not in headers


def test_a_moment_is_shown_on_vietnams_clock_and_never_without_an_offset():
    moment = Moment().deserialize("2026-11-21T18:30:00Z")
    assert Moment.serialize_value(moment) == "2026-11-22T01:30:00+07:00"
    with pytest.raises(ValueError, match="offset"):
        Moment.serialize_value(moment.replace(tzinfo=None))
