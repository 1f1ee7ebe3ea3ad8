"""docs/providers.md is what the tables say (scripts/providers.py), and every table of answers is on it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.stand.scripts import script

_ROOT = Path(__file__).resolve().parents[2]
_PROVIDERS = script("providers")


def test_the_page_is_what_the_tables_say() -> None:
    assert (_ROOT / _PROVIDERS.PAGE).read_text(encoding="utf-8") == _PROVIDERS.page(), "make rules"


def test_every_table_of_answers_is_on_the_page() -> None:
    tables = {
        str(path.relative_to(_ROOT))
        for path in (_ROOT / "services").rglob("*.toml")
        if "system" in tomllib.loads(path.read_text(encoding="utf-8"))
    }
    assert tables == set(_PROVIDERS.TABLES)


def test_decisions_named_as_sources_are_there() -> None:
    for path in _PROVIDERS.TABLES:
        for row in _PROVIDERS.Verdicts.load(_ROOT / path).rows:
            assert row.source.startswith("https://") or (_ROOT / "docs" / row.source).is_file(), row
