"""Run the front door that is deployed, deploy/front, with this machine's ports, folders and services in it.

Without TLS it stands on loopback only, as `http://localhost:PORT`, which browsers take for a secure place. One machine is the whole
country here: the door's own limits, which count by address, are raised (`limits=True` leaves them as they are deployed).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from playground.program import ROOT, ProgramError, environment_with
from services.chassis.testing import free_port
from services.chassis.testing.processes import Process, accepts, find_program, spawn, tail, wait_until

FRONT = ROOT / "deploy/front"
_START_SECONDS = 20.0


class Door:
    """One nginx. `url` is where everything is reached, `log` what it writes of requests."""

    def __init__(self, folder: Path, port: int | None = None, *, tls: bool = False, limits: bool = False) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.plain_port = free_port()
        self.log = folder / "log"
        self._tls, self._limits = tls, limits
        self._process: Process | None = None

    @property
    def url(self) -> str:
        """Return the base URL of all pages and APIs."""
        return f"https://127.0.0.1:{self.port}" if self._tls else f"http://localhost:{self.port}"

    def start(self, services: Mapping[str, str]) -> None:
        """Start it before the services of these base URLs.

        :raises NodeError: if nginx is not installed.
        :raises ProgramError: if it does not take the configuration, or does not start.
        """
        nginx = find_program("nginx", package="nginx-light", folders=("/usr/sbin",))
        self._write(services)
        arguments = [nginx, "-e", str(self.folder / "errors"), "-c", str(self.folder / "nginx.conf")]
        tested = subprocess.run([*arguments, "-t"], capture_output=True, text=True, check=False)
        if tested.returncode:
            raise ProgramError(f"nginx does not take {FRONT}\n{tested.stderr}")
        # workers of a master that is root would be nobody, who may not enter a folder of ours
        alone = "daemon off; user root;" if os.geteuid() == 0 else "daemon off;"
        with (self.folder / "output").open("ab") as output:
            self._process = spawn([*arguments, "-g", alone], environment=environment_with({}), directory=ROOT, output=output)
        if not wait_until(lambda: accepts(self.port), _START_SECONDS):
            raise ProgramError(f"the front door does not listen on {self.port}\n{tail(self.folder / 'errors')}")

    def stop(self) -> None:
        """Stop it in an orderly way."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def _write(self, services: Mapping[str, str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(FRONT / "answers", self.folder / "answers", dirs_exist_ok=True)
        if self._tls:
            _make_certificate(self.folder)
        where = "".join(f'map "" ${name} {{ default {url}; }}\n' for name, url in services.items())
        (self.folder / "services.conf").write_text(where, encoding="utf-8")
        text = (FRONT / "nginx.conf").read_text(encoding="utf-8")
        for deployed, here in self._changes().items():
            text, count = re.subn(deployed, here, text)
            if not count:
                raise ProgramError(f"{FRONT / 'nginx.conf'} has no {deployed!r} any more: playground/door.py replaces it")
        (self.folder / "nginx.conf").write_text(text, encoding="utf-8")

    def _changes(self) -> dict[str, str]:
        """What a container has and this machine has not."""
        changes = {
            r"/tmp/": f"{self.folder}/",  # noqa: S108  # the container's
            r"/etc/nginx;": f"{self.folder};",
            r"/dev/std\w+": str(self.log),
            r"worker_processes auto": "worker_processes 1",
            r"listen 8080;": f"listen 127.0.0.1:{self.plain_port};",
        }
        if self._tls:
            changes |= {r"listen 8443": f"listen 127.0.0.1:{self.port}", r"/run/secrets/": f"{self.folder}/"}
        else:
            changes |= {r"listen 8443 ssl http2": f"listen 127.0.0.1:{self.port}", r" +ssl_certificate(_key)? .*\n": ""}
        if not self._limits:
            changes |= {
                r"rate=20r/s": "rate=2000r/s",
                r"burst=100": "burst=5000",
                r"limit_conn connections 60": "limit_conn connections 1000",
            }
        return changes


def _make_certificate(folder: Path) -> None:
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(folder / "tls_key"), "-out", str(folder / "tls_certificate")]
    openssl = find_program("openssl", package="openssl")
    subprocess.run([openssl, "req", *kind, *names, *files], check=True, capture_output=True)
