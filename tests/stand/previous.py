"""Releases before this one, from the repository's history: their code, run beside ours."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
from functools import cache
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: releases that have no tag
RELEASE_0_1, RELEASE_0_2 = "410786b2665250d61cbe88517ec4e7cbc31294c6", "801bed6c58acd91f8010f2e3b22a9701c92d8067"


@cache
def previous_release() -> str:
    """Return the last tag before this commit, or the commit of 0.2.0 if there is none."""
    tag = _git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^")
    return tag.stdout.decode().strip() if tag.returncode == 0 else RELEASE_0_2


def version_of(release: str) -> str:
    """Return the version that a release gives itself."""
    project = _git("show", f"{release}:pyproject.toml")
    assert project.returncode == 0, _not_here(release)
    version: str = tomllib.loads(project.stdout.decode())["project"]["version"]
    return version


def unpack(release: str, folder: Path) -> Path:
    """Write the ``services`` of an earlier release below `folder`, and return that: a working directory for its programs.

    :raises AssertionError: if this clone does not go back so far, or a program started there would import our own code, which is installed.
    """
    archive = _git("archive", release, "services")
    assert archive.returncode == 0, _not_here(release)
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    where = [sys.executable, "-c", "import services.chassis.database as it; print(it.__file__)"]
    found = subprocess.run(where, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout
    assert found.startswith(str(folder)), f"{folder} would run {found}"
    return folder


def _not_here(release: str) -> str:
    return f"release {release[:12]} is not in this clone: git fetch --unshallow --tags"


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False, timeout=60)
