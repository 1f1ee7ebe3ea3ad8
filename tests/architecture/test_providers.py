"""docs/providers.md is what the tables say (scripts/providers.py), and every table of answers is on it."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("providers_script", _ROOT / "scripts/providers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_tables_say() -> None:
    script = _script()
    assert (_ROOT / script.PAGE).read_text(encoding="utf-8") == script.page(), "make rules"


def test_every_table_of_answers_is_on_the_page() -> None:
    tables = {
        str(path.relative_to(_ROOT))
        for path in (_ROOT / "services").rglob("*.toml")
        if "system" in tomllib.loads(path.read_text(encoding="utf-8"))
    }
    assert tables == set(_script().TABLES)


def test_decisions_named_as_sources_are_there() -> None:
    script = _script()
    for path in script.TABLES:
        for row in script.Verdicts.load(_ROOT / path).rows:
            assert row.source.startswith("https://") or (_ROOT / "docs" / row.source).is_file(), row
