"""Who asks while the services are fuzzed: a citizen and staff of every role, signed in for real and kept signed in."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.account import Account
from playground.stage import STAFF_PASSWORD, Post, Stage
from playground.system import new_password
from tests.fuzz.complaints import Complaints

STAFF = (
    Post("officer", "79", "79"),
    Post("approver", "79", "79"),
    Post("director", "79", "79"),
    Post("board", board="cntt"),
    Post("support"),
    Post("admin"),
)
#: a token is good for 15 minutes
_RENEW_SECONDS = 300.0


@dataclass
class _Caller:
    account: Account
    password: str
    since: float


class Callers:
    """Tokens by role. Fuzzing signs people out and locks them; then they sign in anew, or somebody else comes."""

    def __init__(self, stage: Stage) -> None:
        self._place = stage
        self._callers: dict[str, _Caller] = {}
        self._hired = 0
        self._refused: set[str] = set()
        for post in STAFF:
            account = stage.signed_in(post)
            self._callers[post.role] = _Caller(account, STAFF_PASSWORD, time.monotonic())
        self._callers["citizen"] = self._citizen()
        self.dossier_nos = [stage.citizen().files().no for _ in range(3)]
        for no in self.dossier_nos:
            stage.staff("approver", "79").until_here(no)
        self.drafts = [self._draft() for _ in range(3)]
        self.staff_ids = [self._colleague() for _ in range(3)]
        self.complaints = Complaints(stage)

    def headers(self, chosen: random.Random) -> dict[str, str]:
        """Somebody's token, mostly; now and then none, or what is no token."""
        kind = chosen.random()
        if kind < 0.06:
            return {}
        if kind < 0.12:
            return {"Authorization": chosen.choice(["Bearer x", "Bearer ", "Basic dTpw", "Bearer " + "e" * 5000])}
        return {"Authorization": f"Bearer {self._token(chosen.choice(sorted(self._callers)))}"}

    def draft(self, chosen: random.Random) -> tuple[str, str]:
        """A declaration that is not submitted yet, and its tracking code. Fuzzing discards some, so there are always new ones."""
        if chosen.random() < 0.02:
            self.drafts[chosen.randrange(len(self.drafts))] = self._draft()
        return chosen.choice(self.drafts)

    def _token(self, role: str) -> str:
        caller = self._callers[role]
        if time.monotonic() - caller.since > _RENEW_SECONDS or caller.account.token in self._refused:
            caller = self._callers[role] = self._anew(role, caller)
        return str(caller.account.token)

    def refused(self, headers: Mapping[str, Any]) -> None:
        """A request with these headers was answered 401: its token, if it was one, is not sent again."""
        self._refused.add(str(headers.get("Authorization", "")).removeprefix("Bearer "))

    def _anew(self, role: str, caller: _Caller) -> _Caller:
        try:
            caller.account.sign_in(caller.password)
        except AssertionError:  # locked, changed, disabled: all in a day's fuzzing
            return self._citizen() if role == "citizen" else self._another(role)
        return _Caller(caller.account, caller.password, time.monotonic())

    def _another(self, role: str) -> _Caller:
        """A new colleague, made as the first one was, for the administrator may be locked too."""
        self._hired += 1
        username, phone = f"{role}.{self._hired}", f"+84902{self._hired:06d}"
        post = next(post for post in STAFF if post.role == role)
        named = {"--name": "Cán bộ Kiểm Thử", "--phone": phone, "--role": role, "--office": post.office}
        named |= {"--province": post.province, "--board": post.board}
        options = [part for name, value in named.items() if value for part in (name, value)]
        self._place.system.vss(
            "accounts", "staff", "add", username, *options, "--password-stdin", stdin=STAFF_PASSWORD + "\n"
        )
        account = Account(self._place.web, username, self._place.staff_account(Post("admin")).inbox)
        account.signs_in_to_enrol(STAFF_PASSWORD, self._place.sheet_by_command(username))
        account.enrols_a_passkey()
        return _Caller(account, STAFF_PASSWORD, time.monotonic())

    def _citizen(self) -> _Caller:
        password = new_password()
        return _Caller(self._place.registered(password=password), password, time.monotonic())

    def _draft(self) -> tuple[str, str]:
        dossier = self._place.citizen().drafts()
        return dossier.no, str(dossier.tracking)

    def _colleague(self) -> str:
        self._hired += 1
        body: dict[str, Any] = {"username": f"dong.nghiep.{self._hired}", "full_name": "Cán bộ Đồng Nghiệp"}
        body |= {"phone": f"+84903{self._hired:06d}", "role": "officer", "office": "79", "province": "79", "reason": "fuzz"}
        made = self._place.web.call(
            "POST", "/accounts/staff", token=self._callers["admin"].account.token, json=body, expect=201
        )
        return str(made["id"])
