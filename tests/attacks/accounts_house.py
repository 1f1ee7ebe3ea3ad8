"""Accounts alone, as processes on one SQLite file and without a broker, with people in it; attacks knock at its HTTP."""

from __future__ import annotations

import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from playground.program import Program, ProgramError, service
from services.accounts.otp.rules import Otp
from services.chassis.testing import free_port
from tests.attacks.stranger import Stranger
from tests.integration.accounts.desk import Desk

_START_SECONDS = 60.0


class House:
    """`desk` is what the test sees and does inside; `replicas` are what strangers knock at. A context manager."""

    def __init__(self, folder: Path, *, replicas: int = 1, **settings: Any) -> None:
        self.desk = Desk(f"sqlite:///{folder / 'accounts.db'}")
        self._folder, self._settings = folder, settings
        self._ports = [free_port() for _ in range(replicas)]
        self.replicas: list[Program] = []

    def __enter__(self) -> Self:
        self.replicas = [self._start(port) for port in self._ports]
        for port, program in zip(self._ports, self.replicas, strict=True):
            self._await(port, program)
        return self

    def __exit__(self, *_: object) -> None:
        for program in self.replicas:
            program.kill()
        self.desk.close()

    def url(self, replica: int = 0) -> str:
        return f"http://127.0.0.1:{self._ports[replica]}"

    def client(self, address: str, replica: int = 0) -> Stranger:
        return Stranger(self.url(replica), address)

    def restart(self, replica: int) -> None:
        self.replicas[replica].stop()
        self.replicas[replica] = self._start(self._ports[replica])
        self._await(self._ports[replica], self.replicas[replica])

    def people(self, count: int, first: int = 0) -> list[str]:
        """So many people with an account and `NEW_PASSWORD`; their BHXH codes."""
        numbers = range(first, first + count)
        codes = [f"01{number:08d}" for number in numbers]
        for number, code in zip(numbers, codes, strict=True):
            self.desk.settled(
                dossier_no=f"261121-{number:06d}-0",
                subject_bhxh_code=code,
                subject_personal_id=None,
                subject_id_number=f"0010870{number:05d}",
                contact_phone=f"+8498{number:07d}",
            )
        return codes

    def tries(self) -> list[int]:
        """How often each one-time code was compared."""
        with self.desk.db.read() as session:
            return list(session.scalars(sa.select(Otp.tries)))

    def _start(self, port: int) -> Program:
        settings = {name.upper(): value for name, value in self._settings.items()}
        return service(
            "services.accounts.service:Accounts",
            folder=self._folder,
            # nobody listens there: a service serves without its broker (decision 24)
            amqp_uri="amqp://guest:guest@127.0.0.1:9/",
            database_url=self.desk.database_url,
            SEAL_PUBLIC_KEY=self.desk.keys.public_key,
            SECRETS_KEY=self.desk.secrets_key.reveal(),
            HTTP_ADDRESS=f"127.0.0.1:{port}",
            TRUSTED_PROXIES=1,
            **settings,
        )

    @staticmethod
    def _await(port: int, program: Program) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and program.running:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
            time.sleep(0.1)
        raise ProgramError(f"accounts does not answer\n{program.tail()}")
