"""Every operation that anybody, or a citizen, may call has a budget (decision 54): derived from the applications themselves."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask

from services.chassis.web import budgets
from services.chassis.web.pages.blueprint import Pages
from tests.integration.http.desks import SERVICES, Desk

#: the chassis' own: for machines of ours, which no door shows to the country, and what is the same for all and made once
OWN = re.compile(
    r"/(healthz|readyz|metrics)|/\w+/(docs|docs/<name>|openapi\.json|static/<path:filename>|ngon-ngu/<chosen>)|/s/<name>"
)
PEOPLE = {"citizen", "newcomer"}
#: each with the limits that it names, which are counted where they are known to be ours
COUNTED_INSIDE = {
    "POST /accounts/sessions": "password",
    "POST /accounts/password/reset": "reset",
    **{f"POST /{service}/giu": "held" for service in SERVICES},
}
UNCOUNTED = {
    "GET /accounts/ended-sessions.json",
    "GET /accounts/jwks.json",
    "POST /notifications/callbacks/twilio",
    "POST /notifications/callbacks/ses",
    "POST /notifications/callbacks/aws-sms",
}
KINDS = {each.name for each in vars(budgets).values() if isinstance(each, budgets.Kind)}


class Operation(NamedTuple):
    """A view, and what its decorators say of it."""

    name: str
    said: dict[str, Any]
    #: a page, which is in no document
    is_page: bool = False

    @property
    def is_open(self) -> bool:
        """Whether people without a token of staff may call it."""
        roles = self.said.get("roles", ())
        return not self.said.get("authenticated") or not roles or bool(PEOPLE & set(roles))


def operations_of(app: Flask) -> Iterator[Operation]:
    for rule in app.url_map.iter_rules():
        if OWN.fullmatch(rule.rule):
            continue
        is_page = isinstance(app.blueprints.get(rule.endpoint.rpartition(".")[0]), Pages)
        said = getattr(app.view_functions[rule.endpoint], "_apidoc", {})
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Operation(f"{method} {rule.rule}", said, is_page)


def without_budget(app: Flask) -> list[str]:
    return [
        each.name
        for each in operations_of(app)
        if each.is_open and not each.said.get("budget") and each.name not in UNCOUNTED
    ]


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Flask]:
    return {service: Desk(service, tmp_path_factory.mktemp(service)).app for service in SERVICES}


@pytest.mark.parametrize("service", SERVICES)
def test_what_anybody_or_a_citizen_may_call_has_a_budget(apps: dict[str, Flask], service: str) -> None:
    assert without_budget(apps[service]) == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_budget_is_one_that_the_settings_have_and_its_429_is_documented(
    apps: dict[str, Flask], service: str, tmp_path: Path
) -> None:
    settings = {each.name for each in dataclasses.fields(Desk(service, tmp_path).resources.settings)}
    for each in operations_of(apps[service]):
        budget = each.said.get("budget")
        if budget is None:
            continue
        assert budget in KINDS or COUNTED_INSIDE[each.name] == budget, each.name
        assert budget not in KINDS or {f"{budget}_per_address_hour", f"{budget}_per_minute"} <= settings, each.name
    document = apps[service].test_client().get(f"/{service}/openapi.json").get_json()
    bounded = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", each.name)
        for each in operations_of(apps[service])
        if each.said.get("budget") and not each.is_page
    }
    documented = {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method, doc in item.items()
        if method != "parameters" and "429" in doc["responses"]
    }
    assert bounded <= documented


def test_the_lists_here_name_only_operations_that_there_are(apps: dict[str, Flask]) -> None:
    found = {each.name: each for app in apps.values() for each in operations_of(app)}
    assert all(found[name].said.get("uncounted") for name in UNCOUNTED)
    assert all(found[name].said["budget"] == limits for name, limits in COUNTED_INSIDE.items())


def test_one_without_a_budget_would_be_found() -> None:
    app = Flask("x", static_folder=None)
    app.add_url_rule("/feedback/new", view_func=lambda: "", endpoint="new")
    app.add_url_rule(
        "/feedback/of-citizens", view_func=_described(authenticated=True, roles=("citizen", "officer")), endpoint="citizens"
    )
    app.add_url_rule("/feedback/of-staff", view_func=_described(authenticated=True, roles=("officer",)), endpoint="staff")
    assert without_budget(app) == ["GET /feedback/new", "GET /feedback/of-citizens"]


def _described(**said: Any) -> Any:
    def view() -> str:
        return ""

    view._apidoc = said  # type: ignore[attr-defined]  # noqa: SLF001  # flask-smorest's place for it
    return view
