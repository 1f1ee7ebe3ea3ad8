"""Every rule that is built has a test that says so, and docs/rules.md tells which (scripts/rules.py)."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tests.stand import scripts

_ROOT = Path(__file__).resolve().parents[2]

RULES = """
[[group]]
title = "Intake"
[[group.rule]]
id = "I1"
vi = "Đủ trường."
en = "Every field."
source = "guide"
[[group.rule]]
id = "I2"
vi = "Ba loại."
en = "Three kinds."
source = "guide"
[[group.rule]]
id = "I3"
vi = "Sau này."
en = "Later."
source = "2659"
not_built = "no endpoint yet"
"""
TESTS = """
import pytest

@pytest.mark.rule("I1", "I2")
def test_a_form_has_every_field():
    pass

def test_something_else():
    pass
"""


script = scripts.script("rules")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A project with three rules and one test, its page written."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests/unit").mkdir(parents=True)
    (tmp_path / "docs/rules.toml").write_text(RULES, encoding="utf-8")
    write(tmp_path, TESTS)
    script.main([], tmp_path)
    return tmp_path


def write(house: Path, text: str) -> None:
    (house / "tests/unit/test_form.py").write_text(text, encoding="utf-8")


def test_every_built_rule_has_a_test_every_mark_names_a_rule_and_the_page_is_up_to_date(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert script.main(["--check"]) == 0, capsys.readouterr().err


def test_the_rules_are_written_in_composed_vietnamese_and_in_english() -> None:
    known = script.rules()
    assert len(known) > 40
    assert all(rule.vi and rule.en and rule.source for rule in known)
    text = (_ROOT / "docs/rules.toml").read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)


def test_a_complete_project_passes_and_its_page_tells_rule_source_and_test(house: Path) -> None:
    assert script.main(["--check"], house) == 0
    page = (house / "docs/rules.md").read_text(encoding="utf-8")
    assert (
        "| [I1](#i1) | Đủ trường.<br>*Every field.* | guide | 1x [unit/test_form.py](../tests/unit/test_form.py) |" in page
    )
    assert "- a form has every field · [unit/test_form.py](../tests/unit/test_form.py)" in page
    assert "not built yet.** no endpoint yet" in page


def test_a_rule_without_a_test_is_found(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(house, TESTS.replace(', "I2"', ""))
    script.main([], house)
    capsys.readouterr()
    assert script.main(["--check"], house) == 1
    assert capsys.readouterr().err == "No test holds I2: Three kinds.\n"


def test_a_mark_of_an_unknown_rule_is_found(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(house, TESTS.replace('"I2"', '"I2", "X9"'))
    assert script.main(["--check"], house) == 1
    assert "names X9" in capsys.readouterr().err


def test_a_stale_page_is_found(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(house, TESTS.replace("test_a_form", "test_the_form"))
    assert script.main(["--check"], house) == 1
    assert "stale" in capsys.readouterr().err


def test_a_mark_that_is_no_plain_text_is_refused(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(house, TESTS.replace('"I1", "I2"', "*SOME"))
    assert script.main(["--check"], house) == 1
    assert "test_form.py:4" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        'import pytest\npytestmark = pytest.mark.rule("I1", "I2")\ndef test_a():\n    pass\n',
        'import pytest\npytestmark = [pytest.mark.slow, pytest.mark.rule("I1", "I2")]\ndef test_a():\n    pass\n',
        'import pytest\n@pytest.mark.rule("I1")\nclass TestForm:\n    @pytest.mark.rule("I2")\n    def test_a(self):\n        pass\n',
        'import pytest\n@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("I1", "I2"))])\ndef test_a(x):\n    pass\n',
    ],
    ids=["module", "list", "class", "parameter"],
)
def test_marks_of_modules_classes_and_parameters_count(house: Path, text: str) -> None:
    write(house, text)
    script.main([], house)
    assert script.main(["--check"], house) == 0


def test_a_mark_on_what_is_no_test_holds_nothing(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(house, TESTS.replace("def test_a_form", "def a_form"))
    assert script.main(["--check"], house) == 1
    assert "No test holds I1" in capsys.readouterr().err
