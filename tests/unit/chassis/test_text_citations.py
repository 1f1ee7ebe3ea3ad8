"""Laws that texts cite are dated data: a decree replaced from a day is cited until the day before, and no text names one itself."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from services.chassis.text import citations
from services.chassis.text.citations import cite, in_force, read

SERVICES = Path(citations.__file__).parents[2]
SHIPPED = read(Path(citations.__file__).with_name("citations.toml").read_text(encoding="utf-8"))
#: a document by its number, or by its kind and number
_NAMED = re.compile(r"\d/(?:BHXH-\w+|(?:\d{4}/)?NĐ-CP|VBHN)|(?:[Cc]ông văn|[Nn]ghị định|Decree|Thông tư)(?: số)? \d")
_CITED = re.compile(r"""cite\(\s*["']([\w-]+)["']|_law\(\s*["']([\w-]+)["']""")

ENTRY = """
[[citation]]
id = "form-01-basis"
vi = "{0}"
en = "{0}"
title = "{0}"
valid_from = {1}
"""
OLD, NEW = ENTRY.format("Nghị định cũ", "2016-12-24"), ENTRY.format("Nghị định mới", "2027-01-01")


@pytest.mark.parametrize("text", [OLD + NEW, NEW + OLD], ids=["in order", "newest first"])
def test_a_decree_that_replaces_another_is_cited_from_its_first_day_on(text: str) -> None:
    successive = read(text)["form-01-basis"]
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2030, 6, 1)]
    assert [in_force(successive, day).vi for day in days] == ["Nghị định cũ", "Nghị định mới", "Nghị định mới"]


def test_before_the_first_of_its_kind_that_one_is_cited() -> None:
    assert in_force(read(NEW + OLD)["form-01-basis"], date(1999, 1, 1)).vi == "Nghị định cũ"


def test_two_that_begin_on_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match="form-01-basis begin on 2016-12-24"):
        read(OLD + OLD)


def test_an_entry_that_lacks_a_field_or_has_one_too_many_is_refused() -> None:
    for wrong in (OLD.replace("title", "titel"), OLD + "\nvalid_until = 2020-01-01"):
        with pytest.raises(TypeError):
            read(wrong)


def test_an_unknown_provision_is_not_cited() -> None:
    with pytest.raises(KeyError):
        cite("no-such", date(2026, 11, 28))


def test_every_provision_that_is_kept_is_cited_and_every_one_cited_is_kept() -> None:
    sources = [*SERVICES.rglob("*.py"), *SERVICES.rglob("templates/**/*.*")]
    cited = {
        next(filter(None, found))
        for file in sources
        if file.name != "citations.py"
        for found in _CITED.findall(file.read_text(encoding="utf-8"))
    }
    assert cited == set(SHIPPED)
    assert unicodedata.is_normalized("NFC", str(SHIPPED))


def test_no_text_for_people_names_a_law_by_itself() -> None:
    named = {
        f"{file.relative_to(SERVICES)}: {text}"
        for file, text in _texts()
        if _NAMED.search(unicodedata.normalize("NFC", text))
    }
    assert not named, "cite it by id (services/chassis/text/citations.py)"


def test_a_law_that_a_text_names_would_be_found() -> None:
    for text in ("(công văn 702, mục 2)", "Theo Nghị định số 166/2016/NĐ-CP", "5236/VBHN-BLĐTBXH", "702/BHXH-CNTT §2"):
        assert _NAMED.search(text)


def _texts() -> Iterator[tuple[Path, str]]:
    """Yield each template, and each string of the code that is no docstring."""
    for file in SERVICES.rglob("templates/**/*.*"):
        yield file, file.read_text(encoding="utf-8")
    for file in SERVICES.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield file, node.value
