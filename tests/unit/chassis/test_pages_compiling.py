"""Templates are compiled when a service starts, not while somebody waits for a first page and everybody else with them."""

import jinja2
import pytest
from flask import render_template

from services.chassis.database import Database
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings
from services.chassis.web.app import create_app
from services.chassis.web.pages import compiling
from services.chassis.web.pages.blueprint import Pages


@pytest.fixture
def make_app(tmp_path, monkeypatch):
    monkeypatch.setattr(compiling, "_compiled", {})
    (tmp_path / "feedback").mkdir()
    (tmp_path / "feedback/a.html").write_text(
        "{% extends 'chassis/page.html' %}{% block content %}{{ ui.tag('Mới') }}{% endblock %}"
    )
    pages = Pages("compiled_pages", __name__, template_folder=str(tmp_path))
    pages.add_url_rule("/a", view_func=lambda: render_template("feedback/a.html"))
    return lambda: create_app(Resources("feedback", ChassisSettings(), Database(f"sqlite:///{tmp_path / 'a.db'}")), [pages])


@pytest.fixture
def compiled(monkeypatch):
    """The names of what is compiled from now on."""
    names = []
    compile_one = jinja2.Environment.compile

    def noted(self, source, name=None, *args, **kwargs):
        names.append(name)
        return compile_one(self, source, name, *args, **kwargs)

    monkeypatch.setattr(jinja2.Environment, "compile", noted)
    return names


def drawn(app):
    with app.test_request_context("/feedback/a"):
        return render_template("feedback/a.html")


def test_the_first_page_compiles_nothing(make_app, compiled):
    app = make_app()
    assert compiling.compile_all(app, "feedback") == len(compiled) > 10
    compiled.clear()
    assert '<strong class="govuk-tag">Mới</strong>' in drawn(app)
    assert not compiled


def test_another_application_of_the_process_compiles_nothing_again(make_app, compiled):
    drawn(make_app())
    assert "feedback/a.html" in compiled
    compiled.clear()
    drawn(make_app())
    assert not compiled


def test_a_template_that_was_changed_is_compiled_anew(make_app, compiled, tmp_path):
    drawn(make_app())
    compiled.clear()
    (tmp_path / "feedback/a.html").write_text("{% extends 'chassis/page.html' %}{% block content %}Khác{% endblock %}")
    assert "Khác" in drawn(make_app())
    assert compiled == ["feedback/a.html"]


def test_a_template_that_names_one_that_is_not_there_is_found_at_the_start(make_app, tmp_path):
    (tmp_path / "feedback/b.html").write_text("{% include 'feedback/nowhere.html' %}")
    with pytest.raises(jinja2.TemplateNotFound, match=r"nowhere\.html"):
        compiling.compile_all(make_app(), "feedback")
