"""Every page is whole in English where citizens read it; what the desks of staff alone read may lag."""

import re
from functools import cache

import pytest

from services.chassis.discovery import load
from services.chassis.web import second_factor
from services.chassis.web.pages.blueprint import Pages
from tests.stand.scripts import script

translations = script("translations")
_HOMES = translations.homes()
_FORMAT = re.compile(r"%\((\w+)\)s|%%\{\w+\}")


@cache
def _english(name):
    return {
        str(each.id): str(each.string or "") for each in translations.catalogue(_HOMES[name]) if each.id and not each.context
    }


def _citizens_subjects(service):
    """The subjects of which somebody who is no member of staff sees a page."""
    from flask import Flask

    app = Flask("views")
    modules = set()
    for source in vars(load(service))["http"]._sources:  # noqa: SLF001  # nobody else asks for them
        for blueprint in source if not callable(source) else ():
            if isinstance(blueprint, Pages):
                app.register_blueprint(blueprint)
    for view in app.view_functions.values():
        roles = getattr(view, "_apidoc", {}).get("roles")
        if view.__module__.startswith(f"services.{service}.") and not (roles and all(map(second_factor.is_of_staff, roles))):
            modules.add(view.__module__.split(".")[2])
    return modules


@pytest.mark.parametrize("name", _HOMES)
def test_what_citizens_read_has_english(name):
    home, english = _HOMES[name], _english("chassis") | _english(name)
    subjects = None if name == "chassis" else _citizens_subjects(name)
    missing = {
        message
        for message, file in translations.said(home)
        if not english.get(message) and (subjects is None or file.split("/")[0] in subjects)
    }
    assert not missing, "run `make translations` and translate"


@pytest.mark.parametrize("name", _HOMES)
def test_english_fills_in_what_vietnamese_fills_in(name):
    for vietnamese, english in _english(name).items():
        if english:
            assert sorted(_FORMAT.findall(vietnamese)) == sorted(_FORMAT.findall(english)), vietnamese


@pytest.mark.parametrize("name", _HOMES)
def test_no_english_is_kept_for_what_nothing_says(name):
    assert set(_english(name)) <= {message for message, _ in translations.said(_HOMES[name])}, "run `make translations`"
