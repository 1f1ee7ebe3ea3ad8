"""ruff refuses what docs/security.md says it refuses: each of its rules is asked with a line that breaks it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_BREAKS = {
    "S102": "exec('1')",
    "S301": "import pickle\n\nVALUE = pickle.loads(b'')",
    "S307": "VALUE = eval('1')",
    "S311": "import random\n\nVALUE = random.random()",
    "S324": "import hashlib\n\nVALUE = hashlib.md5(b'')",
    "S501": "import requests\n\nVALUE = requests.get('https://vss.example', verify=False, timeout=1)",
    "S506": "import yaml\n\nVALUE = yaml.load('')",
    "S602": "import subprocess\n\nsubprocess.Popen('x', shell=True)",
    "S604": "def run(text):\n    start(text, shell=True)",
    "S605": "import os\n\nos.system('x' + str(1))",
    "S608": "def find(name):\n    return f\"SELECT * FROM people WHERE name = '{name}'\"",
    "S701": "import jinja2\n\nVALUE = jinja2.Environment()",
}


@pytest.mark.parametrize("code", _BREAKS)
def test_a_service_with_such_a_line_is_not_clean(code: str) -> None:
    ruff = [str(Path(sys.executable).with_name("ruff")), "check", "--output-format", "concise", "--stdin-filename"]
    told = subprocess.run(
        [*ruff, "services/accounts/staff/some.py", "-"], input=_BREAKS[code] + "\n", cwd=_ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert re.search(rf": {code} ", told.stdout), told.stdout + told.stderr


def test_the_page_of_security_names_no_rule_that_is_not_asked_here() -> None:
    text = (_ROOT / "docs/security.toml").read_text(encoding="utf-8")
    said = [entry["by"] for entry in _entries(tomllib.loads(text)) if "ruff" in entry.get("by", "")]
    named = {code for told in said for code in re.findall(r"\bS\d{3}\b", told)}
    assert named
    assert named <= _BREAKS.keys()
    assert not [told for told in said if re.search(r"S\d{3}-S\d{3}", told)], "a range hides those that are off"


def _entries(document: dict[str, object]) -> list[dict[str, str]]:
    if "what" in document:
        return [{name: value for name, value in document.items() if isinstance(value, str)}]
    return [entry for inner in document.values() if isinstance(inner, dict) for entry in _entries(inner)]
