"""What PostgreSQL's programs need to be started by root or by anybody: an account, their folder, a clean environment."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

from services.chassis.testing.processes import NodeError, find_program


def account() -> str | None:
    """The account to run as: None for our own, a name when we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise NodeError("PostgreSQL refuses to run as root and there is no account `postgres`")


def make_folder(folder: Path, owner: str | None) -> None:
    """Make an empty folder that belongs to the account; what was there goes.

    :raises NodeError: if the account cannot reach it.
    """
    shutil.rmtree(folder, ignore_errors=True)  # a first start that was broken off
    folder.mkdir(mode=0o700)
    if owner is None:
        return
    folder.parent.chmod(0o755)
    os.chown(folder, pwd.getpwnam(owner).pw_uid, pwd.getpwnam(owner).pw_gid)
    check = ["setpriv", f"--reuid={owner}", f"--regid={owner}", "--init-groups"]
    if subprocess.run([*check, "test", "-w", str(folder)], check=False).returncode != 0:
        raise NodeError(
            f"the account {owner}, which runs PostgreSQL for root, cannot reach {folder}: "
            "choose a folder whose parents all have the permission o+x (pytest's tmp_path has not)"
        )


def program(name: str) -> str:
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: [int(number) for number in re.findall(r"\d+", folder.parent.name)],
        reverse=True,
    )
    return find_program(name, package="postgresql", folders=versions)


def environment() -> dict[str, str]:
    """Only what it needs: a PGDATA or PGOPTIONS of the developer's shell must not reach it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
