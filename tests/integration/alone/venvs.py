"""A virtual environment for each service, with what its requirements name and the package reduced to that service.

Kept in .run/venvs by the hash of the requirements, so that a second run only puts the code in anew. `uv` is used where it is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[3]
_KEPT = ROOT / ".run/venvs"
_MOST_AT_ONCE = 2
_SECONDS = 300


class Venv:
    """One of them."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.requirements = ROOT / f"requirements/{service}.txt"
        pinned = self.requirements.read_bytes() + sys.version.encode()
        self.folder = _KEPT / f"{service}-{hashlib.sha256(pinned).hexdigest()[:12]}"
        self.python = self.folder / "bin/python"

    def make(self, copies: Path) -> Venv:
        """Install what is missing, then the code as it is now. Raises with the installer's words when it fails."""
        _KEPT.mkdir(parents=True, exist_ok=True)
        mark = self.folder / ".made"
        if not mark.exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            self.run(*([*_uv(), "venv", "--quiet"] if _uv() else [sys.executable, "-m", "venv"]), str(self.folder))
            self._install("--no-deps", "-r", str(self.requirements))
            mark.touch()
        source = self._source(copies / self.service)
        self._install("--no-deps", *(["--reinstall-package", "vss"] if _uv() else ["--force-reinstall"]), str(source))
        return self

    def installed(self) -> dict[str, str]:
        """Distributions and their versions, but for the tools that make the environment."""
        code = "import importlib.metadata as m, json; print(json.dumps({d.name: d.version for d in m.distributions()}))"
        found: dict[str, str] = json.loads(self.run(str(self.python), "-c", code))
        return {_name(name): version for name, version in found.items() if _name(name) not in ("pip", "setuptools", "vss")}

    def wanted(self) -> dict[str, str]:
        """What the requirements pin."""
        lines = self.requirements.read_text(encoding="utf-8").split()
        return {_name(line.partition("==")[0].partition("[")[0]): line.partition("==")[2] for line in lines if "==" in line}

    def _source(self, copy: Path) -> Path:
        """The project with this service alone, as deploy/Dockerfile makes it."""
        shutil.copytree(ROOT / "services/chassis", copy / "services/chassis", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "services/subscriptions.json", copy / "services")
        shutil.copytree(
            ROOT / "services" / self.service, copy / "services" / self.service, ignore=shutil.ignore_patterns("__pycache__")
        )
        for name in ("services/__init__.py", "pyproject.toml", "README.md"):
            shutil.copy(ROOT / name, copy / name)
        return copy

    def _install(self, *arguments: str) -> None:
        if _uv():
            self.run(*_uv(), "pip", "install", "--quiet", "--python", str(self.python), *arguments)
        else:
            self.run(str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)

    @staticmethod
    def run(*command: str) -> str:
        """Its output. Runs beside the project, which Python would else find without looking for what is installed."""
        done = subprocess.run(command, cwd=_KEPT, capture_output=True, text=True, timeout=_SECONDS, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout


def make_all(services: tuple[str, ...], copies: Path) -> dict[str, Venv]:
    """Of each service one, two at a time."""
    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        return {venv.service: venv for venv in pool.map(lambda name: Venv(name).make(copies), services)}


def _uv() -> list[str]:
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    return [found] if found else []


def _name(distribution: str) -> str:
    return distribution.strip().lower().replace("_", "-").replace(".", "-")
