"""Whatever is sent to any endpoint of any service, the answer is a problem that says what was wrong, in both languages.

The endpoints are taken from the services' own OpenAPI documents, so none is forgotten.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import flask_smorest
import pytest
from werkzeug.test import TestResponse

from tests.integration.http.desks import (
    PRIVATE,
    ROLES,
    SERVICES,
    UNKNOWN_ID,
    UNKNOWN_NO,
    Desk,
    Operation,
    fields,
    nested,
    operations,
)

with tempfile.TemporaryDirectory() as _folder:
    OPERATIONS = [each for service in SERVICES for each in operations(service, Path(_folder))]

_MIB = 1024**2
_MOST_BODY = _MIB
_WRONG: dict[str, tuple[Any, ...]] = {
    "string": (5, True, {"a": 1}, [PRIVATE]),
    "integer": ("x", 1.5, {}, []),
    "boolean": ("maybe", 7, {}, []),
    "object": ("text", 5, [1]),
    "array": ("text", 5, {"a": 1}),
}


#: what everybody who is signed in may see and end of their own (A15)
OF_ONES_OWN = {
    "GET /accounts/sessions",
    "DELETE /accounts/sessions/{session_id}",
    "DELETE /accounts/sessions/others",
    "GET /accounts/sign-ins",
}


def every(condition: Any = lambda _operation: True) -> Any:
    chosen = [each for each in OPERATIONS if condition(each)]
    assert chosen
    return pytest.mark.parametrize("operation", chosen, ids=[each.id for each in chosen])


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Desk]:
    return {service: Desk(service, tmp_path_factory.mktemp(service)).filled() for service in SERVICES}


@pytest.fixture
def desk(desks: dict[str, Desk], operation: Operation) -> Desk:
    return desks[operation.service]


def problem(answer: TestResponse, *statuses: int) -> dict[str, Any]:
    """The answer is a problem of one of these statuses, complete, in both languages, and repeats nothing that was sent."""
    assert answer.status_code in statuses, f"{answer.status_code}: {answer.text[:500]}"
    assert answer.mimetype == "application/problem+json"
    body: dict[str, Any] = answer.get_json()
    assert body["status"] == answer.status_code
    assert body["type"].startswith("urn:vss:problem:")
    assert body.keys() >= {"title", "title_en", "detail", "detail_en", "trace_id"}
    assert body["detail"] != body["detail_en"]
    for error in body.get("errors", ()):
        assert error.keys() == {"field", "in", "message_vi", "message_en"}
        assert error["message_vi"] != error["message_en"]
    assert "0987654321" not in answer.text
    return body


def named(answer: TestResponse) -> set[str]:
    return {error["field"] for error in problem(answer, 422)["errors"]}


def send(desk: Desk, operation: Operation, **options: Any) -> TestResponse:
    """The operation on what is there, by somebody who may."""
    return desk.ask(operation.method, operation.at(**desk.known), role=desk.role_for(operation), **options)


has_json = every(lambda operation: operation.schema is not None)
takes_body = every(lambda operation: operation.takes)


@pytest.mark.parametrize("service", SERVICES)
def test_every_view_of_a_services_api_is_in_its_document(desks: dict[str, Desk], service: str) -> None:
    document = desks[service].document()
    served = {
        (
            rule.rule.replace("<", "{").replace(">", "}").replace("string:", "").replace("uuid:", "").replace("int:", ""),
            method.lower(),
        )
        for rule in desks[service].app.url_map.iter_rules()
        # pages are plain blueprints, which the document leaves out
        if isinstance(desks[service].app.blueprints.get(rule.endpoint.partition(".")[0]), flask_smorest.Blueprint)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(path, method) for path, item in document["paths"].items() for method in item if method != "parameters"}
    assert served == told


@every(lambda operation: operation.token == "required")
def test_a_stranger_is_told_to_sign_in_before_anything_else_is_looked_at(desk: Desk, operation: Operation) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic dTpw"}, {"Authorization": "Bearer"}):
        answer = desk.ask(operation.method, operation.at(**desk.known), data=b"\xff{", headers=headers)
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@every(lambda operation: operation.token == "optional")
def test_a_token_that_is_none_is_refused_even_where_none_is_needed(desk: Desk, operation: Operation) -> None:
    problem(desk.ask(operation.method, operation.at(**desk.known), headers={"Authorization": "Bearer x"}), 401)


@every(lambda operation: operation.token == "required")
def test_every_role_is_either_let_in_or_refused(desk: Desk, operation: Operation) -> None:
    refused = []
    for role in ROLES:
        answer = desk.ask(operation.method, operation.at(**desk.known | {"no": UNKNOWN_NO}), role=role, json={})
        assert answer.status_code < 500, answer.text
        if answer.status_code == 403:
            problem(answer, 403)
            refused.append(role)
    assert refused != list(ROLES), "nobody may do this"
    ones_own = operation.path.endswith(("/current", "/refresh", "/change", "/confirm")) or operation.id in OF_ONES_OWN
    assert refused or ones_own, "everybody may do this"


@has_json
def test_what_is_no_json_is_refused(desk: Desk, operation: Operation) -> None:
    for body in (
        b"{",
        b'{"a": NaN}',
        b"\xff\xfe",
        b'{"a": 1, "a": 2}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b"[" * 100_000,
    ):
        problem(send(desk, operation, data=body, content_type="application/json"), 400)


@has_json
def test_another_media_type_is_refused(desk: Desk, operation: Operation) -> None:
    for media_type in (
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        problem(send(desk, operation, data=b'{"a": 1}', content_type=media_type), 415)


@has_json
@pytest.mark.parametrize("body", [[], "text", 5, None, True], ids=repr)
def test_a_body_that_is_no_object_is_refused(desk: Desk, operation: Operation, body: Any) -> None:
    problem(send(desk, operation, data=json.dumps(body), content_type="application/json"), 422)


@has_json
def test_each_missing_field_is_named(desk: Desk, operation: Operation) -> None:
    assert operation.schema is not None
    required = set(operation.schema.get("required", ()))
    if required:
        assert required <= named(send(desk, operation, json={}))
        problem(send(desk, operation), 422)


@has_json
def test_a_field_that_nobody_knows_is_named(desk: Desk, operation: Operation) -> None:
    assert "khong_co" in named(send(desk, operation, json={"khong_co": PRIVATE}))


@has_json
def test_each_field_of_a_wrong_type_or_form_is_named(desk: Desk, operation: Operation) -> None:
    assert operation.schema is not None
    for path, field in fields(operation.schema):
        kinds = [field["type"]] if isinstance(field.get("type"), str) else field.get("type", ["object"])
        wrong = [value for kind in kinds if kind != "null" for value in _WRONG[kind]]
        if "string" in kinds and (
            field.keys() & {"enum", "pattern"} or field.get("format") in ("date", "date-time", "uuid", "email")
        ):
            wrong += [PRIVATE, "\u0300\u202e", ""]
        if "string" in kinds:
            wrong.append("x" * 200_000)  # nothing is kept of unlimited length
        if not field["nullable"]:
            wrong.append(None)
        for value in wrong:
            found = named(send(desk, operation, json=nested(path, value)))
            shown = repr(value)[:40]
            assert any(name == ".".join(path) or name.startswith(".".join(path) + ".") for name in found), (
                path,
                shown,
                found,
            )


@takes_body
def test_a_body_that_is_too_large_is_refused(desk: Desk, operation: Operation) -> None:
    files = {"image/jpeg", "application/pdf"} & set(operation.takes)
    most = desk.resources.settings.attachment_max_bytes if files else _MOST_BODY
    problem(send(desk, operation, data=b"x" * (most + 1), content_type=operation.takes[0]), 413)


@every(lambda operation: "image/jpeg" in operation.takes)
def test_what_is_no_picture_is_refused(desk: Desk, operation: Operation) -> None:
    for body in (b"", b"x" * 500, b"\xff\xd8\xff\xe0" + b"\x00" * 500, b"%PDF-1.4\n", b"GIF89a", b"<svg/>"):
        problem(send(desk, operation, data=body, content_type="image/jpeg"), 413, 415, 422)
    for media_type in ("text/html", "image/svg+xml", "image/gif", "application/json"):
        problem(send(desk, operation, data=b"x", content_type=media_type), 415, 422)
    unknown = operation.at(**desk.known | {"kind": "khong_co", "slot": "99"})
    problem(desk.ask(operation.method, unknown, role=desk.role_for(operation), data=b"x", content_type="image/jpeg"), 404)


@every(lambda operation: operation.parameters("path"))
@pytest.mark.parametrize(
    "id_",
    [
        UNKNOWN_NO,
        UNKNOWN_ID,
        "261121-000001-5",
        "0",
        "x" * 2000,
        "%00",
        "..%2F..%2Fetc%2Fpasswd",
        "%F0%9F%98%80",
        "' OR 1=1 --",
    ],
    ids=["no", "uuid", "check-digit", "zero", "long", "nul", "up", "emoji", "sql"],
)
def test_what_is_not_there_is_not_found(desk: Desk, operation: Operation, id_: str) -> None:
    path = operation.at(**desk.known | dict.fromkeys(("no", "account_id", "coordination_id", "code"), id_))
    answer = desk.ask(operation.method, path, role=desk.role_for(operation))
    # a body that is missing may be told first
    problem(answer, *((400, 404, 415, 422) if operation.takes else (400, 404)))


@every(lambda operation: operation.parameters("query") and operation.method == "GET")
def test_each_wrong_filter_is_named(desk: Desk, operation: Operation) -> None:
    needed = {each["name"]: UNKNOWN_NO for each in operation.parameters("query") if each["required"]}
    if operation.id == "GET /notifications/messages":
        needed["ref"] = UNKNOWN_NO  # one of two filters has to be there
    for parameter in operation.parameters("query"):
        for value in ("%", "x" * 3000, "-1", "2026-13-45", "\u0300"):
            answer = send(desk, operation, query_string=needed | {parameter["name"]: value})
            if answer.status_code not in (200, 428):  # 428: nobody has said what for (V16)
                assert parameter["name"] in named(answer)
    assert "khong_co" in named(send(desk, operation, query_string={"khong_co": PRIVATE}))
    for limit in ("0", "x", "100000", "1.5"):
        assert "limit" in named(send(desk, operation, query_string=needed | {"limit": limit}))
    assert "cursor" in named(send(desk, operation, query_string=needed | {"cursor": "%%%"}))


@every(lambda operation: any(each["name"] == "Idempotency-Key" for each in operation.parameters("header")))
def test_a_key_that_is_none_is_refused(desk: Desk, operation: Operation) -> None:
    for key in ("short", "x" * 201, "có dấu trong khóa".encode().decode("latin-1")):
        problem(send(desk, operation, json=operation.good, headers={"Idempotency-Key": key}), 400)


@every()
def test_another_method_is_refused(desk: Desk, operation: Operation) -> None:
    answer = desk.ask("TRACE", operation.at(**desk.known))
    problem(answer, 405)
    assert operation.method in answer.headers["Allow"]


@every(lambda operation: "/callbacks/" in operation.path)
def test_whoever_cannot_sign_is_no_provider(desk: Desk, operation: Operation) -> None:
    bodies = (
        b"",
        b"MessageStatus=delivered&MessageSid=SM1",
        b'{"Type": "Notification", "Message": "x"}',
        b"\xff\x00",
        b"[]",
        b"5",
    )
    for media_type in ("application/x-www-form-urlencoded", "application/json", "text/plain"):
        for body in bodies:
            for query in ({}, {"message": UNKNOWN_ID}, {"message": "x"}):
                headers = {"X-Twilio-Signature": "x" * 28}
                answer = desk.ask(
                    "POST", operation.path, data=body, content_type=media_type, query_string=query, headers=headers
                )
                problem(answer, 400, 403, 404, 415, 422)
