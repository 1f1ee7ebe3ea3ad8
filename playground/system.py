"""Run broker, sandbox and the five services as local processes.

    with System(folder) as system:                      # SQLite below `folder`, a private broker, free ports
        requests.get(system.url("registration") + "/registration/offices")
        system.kill("verification"); system.start("verification")
        system.move_clock(days=8)

Each service has a user of its own at the private broker, with the least rights, so that a right that is missing is found at once.
Give `amqp_uri` to use a running broker (and `users`, the address of each service there, if it has one of its own), `database_urls` for other databases (`{"accounts": "postgresql+psycopg://…"}`),
`extra` for settings of every service (`{"EXPIRY_DAYS": "10"}`), `sandbox` for further arguments of the sandbox and `standard_ports` for 8100 to 8105 and 8125 (8000: the door) where they are free.
With `door=True` the deployed front door stands before the services, at `system.url("door")`: one address for browsers.
`within` gives the command that runs a program somewhere else, such as a network namespace, and `hosts` the address it has there.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import pika
import pika.exceptions
import sqlalchemy as sa

from playground import least_rights
from playground.authenticator import ORIGIN
from playground.door import Door
from playground.program import ROOT, Program, ProgramError, environment_with
from services.chassis import clock
from services.chassis.seal import generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.testing import NodeError, RabbitNode, free_port

SERVICES = ("registration", "verification", "accounts", "notifications", "feedback")
SANDBOX = "sandbox"
STANDARD_PORTS = {SANDBOX: 8100} | {service: port for port, service in enumerate(SERVICES, 8101)}
STANDARD_SMTP_PORT = 8125
DOOR, STANDARD_DOOR_PORT = "door", 8000
START_SECONDS = 60.0
_LOOPBACK = "127.0.0.1"
_DAY_SECONDS = 86_400.0
_COMMAND_SECONDS = 60.0
_PUBLIC = ("LOOKUPS", "TRACKING", "FILING", "UPLOADS")
_HOURLY, _BY_MINUTE = "{}_PER_ADDRESS_HOUR", "{}_PER_MINUTE"
#: limits that everybody here would use up together: a simulated country has one address
_OF_ONE_ADDRESS = {
    "registration": (
        *(form.format(name) for name in _PUBLIC for form in (_HOURLY, _BY_MINUTE)),
        *(_HOURLY.format(name) for name in ("DRAFTS", "SUBMISSIONS", "PHONE_CODES")),
        "PHONE_CODES_PER_MINUTE",
    ),
    "accounts": tuple(form.format("SIGN_INS") for form in (_HOURLY, _BY_MINUTE)),
    "feedback": (*(form.format(name) for name in _PUBLIC for form in (_HOURLY, _BY_MINUTE)), _HOURLY.format("COMPLAINTS")),
}


class System:
    """The whole system; a context manager. `url(name)` of a service or of the sandbox, `broker` unless one was given."""

    def __init__(
        self,
        folder: Path,
        *,
        services: Sequence[str] = SERVICES,
        amqp_uri: str | None = None,
        users: Mapping[str, str] | None = None,
        database_urls: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        standard_ports: bool = False,
        sandbox: Sequence[str] = (),
        hosts: Mapping[str, str] | None = None,
        within: Mapping[str, Sequence[str]] | None = None,
        door: bool = False,
    ) -> None:
        self.folder = Path(folder).absolute()
        self.services = tuple(services)
        self.broker = None if amqp_uri else RabbitNode(self.folder / "broker")
        self.amqp_uri = amqp_uri or (self.broker.uri if self.broker else "")
        self._users = dict(users or {})
        self.clock_file = self.folder / "clock-offset"
        self.offset_seconds = 0.0
        self._database_urls = dict(database_urls or {})
        self._extra = dict(extra or {})
        self._sandbox = tuple(sandbox)
        self._hosts = dict(hosts or {})
        self._within = dict(within or {})
        self._keys, self._documents_key, self._secrets_key = generate_keypair(), generate_key(), generate_key()
        self._ports = {name: _port(STANDARD_PORTS[name], standard_ports) for name in (SANDBOX, *self.services)}
        self.smtp_port = _port(STANDARD_SMTP_PORT, standard_ports)
        self.door = Door(self.folder / DOOR, _port(STANDARD_DOOR_PORT, standard_ports)) if door else None
        self.programs: dict[str, Program] = {}
        #: where `vss` runs, and so which release's commands
        self.directory = ROOT

    # Addresses

    def url(self, name: str) -> str:
        """Return the base URL of a service, the sandbox or the front door."""
        if name == DOOR and self.door is not None:
            return self.door.url
        return f"http://{self._address(name)}"

    def _address(self, name: str) -> str:
        return f"{self._hosts.get(name, _LOOPBACK)}:{self._ports[name]}"

    def tail(self, name: str, lines: int = 40) -> str:
        """Return the end of a service's log."""
        return self.programs[name].tail(lines) if name in self.programs else f"({name} was not started)"

    def environment(self, service: str) -> dict[str, str]:
        """Return the environment of one service's process."""
        sandbox = self.url(SANDBOX)
        prefix = service.upper()
        database = self._database_urls.get(service) or f"sqlite:///{self.folder / service}.db"
        settings = {
            "AMQP_URI": self._users.get(service, self.amqp_uri),
            f"{prefix}_DATABASE_URL": database,
            f"{prefix}_HTTP_ADDRESS": self._address(service),
            "DOCUMENTS_URL": f"file:{self.folder / 'documents'}",
            "DOCUMENT_KEYS_URL": f"file:{self.folder / 'document-keys'}",
            "CLOCK_OFFSET_FILE": str(self.clock_file),
            "CLOCK_MAY_MOVE": "true",
            "START_SECONDS": str(START_SECONDS),
            "LOG_JSON": "false",
            "HGD_URL": f"{sandbox}/hgd",
            "HGD_API_KEY": "sandbox",
            "TWILIO_BASE_URL": sandbox,
            "SMTP_HOST": self._hosts.get(SANDBOX, _LOOPBACK),
            "SMTP_PORT": str(self.smtp_port),
        }
        if "accounts" in self._ports:
            settings["JWKS_URL"] = f"{self.url('accounts')}/accounts/jwks.json"
        if service != "accounts":
            settings["DOCUMENTS_KEY"] = self._documents_key.reveal()
        if service in ("registration", "accounts", "feedback"):
            settings["SEAL_PUBLIC_KEY"] = self._keys.public_key
        if service == "accounts":
            settings["SECRETS_KEY"] = self._secrets_key.reveal()
        if self.door is not None:
            settings |= {"TRUSTED_PROXIES": "1", "PUBLIC_URL": self.door.url}
            if service == "accounts":
                settings["PASSKEY_ORIGINS"] = f"{ORIGIN},{self.door.url}"
        settings |= dict.fromkeys(_OF_ONE_ADDRESS.get(service, ()), "0")
        if service == "notifications":
            settings["SEAL_PRIVATE_KEY"] = self._keys.private_key.reveal()
            settings["CALLBACK_BASE_URL"] = self.url("notifications")
            if "registration" in self._ports:
                settings["FORM_LINK_URL"] = f"{self.url('registration')}/registration/forms/{{token}}"
            if "feedback" in self._ports:
                settings["COMPLAINT_URL"] = f"{self.url('feedback')}/feedback/complaints/{{complaint_no}}"
        return settings | self._extra

    # Starting and stopping

    def begin(self, *names: str) -> Self:
        """Start the programs of these names, by default everything, and wait until they are ready.

        :raises ProgramError: with the end of the log of the program that failed.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.broker is not None:
            self._users = least_rights.addresses(self.amqp_uri)
        self._make_programs()
        programs = [self.programs[name] for name in names or self.programs]
        if self.broker is None:
            self._look_for_broker()
        try:
            # a service is ready without the broker, so all start in parallel; what it needs there it declares when it connects
            with ThreadPoolExecutor(1) as aside:
                broker = aside.submit(self._start_broker) if self.broker else None
                for program in programs:
                    program.start()
                if broker:
                    broker.result()
            for program in programs:
                program.ready(START_SECONDS)
            if self.door is not None and not names:
                self.door.start({service: self.url(service) for service in self.services})
        except NodeError as error:
            self.end()
            raise ProgramError(str(error)) from error
        except BaseException:
            self.end()
            raise
        return self

    def _start_broker(self) -> None:
        if self.broker is not None and not self.broker.running:
            least_rights.grant(self.broker.start(), self.amqp_uri)

    def end(self) -> None:
        """Stop everything, the services first."""
        if self.door is not None:
            self.door.stop()
        running = [program for program in self.programs.values() if program.running]
        for program in running:
            program.terminate()
        for program in running:
            program.stop()
        if self.broker:
            # its data is thrown away, so an orderly stop saves nothing
            self.broker.kill()

    def start(self, name: str, seconds: float = START_SECONDS) -> None:
        """Start one program again, and wait until it is ready."""
        self.programs[name].start()
        self.programs[name].ready(seconds)

    def stop(self, name: str) -> None:
        """Stop one program in an orderly way."""
        self.programs[name].stop()

    def kill(self, name: str) -> None:
        """Send SIGKILL to one program, like a crash."""
        self.programs[name].kill()

    def restart(self, name: str) -> None:
        """Stop one program in an orderly way and start it again."""
        self.stop(name)
        self.start(name)

    def __enter__(self) -> Self:
        return self.begin()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()

    # Using it

    def move_clock(self, *, days: float = 0, seconds: float = 0) -> None:
        """Move the clock of all services and of the sandbox forward; returns when every one of them has read it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.offset_seconds += days * _DAY_SECONDS + seconds
        clock.move_to(self.clock_file, self.offset_seconds)
        time.sleep(0.25)  # each process reads the file every 0.2 s

    def vss(
        self,
        service: str,
        *arguments: str,
        stdin: str = "",
        statuses: Collection[int] = (0,),
        seconds: float = _COMMAND_SECONDS,
    ) -> str:
        """Run `vss …` with the settings of `service` and return its output.

        :param statuses: how it may end; many commands end with 1 when they find what they look for.
        :param seconds: how long it may take.
        :raises ProgramError: if it ends otherwise.
        """
        done = subprocess.run(
            [sys.executable, "-m", "services.chassis.cli.main", *arguments],
            env=environment_with(self.environment(service)),
            cwd=self.directory,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode not in statuses:
            words = " ".join(arguments[:2])
            raise ProgramError(f"`vss {words} …` failed with status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def parked(self, service: str) -> int:
        """Return the number of messages that `service` has parked."""
        engine = sa.create_engine(self.environment(service)[f"{service.upper()}_DATABASE_URL"], poolclass=sa.NullPool)
        with engine.connect() as connection:
            return int(connection.scalar(sa.text("SELECT count(*) FROM held_messages WHERE state = 'parked'")) or 0)

    def _look_for_broker(self) -> None:
        """Fail at once if the given broker does not answer: the services would wait for it."""
        parameters = pika.URLParameters(self.amqp_uri)
        try:
            pika.BlockingConnection(parameters).close()
        except (pika.exceptions.AMQPError, OSError) as error:
            where = f"{parameters.host}:{parameters.port}"
            reason = type(error).__name__
            raise ProgramError(
                f"no broker at {where} ({reason}); is it up, and are user and password of AMQP_URI right?"
            ) from error

    def _make_programs(self) -> None:
        ports = [
            "--host",
            self._hosts.get(SANDBOX, _LOOPBACK),
            "--port",
            str(self._ports[SANDBOX]),
            "--smtp-port",
            str(self.smtp_port),
        ]
        sandbox = ["-m", "deploy.sandbox", *ports, *self._sandbox]
        moved = {"CLOCK_OFFSET_FILE": str(self.clock_file)}
        self.programs[SANDBOX] = Program(
            SANDBOX, sandbox, folder=self.folder, extra=moved, address=(self.url(SANDBOX), "/healthz")
        )
        for service in self.services:
            run = ["-m", "services.chassis.bus.process", service, "--wait"]
            environment = self.environment(service)
            self.programs[service] = Program(
                service,
                run,
                folder=self.folder,
                extra=environment,
                address=(self.url(service), "/readyz"),
                within=self._within.get(service, ()),
            )


def _port(standard: int, wanted: bool) -> int:
    """Return the standard port if wanted and free, otherwise any free one."""
    if wanted:
        with contextlib.suppress(OSError), socket.socket() as probe:
            # as servers do: a port whose last connections are still closing counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", standard))
            return standard
    return free_port()


def new_password() -> str:
    """Return a password that satisfies any rule about length and kinds of characters."""
    return f"Vss-{secrets.token_urlsafe(12)}7!"
