"""The release before this one, from the repository's history: its code, run beside ours."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from functools import cache
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: 0.1.0, which has no tag
_FIRST = "410786b2665250d61cbe88517ec4e7cbc31294c6"


@cache
def previous_release() -> str:
    """Return the last tag before this commit, or the commit of 0.1.0 if there is none.

    :raises AssertionError: if the clone does not go back so far.
    """
    tag = _git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^")
    release = tag.stdout.decode().strip() if tag.returncode == 0 else _FIRST
    assert _git("cat-file", "-e", f"{release}^{{commit}}").returncode == 0, (
        f"the previous release {release[:12]} is not in this clone: git fetch --unshallow --tags"
    )
    return release


def unpack_previous_release(folder: Path) -> Path:
    """Write the previous release's ``services`` below `folder`, and return that: a working directory for its programs.

    :raises AssertionError: if a program started there would import our own code, which is installed.
    """
    archive = _git("archive", previous_release(), "services")
    assert archive.returncode == 0, archive.stderr.decode()
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    where = [sys.executable, "-c", "import services.chassis.database as it; print(it.__file__)"]
    found = subprocess.run(where, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout
    assert found.startswith(str(folder)), f"{folder} would run {found}"
    return folder


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False, timeout=60)
