"""What is installed is what was pinned: each file by its hash, from whichever registry; and what an audit that could not ask says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.stand.scripts import script

_ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((_ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_pin_has_the_hashes_of_its_files_and_none_the_address_of_a_registry(lock: Path) -> None:
    pins = lock.read_text("utf-8").replace("\\\n", " ").splitlines()
    assert len(pins) > 50 or lock.stem == "build"
    assert [pin.split()[0] for pin in pins if not re.search(r"==\S+.*--hash=sha256:[0-9a-f]{64}", pin)] == []
    assert [pin.split()[0] for pin in pins if "://" in pin or pin.startswith("-")] == []


@pytest.mark.parametrize(
    "installer", ["deploy/Dockerfile", "scripts/bootstrap.sh", "scripts/bench.sh", "scripts/demo.sh", "Makefile"]
)
def test_whatever_installs_the_pins_demands_their_hashes(installer: str) -> None:
    text = (_ROOT / installer).read_text("utf-8").replace("\\\n", " ")
    installs = [line for line in text.splitlines() if re.search(r"pip install .*(-r |\$wanted)", line)]
    assert installs
    assert [line for line in installs if "--require-hashes" not in line] == []


def test_an_audit_that_could_not_ask_is_no_good_audit() -> None:
    skipped = [{"name": "flask", "skip_reason": "Dependency not found on PyPI and could not be audited: flask (3.1.3)"}]
    assert script("audit").judged(skipped) == ([], 1)
    found = [
        {"name": "flask", "version": "0.1", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["0.2"]}]}
    ]
    assert script("audit").judged(found) == (["flask 0.1: PYSEC-1, CVE-1, mended in 0.2"], 0)
