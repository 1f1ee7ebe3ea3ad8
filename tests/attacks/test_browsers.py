"""Another site, open in a person's browser, can neither read an answer nor act in the person's name."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.integration.http.desks import GOOD, SERVICES, Desk, Operation, operations

EVIL = "https://evil.example"


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Desk]:
    return {service: Desk(service, tmp_path_factory.mktemp(service)).filled() for service in SERVICES}


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> list[Operation]:
    return [each for service in SERVICES for each in operations(service, tmp_path_factory.mktemp(f"{service}-document"))]


def caller(desk: Desk, operation: Operation) -> str | None:
    """Somebody who is let in; a citizen where the one whose data it is, is not there."""
    try:
        return desk.role_for(operation)
    except StopIteration:
        return "citizen"


def test_no_other_site_reads_an_answer(desks: dict[str, Desk], every: list[Operation]) -> None:
    asked = {"Origin": EVIL, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
    for operation in every:
        desk = desks[operation.service]
        for method in ("OPTIONS", operation.method):
            answer = desk.ask(method, operation.at(**desk.known), role=caller(desk, operation), headers=asked)
            allowed = [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
            assert not allowed, f"{method} {operation.path}"


def test_a_form_of_another_site_changes_nothing(desks: dict[str, Desk], every: list[Operation]) -> None:
    """These three types need no preflight; a form can send JSON in text/plain."""
    tried = 0
    for operation in every:
        if operation.takes != ["application/json"]:
            continue
        good = next((body for end, body in GOOD.items() if operation.path.endswith(end)), {})
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            desk, tried = desks[operation.service], tried + 1
            answer = desk.ask(
                operation.method,
                operation.at(**desk.known),
                role=caller(desk, operation),
                data=json.dumps(good).encode(),
                content_type=kind,
                headers={"Origin": EVIL},
            )
            assert answer.status_code == 415, f"{operation.method} {operation.path} as {kind}: {answer.status_code}"
    assert tried > 100


def test_no_header_turns_one_method_into_another(desks: dict[str, Desk], every: list[Operation]) -> None:
    for operation in every:
        if operation.method != "GET":
            continue
        desk = desks[operation.service]
        path, role = operation.at(**desk.known), caller(desk, operation)
        plain = desk.ask("GET", path, role=role)
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            answer = desk.ask("GET", path, role=role, headers={name: "DELETE"})
            assert (answer.status_code, answer.mimetype) == (plain.status_code, plain.mimetype), f"{path} with {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_no_answer_sends_a_browser_to_another_host(desks: dict[str, Desk], service: str) -> None:
    desk = desks[service]
    rules = {rule.rule for rule in desk.app.url_map.iter_rules() if "<" not in rule.rule}
    paths = {*rules, *(rule.rstrip("/") or "/" for rule in rules), *(f"{rule.rstrip('/')}/" for rule in rules)}
    paths |= {
        "//evil.example",
        f"/{service}//evil.example",
        f"/{service}/..//evil.example",
        f"/{service}/%2f%2fevil.example",
    }
    for path in sorted(paths):
        answer = desk.app.test_client().get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        where = urlsplit(answer.headers.get("Location", ""))
        assert not where.netloc, f"{path} leads to {where.geturl()}"


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_listed_and_nothing_traced(desks: dict[str, Desk], service: str) -> None:
    client = desks[service].app.test_client()
    folders = ("", "static", "static/", "static/..", "static/%2e%2e/app.py", "docs/", ".git/config", "../")
    for path in (f"/{service}/{folder}" for folder in folders):
        answer = client.get(path)
        assert answer.status_code in (200, 404, 405), f"{path}: {answer.status_code}"
        assert "Index of" not in answer.text
        assert "import" not in answer.text.partition("\n")[0]
    assert client.open(f"/{service}/docs", method="TRACE").status_code == 405
