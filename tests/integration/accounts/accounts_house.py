"""Accounts in this process: its handlers, its job, its HTTP, on a database of the test's own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from services.accounts import handlers
from services.accounts.accounts.rules import Account
from services.accounts.passwords import hashing, jobs
from services.accounts.readers import IdentityVerified
from services.accounts.service import BLUEPRINTS, SWEEPS, Accounts
from services.accounts.settings import Settings
from services.accounts.signing import tokens
from services.accounts.staff import rules as staff
from services.chassis import clock
from services.chassis.bus import outbox
from services.chassis.database import Database
from services.chassis.jobs import JobRunner
from services.chassis.resources import Resources, collect
from services.chassis.seal import KeyPair, Opener, generate_keypair
from services.chassis.settings import Secret
from services.chassis.sweeps import SweepRunner
from services.chassis.testing.processes import wait_until
from services.chassis.web.app import create_app
from tests.integration.accounts.accounts_stand import NEW_PASSWORD, verified
from tests.stand.migrated import migrate

CODE = "0113099841"
MOST_SECONDS = 20


@dataclass
class House:
    """What a test does to accounts, and what it sees of it."""

    database_url: str
    keys: KeyPair = field(default_factory=generate_keypair)
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.database = Database(self.database_url)
        migrate(self.database, Accounts.migrations)
        outbox.publish_as("accounts")
        self.resources = self.with_settings(**self.settings)
        self.opener = Opener(self.keys.private_key)
        self._seen = 0

    def with_settings(self, **settings: Any) -> Resources[Settings]:
        """The same database under other settings."""
        chosen = Settings(seal_public_key=Secret(self.keys.public_key), **settings)
        self.resources = Resources("accounts", chosen, self.database)
        app = create_app(self.resources, *BLUEPRINTS, verifier=tokens.verifier(self.resources))
        self.client: FlaskClient = app.test_client()
        return self.resources

    # ------------------------------------------------------------ verification tells

    def told(self, dossier_no: str = "261121-000001-8", **changes: Any) -> None:
        """identity_verified, handled."""
        with self.database.write() as session:
            handlers.identity_verified(session, IdentityVerified.load(verified(dossier_no, **changes)))

    def work(self) -> None:
        """Make the first passwords that are due."""
        runner = JobRunner(self.database, jobs.kinds(self.resources), service="accounts", poll_seconds=0.05)
        runner.start()
        pending = sa.select(sa.func.count()).select_from(Account).where(Account.status == "pending")
        try:
            assert wait_until(lambda: self.value(pending) == 0, MOST_SECONDS, interval_seconds=0.02)
        finally:
            runner.stop()

    def citizen(self, **changes: Any) -> str:
        """A person with an account; the first password."""
        self.told(**changes)
        self.work()
        return self.first_password()

    def settled(self, password: str = NEW_PASSWORD, **changes: Any) -> str:
        """A person who has changed the first password; the account's id. Signed in nowhere."""
        self.told(**changes)
        self.work()
        fact = self.facts("account_activated")[-1]
        self.give_password(fact["account_id"], password)
        return str(fact["account_id"])

    def give_password(self, account_id: str, password: str) -> None:
        hash_ = hashing.hash_password(password)
        with self.database.write() as session:
            found = session.scalars(sa.select(Account)).all()
            [account] = [one for one in found if str(one.id) == account_id]
            account.set_password(hash_)

    def staff(self, username: str, role: str, password: str = NEW_PASSWORD, **more: Any) -> str:
        """A member of staff; a token."""
        given = {"username": username, "role": role, "full_name": "Cán bộ", "phone": "+84912345678", "email": None}
        places = {"office": "01", "province": "01", "board": None}
        hash_ = hashing.hash_password(password)
        with self.database.write() as session:
            account = staff.add(session, given | places | more)
            staff.set_password(account, hash_)
        return str(self.sign_in(password, username).json["token"])

    def sweep(self) -> None:
        """One round of everything that is due."""
        sweeps = collect(self.resources, SWEEPS)
        runner = SweepRunner(self.database, sweeps)
        runner.start()

        def nothing_due() -> bool:
            with self.database.read() as session:
                return all(session.execute(each.due(clock.now())).first() is None for each in sweeps)

        try:
            assert wait_until(nothing_due, MOST_SECONDS, interval_seconds=0.02)
        finally:
            runner.stop()

    # ------------------------------------------------------------ people ask

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})
        return self.client.open(f"/accounts{path}", method=method, json=body, headers=headers, **options)

    def sign_in(self, password: str = NEW_PASSWORD, username: str = CODE, device_id: str = "phone-1", **options: Any) -> Any:
        body = {"username": username, "password": password, "device_id": device_id}
        return self.ask("POST", "/sessions", body, **options)

    def token(self, **options: Any) -> str:
        answer = self.sign_in(**options)
        assert answer.status_code == 201, answer.json
        return str(answer.json["token"])

    # ------------------------------------------------------------ what is told

    def facts(self, name: str | None = None) -> list[dict[str, Any]]:
        """Every fact so far, or those of a name, oldest first."""
        query = sa.select(outbox.outbox.c.fact, outbox.outbox.c.body).order_by(outbox.outbox.c.seq)
        with self.database.read() as session:
            return [json.loads(body) for fact, body in session.execute(query) if name in (None, fact)]

    def names(self) -> list[str]:
        with self.database.read() as session:
            return list(session.scalars(sa.select(outbox.outbox.c.fact).order_by(outbox.outbox.c.seq)))

    def code(self) -> str:
        """The code sent last."""
        fact = self.facts("otp_issued")[-1]
        return str(self.opener.open(fact["sealed_code"], f"otp:{fact['otp_id']}")["code"])

    def first_password(self) -> str:
        fact = self.facts("account_activated")[-1]
        context = f"first-password:{fact['account_id']}"
        return str(self.opener.open(fact["sealed_credential"], context)["password"])

    def value(self, query: Any) -> Any:
        with self.database.read() as session:
            return session.scalar(query)

    def accounts(self) -> list[Account]:
        with self.database.read() as session:
            return list(session.scalars(sa.select(Account).order_by(Account.created_at, Account.id)))


def other_than(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06d}"
