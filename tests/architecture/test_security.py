"""docs/security.md names each requirement of ASVS 5.0 of levels 1 and 2 once, and only evidence that there is (scripts/security.py)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.stand import scripts

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return scripts.script("security")


def document() -> dict[str, Any]:
    return tomllib.loads((_ROOT / "docs/security.toml").read_text(encoding="utf-8"))


def test_the_page_is_current_and_whole_and_all_that_it_names_is_there(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main(["--check"]) == 0, capsys.readouterr().err


def test_the_standard_has_345_requirements_of_which_253_are_of_levels_1_and_2(script: ModuleType) -> None:
    levels = list(script.numbers(document()["levels"]).values())
    assert (len(levels), levels.count(1), levels.count(2), levels.count(3)) == (345, 70, 183, 92)
    made, faults = script.requirements(document())
    assert len(made) == 253
    assert faults == []


def changed(**entries: Any) -> dict[str, Any]:
    told = document()
    for number, entry in entries.items():
        chapter, section, place = number.split("_")
        if entry is None:
            del told[chapter][section][place]
        else:
            told[chapter][section][place] = entry
    return told


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ({"V1_2_4": None}, "V1.2.4 is missing"),
        ({"V1_2_10": {"what": "x", "absent": "y"}}, "V1.2.10 is no requirement of level 1 or 2"),
        ({"V1_2_4": {"what": "x", "by": "y", "open": "z", "docs": ["README.md"]}}, "V1.2.4 needs `what` and one of"),
        ({"V1_2_4": {"what": "x", "by": "y"}}, "V1.2.4 names nothing in which it can be seen"),
        ({"V1_2_4": {"by": "y", "docs": ["README.md"]}}, "V1.2.4 needs `what`"),
        ({"V1_2_4": {"what": "x", "open": "y", "partly": "z"}}, "V1.2.4 is met in part, and does not say by what"),
    ],
)
def test_what_is_missing_or_says_nothing_is_a_fault(script: ModuleType, entries: dict[str, Any], fault: str) -> None:
    _, faults = script.requirements(changed(**entries))
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_evidence_that_is_not_there_is_a_fault(script: ModuleType) -> None:
    named = script.Requirement(
        "V1.2.4",
        1,
        "x",
        "by",
        "y",
        (
            "unit/nothing",
            "attacks/test_frame::every_attack_says_nothing",
            "attacks/test_frame::every_attack_says_what_it_is",
        ),
        ("NO_SETTING", "JWKS_URL"),
        ("docs/nothing.md", "README.md"),
    )
    assert list(script.absent_evidence(named, {"JWKS_URL"})) == [
        "V1.2.4: there is no tests/unit/nothing.py",
        "V1.2.4: tests/attacks/test_frame.py has no test_every_attack_says_nothing",
        "V1.2.4: there is no setting NO_SETTING",
        "V1.2.4: there is no docs/nothing.md",
    ]


def test_what_is_met_in_part_is_counted_apart_and_says_what_is_missing(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    told = document()
    entry = {"what": "x", "by": "half", "partly": "the other half", "docs": ["README.md"]}
    before = script.page(told, script.requirements(told)[0], "")
    made, faults = script.requirements(changed(V1_2_4=entry))
    assert faults == []
    page = script.page(told, made, "")
    assert "| V1.2.4 | 1 | x | *met in part* | half · **Missing:** the other half · [README.md](../README.md) |" in page
    assert _count(page, "met") == _count(before, "met") - 1
    assert _count(page, "met in part") == _count(before, "met in part") + 1
    assert script.main(["--open"]) == 0, "nothing is open"
    listed = capsys.readouterr().out.splitlines()
    assert listed[-1] == f"0 open, {_count(before, 'met in part')} met in part"
    assert len(listed) == 1 + _count(before, "met in part")


def _count(page: str, state: str) -> int:
    (line,) = [line for line in page.splitlines() if line.startswith("Of the 253")]
    found = re.search(rf"(\d+) {state}[,.]", line)
    return int(found[1]) if found else 0
