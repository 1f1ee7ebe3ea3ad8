"""The quicker environment of pages means what Jinja's own means."""

import jinja2
import pytest

from services.chassis.web.app import App


@pytest.fixture
def environment():
    return App("t").jinja_env


class _Person(dict[str, str]):
    name = "of the class"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ it.name }}", {"name": "a"}),
        ("{{ it.name is undefined }}", {}),
        ("{{ it.items is callable }}", {"items": 1}),
        ("{{ it['items'] }}", {"items": 1}),
        ("{{ it.name }}", _Person(name="a key")),
        ("{{ it.year }}", 1),
        ("{{ it.upper() }}", "a"),
    ],
)
def test_a_template_says_the_same_as_with_jinjas_own(environment, text, value):
    assert environment.from_string(text).render(it=value) == jinja2.Environment(autoescape=True).from_string(text).render(
        it=value
    )


def test_a_global_that_comes_later_is_seen_by_templates_that_were_loaded(environment):
    template = environment.from_string("{{ later }}")
    environment.globals["later"] = "yes"
    assert template.render() == "yes"


def test_globals_of_one_template_are_no_others(environment):
    assert environment.from_string("{{ own }}", globals={"own": 1}).render() == "1"
    assert environment.from_string("{{ own is undefined }}").render() == "True"
