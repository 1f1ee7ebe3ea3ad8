"""Accounts in this process: its handlers, its job, its HTTP, on a database of the test's own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playground.authenticator import SoftPasskey
from services.accounts import pages
from services.accounts.accounts.lookup import plain_user_name
from services.accounts.accounts.rules import Account
from services.accounts.factors.rules import Passkey
from services.accounts.passwords import hashing
from services.accounts.passwords import jobs as passwords_jobs
from services.accounts.readers import IdentityVerified
from services.accounts.service import BLUEPRINTS, SWEEPS, Accounts
from services.accounts.signing import tokens
from services.accounts.staff import rules as staff
from services.accounts.staff.rights import Grant
from services.chassis import clock
from services.chassis.seal import Opener, generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.settings import Secret
from services.chassis.web.auth import Verifier
from tests.integration.accounts.running import NEW_PASSWORD, verified
from tests.stand import desk

CODE = "0113099841"


class Desk(desk.Desk):
    """What a test does to accounts, and what it sees of it."""

    service, jobs, sweeps = Accounts, (passwords_jobs.kinds,), SWEEPS
    blueprints = (*BLUEPRINTS, pages.blueprints)

    def __init__(self, database_url: str) -> None:
        self.keys = generate_keypair()
        self.opener = Opener(self.keys.private_key)
        self.secrets_key = generate_key()
        #: of staff, by user name; `sign_in` shows it by itself
        self.passkeys: dict[str, SoftPasskey] = {}
        super().__init__(database_url)

    def configure(self, **settings: Any) -> None:
        given = {"seal_public_key": Secret(self.keys.public_key), "secrets_key": self.secrets_key} | settings
        super().configure(**given)

    def verifier(self) -> Verifier:
        return tokens.verifier(self.resources)

    # ------------------------------------------------------------ verification tells

    def told(self, dossier_no: str = "261121-000001-8", **changes: Any) -> None:
        """identity_verified, handled."""
        self.handle(IdentityVerified, verified(dossier_no, **changes))

    def citizen(self, **changes: Any) -> str:
        """A person with an account; the first password."""
        self.told(**changes)
        self.run_jobs()
        return self.first_password()

    def settled(self, password: str = NEW_PASSWORD, **changes: Any) -> str:
        """A person who has changed the first password; the account's id. Signed in nowhere."""
        self.told(**changes)
        self.run_jobs()
        fact = self.bodies("account_activated")[-1]
        self.give_password(fact["account_id"], password)
        return str(fact["account_id"])

    def give_password(self, account_id: str, password: str) -> None:
        hash_ = hashing.hash_password(password)
        with self.db.write() as session:
            found = session.scalars(sa.select(Account)).all()
            [account] = [one for one in found if str(one.id) == account_id]
            account.set_password(hash_)
            if account.is_staff and account.username not in self.passkeys:
                self.give_passkey(session, account)

    def staff(self, username: str, role: str, password: str = NEW_PASSWORD, **more: Any) -> str:
        """A member of staff with a passkey; a token."""
        given = {"username": username, "role": role, "full_name": "Cán bộ", "phone": "+84912345678", "email": None}
        places = {"office": "01", "province": "01", "board": None}
        hash_ = hashing.hash_password(password)
        with self.db.write() as session:
            account = staff.add(session, given | places | more, Grant("tests", "tests"))
            staff.set_password(account, hash_, Grant("vss:tester", "Thử nghiệm"))
            self.give_passkey(session, account)
        return str(self.sign_in(password, username).json["token"])

    def give_passkey(self, session: Session, account: Account) -> None:
        """Staff get a passkey without having enrolled one."""
        key = self.passkeys[account.username or ""] = SoftPasskey()
        row = {
            "credential_id": key.id,
            "public_key": key.public_key,
            "sign_count": 0,
            "name": "khóa",
            "created_at": clock.now(),
        }
        session.add(Passkey(account_id=account.id, **row))

    # ------------------------------------------------------------ people ask

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None, **options: Any) -> Any:
        return self.open(method, path, json=body, token=token, **options)

    def sign_in(self, password: str = NEW_PASSWORD, username: str = CODE, device_id: str = "phone-1", **options: Any) -> Any:
        """The answer to a password; of staff who have a passkey here, the answer to that."""
        answer, username = self.sign_in_alone(password, username, device_id, **options), plain_user_name(username)
        if username in self.passkeys and answer.status_code == 409 and "step" in answer.json:
            return self.prove(answer.json, username, **options)
        return answer

    def sign_in_alone(
        self, password: str = NEW_PASSWORD, username: str = CODE, device_id: str = "phone-1", **options: Any
    ) -> Any:
        """The answer to a password alone."""
        body = {"username": username, "password": password, "device_id": device_id}
        return self.ask("POST", "/sessions", body, **options)

    def prove(self, asked: dict[str, Any], username: str, path: str = "/sessions/second-factor", **options: Any) -> Any:
        """The answer to the passkey of this member of staff."""
        proof = {"step": asked["step"], "passkey": self.passkeys[username].get(asked["passkey"])}
        return self.ask("POST", path, proof, **options)

    def token(self, **options: Any) -> str:
        answer = self.sign_in(**options)
        assert answer.status_code == 201, answer.json
        return str(answer.json["token"])

    # ------------------------------------------------------------ what is told

    def bodies(self, name: str | None = None) -> list[dict[str, Any]]:
        """Every fact so far, or those of a name, oldest first."""
        return [each.body for each in self.facts(name)]

    def names(self) -> list[str]:
        return [each.fact for each in self.facts()]

    def code(self) -> str:
        """The code sent last."""
        fact = self.bodies("otp_issued")[-1]
        return str(self.opener.open(fact["sealed_code"], f"otp:{fact['otp_id']}")["code"])

    def first_password(self, fact: dict[str, Any] | None = None) -> str:
        """The password in a fact's box; that of the account activated last, if none is named."""
        fact = fact or self.bodies("account_activated")[-1]
        context = f"first-password:{fact['account_id']}"
        return str(self.opener.open(fact["sealed_credential"], context)["password"])

    def accounts(self) -> list[Account]:
        with self.db.read() as session:
            return list(session.scalars(sa.select(Account).order_by(Account.created_at, Account.id)))


def other_than(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06d}"
