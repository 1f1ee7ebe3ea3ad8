"""What the documents name is there: links, and files of the code."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_DOCS = sorted(
    file
    for file in [*_ROOT.glob("*.md"), *_ROOT.glob("docs/**/*.md"), *_ROOT.glob("services/*/README.md")]
    if file.name != "CHANGELOG.md"
)
_LINK = re.compile(r"\]\(([^)#:]+?)(?:#[^)]*)?\)")
_FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|csv|txt|toml|yml|md|html|sh))`")
#: placeholders in capitals stand for any name
_PLACEHOLDER = re.compile(r"\b[A-Z]{3,}\b")


def _named(text: str) -> set[str]:
    return {found for found in _FILE.findall(text) if not _PLACEHOLDER.search(found) and not found.startswith(".")}


@pytest.mark.parametrize("file", _DOCS, ids=lambda file: file.relative_to(_ROOT).as_posix())
def test_a_document_names_only_what_is_there(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    dead = [link for link in _LINK.findall(text) if not (file.parent / link).exists()]
    services = _ROOT / "services"
    places = [
        file.parent,
        _ROOT,
        services,
        *services.glob("*/"),
        *file.parent.glob("*/"),
        services / "chassis/web/templates",
        services / "chassis/web/pages/templates",
    ]
    dead += [name for name in sorted(_named(text)) if not any((place / name).exists() for place in places)]
    assert not dead, f"{file.relative_to(_ROOT)} names what is not there: {dead}"


def test_the_shape_of_a_file_that_is_not_there_would_be_found() -> None:
    assert _named("see `declarations/rules.py` and `SUBJECT/api.py`, `vss run`") == {"declarations/rules.py"}
    assert _LINK.findall("[a](b/c.md#x) [d](https://e)") == ["b/c.md"]


def test_the_chassis_page_names_only_what_a_service_can_import() -> None:
    page = (_ROOT / "services/chassis/README.md").read_text(encoding="utf-8")
    table = page.partition("## What a service uses")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|", table, re.MULTILINE)
    assert len(rows) > 15
    missing = []
    for places, names in rows:
        modules = [importlib.import_module(f"services.chassis.{place}") for place in re.findall(r"`([\w.]+)`", places)]
        for name in re.findall(r"`([\w.]+)`", names):
            owner, _, member = name.rpartition(".")
            if not any(_has(module, name) or _has(module, owner, member) for module in modules):
                missing.append(name)
    assert not missing


def _has(module: ModuleType, name: str, member: str = "") -> bool:
    found = getattr(module, name, None)
    if found is None and name:
        try:
            found = importlib.import_module(f"{module.__name__}.{name}")
        except ModuleNotFoundError:
            return False
    return found is not None and (not member or hasattr(found, member))
