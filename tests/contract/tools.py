"""Programs that others wrote, run on our documents: those of scripts/node. A missing one is a failure that says what to do, never a skip."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venv/node/node_modules"
#: what `make contracts` counted, by tool
FIGURES: dict[str, dict[str, Any]] = {}


def run(
    script: str, *arguments: object, stdin: str | None = None, tool: bool = False, counts: bool = True
) -> subprocess.CompletedProcess[str]:
    """A script of ours in scripts/node, or (``tool``) the program of that name that a package brought. ``counts``: its figures are kept."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("Node.js is not installed. Run: scripts/install_node_tools.sh")
    path = TOOLS / ".bin" / script if tool else ROOT / "scripts/node" / script
    if tool and not path.exists():
        pytest.fail("The tools of contracts are not installed. Run: scripts/install_node_tools.sh")
    command = [node, str(path.resolve()), *map(str, arguments)]
    began = time.monotonic()
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode == 2 and not tool:
        pytest.fail(done.stderr)
    if counts:
        figures(script, seconds=round(time.monotonic() - began, 1), ended_with=done.returncode)
    return done


def figures(tool: str, **counted: Any) -> None:
    """Keep what a tool counted for .run/contracts.json."""
    FIGURES.setdefault(tool, {}).update(counted)


def judged(
    schemas: dict[str, Any] | None = None, values: list[Any] | None = None, patterns: list[str] | None = None
) -> dict[str, Any]:
    """What ajv makes of values, by the names of their schemas, and JavaScript of patterns."""
    asked = {"schemas": schemas or {}, "values": values or [], "patterns": patterns or []}
    done = run("schemas.mjs", stdin=json.dumps(asked))
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
