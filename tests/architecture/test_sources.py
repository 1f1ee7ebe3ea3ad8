"""Each sentence of docs/sources.toml leads to rules and to tests, or says why not; docs/sources.md shows it (scripts/sources.py)."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from types import ModuleType

import pytest

from tests.stand import scripts

_ROOT = Path(__file__).resolve().parents[2]

RULES = """
[sources]
702 = "Công văn 702"
ours = "decided here"
[[group]]
title = "Intake"
[[group.rule]]
id = "I1"
vi = "Đủ trường."
en = "Every field."
source = "702 §1; ours"
[[group.rule]]
id = "I2"
vi = "Ba loại."
en = "Three kinds."
source = "702 §2"
not_built = "no endpoint yet"
[[group.rule]]
id = "I3"
vi = "Riêng."
en = "Own."
source = "ours"
"""
SOURCES = """
[[sentence]]
source = "702"
place = "mục 1"
quote = "đủ các trường"
rules = ["I1"]
tests = ["a_form_has_every_field"]
[[sentence]]
source = "702"
place = "mục 2"
quote = "ba loại"
rules = ["I2"]
absent = "No endpoint takes it yet."
"""
TESTS = """
import pytest

@pytest.mark.rule("I1")
def test_a_form_has_every_field():
    pass

@pytest.mark.rule("I3")
def test_ours():
    pass
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return scripts.script("sources")


@pytest.fixture
def house(tmp_path: Path, script: ModuleType) -> Path:
    """A project with a sentence that holds and one that is absent, its page written."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    for name, text in (("docs/rules.toml", RULES), ("docs/sources.toml", SOURCES), ("tests/test_form.py", TESTS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    script.main([], tmp_path)
    return tmp_path


def test_every_sentence_holds_or_says_why_not_every_source_is_reached_and_the_page_is_up_to_date(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main(["--check"]) == 0, capsys.readouterr().err


def test_all_five_documents_are_there_and_only_what_is_not_built_is_absent(script: ModuleType) -> None:
    said = script.sentences()
    assert len(said) >= 94
    assert {each.source for each in said} == set(script.documents()) == {"2659", "702", "3717", "guide", "child"}
    assert {id_ for each in said if each.absent for id_ in each.rules} == {"I3-certificate", "V10", "A6", "U1", "U2"}
    assert unicodedata.is_normalized("NFC", (_ROOT / "docs/sources.toml").read_text(encoding="utf-8"))


def test_the_page_leads_from_the_sentence_to_its_rules_and_tests(house: Path, script: ModuleType) -> None:
    assert script.main(["--check"], house) == 0
    page = (house / "docs/sources.md").read_text(encoding="utf-8")
    assert "2 câu · sentences: 1 hold, 0 partly, 1 absent" in page
    assert "| 1 | “đủ các trường”<br>*mục 1* | [I1](rules.md#i1) | a form has every field · [test_form.py]" in page
    assert "| 2 | “ba loại”<br>*mục 2* | I2 | **chưa có · absent.** No endpoint takes it yet. |" in page


@pytest.mark.parametrize(
    ("file", "was", "now", "said"),
    [
        ("docs/sources.toml", 'rules = ["I1"]', 'rules = ["I9"]', "docs/rules.toml has no I9"),
        ("docs/sources.toml", 'rules = ["I1"]', "rules = []", "it names no rule"),
        ("docs/sources.toml", '"a_form_has_every_field"', "", "no test is named"),
        ("docs/sources.toml", '"a_form_has_every_field"', '"no_such"', "no test with a mark is named no_such"),
        ("docs/sources.toml", '"a_form_has_every_field"', '"ours"', "ours is a test of I3"),
        ("docs/sources.toml", 'source = "702"', 'source = "703"', "703 is none of the documents"),
        ("docs/sources.toml", 'rules = ["I1"]', 'rules = ["I1", "I2"]', "I2 is not built; say what is missing"),
        ("docs/sources.toml", 'tests = ["a', 'absent = "Later."\ntests = ["a', "it is absent, but has tests"),
        ("docs/sources.toml", 'rules = ["I2"]', 'rules = ["I1"]', "I2 names 702 §2 as its source, but no sentence"),
        ("tests/test_form.py", "test_a_form_has_every_field", "test_another", "no test with a mark is named a_form_has"),
        ("docs/sources.toml", "ba loại", "ba  loại", "docs/sources.md is stale"),
    ],
)
def test_what_a_sentence_claims_and_does_not_keep_is_found(
    house: Path, script: ModuleType, capsys: pytest.CaptureFixture[str], file: str, was: str, now: str, said: str
) -> None:
    text = (house / file).read_text(encoding="utf-8")
    (house / file).write_text(text.replace(was, now, 1), encoding="utf-8")
    capsys.readouterr()
    assert script.main(["--check"], house) == 1
    assert said in capsys.readouterr().err
