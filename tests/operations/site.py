"""Servers and a system for one subject: its own broker, its own PostgreSQL, services that are started one by one."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from playground.account import Account
from playground.inbox import Inbox
from playground.officer import Officer
from playground.stage import STAFF_PASSWORD, Stage
from playground.system import SANDBOX, SERVICES, System
from services.chassis.testing import PostgresNode, RabbitNode
from tests.faults.dossiers.patience import PatientWeb
from tests.operations.network import BUS, DATA, Network
from tests.operations.survey import Survey

_SETTINGS = {"RETRY_DELAYS_SECONDS": "1,2,5", "RELAY_POLL_SECONDS": "0.5", "LOG_JSON": "true"}
_PROVINCE = "79"


@dataclass
class Servers:
    """A broker and a PostgreSQL of our own, with a folder for what runs on them."""

    rabbit: RabbitNode
    postgres: PostgresNode
    folder: Path


@contextmanager
def servers(*, options: Sequence[str] = ()) -> Iterator[Servers]:
    """Start both, side by side, and throw their data away afterwards. `options`: further settings of PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="vss-operations-"))
    folder.chmod(0o755)  # for the account that runs PostgreSQL when we are root
    rabbit, postgres = RabbitNode(folder / "rabbit"), PostgresNode(folder / "postgres", options=options)
    try:
        with ThreadPoolExecutor(1) as aside:
            starting = aside.submit(rabbit.start)
            postgres.start()
            starting.result()
        yield Servers(rabbit, postgres, folder)
    finally:
        rabbit.kill()
        postgres.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Site:
    """A system in a virtual host and in databases of its own; a context manager. Nothing but the sandbox runs at first.

    :param extra: settings of every service.
    :param network: with it each service lives in a namespace, and reaches broker and database by cables.
    """

    def __init__(self, on: Servers, extra: Mapping[str, str] | None = None, network: Network | None = None) -> None:
        name = f"site-{uuid.uuid4().hex[:10]}"
        self.servers = on
        self.vhost = name
        self.urls = {service: on.postgres.create_database(f"{name}_{service}") for service in SERVICES}
        amqp_uri, urls = on.rabbit.create_vhost(name), self.urls
        if network:
            amqp_uri = network.through(amqp_uri, BUS)
            urls = {service: network.through(url, DATA) for service, url in urls.items()}
        self.system = System(
            on.folder / name,
            amqp_uri=amqp_uri,
            database_urls=urls,
            extra=_SETTINGS | dict(extra or {}),
            sandbox=("--delivery-seconds", "0"),
            hosts=network.hosts() if network else {},
            within=network.within() if network else {},
        )
        self.stage: Stage
        self.survey: Survey

    def __enter__(self) -> Self:
        self.system.begin(SANDBOX)
        self.stage = Stage(self.system)
        self.stage.begin_in_the_morning()
        self.survey = Survey(self.urls, self.servers.rabbit, self.servers.rabbit.uri_of(self.vhost), self.stage.web, ())
        return self

    def __exit__(self, *_why: object) -> None:
        self.system.end()

    def deploy(self, *services: str) -> None:
        """Start services that have never run here, side by side.

        :raises ProgramError: if one does not become ready.
        """
        for service in services:
            self.system.programs[service].start()
        for service in services:
            self.system.programs[service].ready()
        self.survey.services += services

    def web(self, patience_seconds: float = PatientWeb.patience_seconds) -> PatientWeb:
        """Return a client of its own for a thread, which waits so long for what other services have to do."""
        web = PatientWeb(self.stage.web.bases)
        web.patience_seconds = patience_seconds
        return web

    def employ(self, role: str = "approver", *, enrols: bool = True) -> Account:
        """Add a member of staff by `vss staff add`, which needs accounts only, and sign in; with a passkey, unless they do not enrol."""
        username = f"{role}.{uuid.uuid4().hex[:6]}"
        phone = f"+8490{uuid.uuid4().int % 10**7:07d}"
        place = ["--office", _PROVINCE, "--province", _PROVINCE]
        arguments = ["staff", "add", username, "--name", "Cán bộ Kiểm Thử", "--phone", phone, "--role", role, *place]
        self.system.vss("accounts", *arguments, "--password-stdin", stdin=STAFF_PASSWORD + "\n")
        account = Account(self.web(), username, Inbox(self.web(), phone))
        if not enrols:
            account.sign_in(STAFF_PASSWORD)
            return account
        account.signs_in_to_enrol(STAFF_PASSWORD, self.stage.sheet_by_command(username))
        account.enrols_a_passkey()
        return account

    def officer(self, account: Account) -> Officer:
        """Return verification's console in the hands of `account`, with a client of its own."""
        assert account.token is not None
        return Officer(self.web(), account.token, _PROVINCE, "approver")

    def logs(self) -> str:
        """Return the ends of all logs, for a failure's text."""
        return "\n".join(self.system.tail(name, 15) for name in self.system.programs)
