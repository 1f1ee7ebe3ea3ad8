"""Who asks while the services are fuzzed: everybody there is, signed in for real and kept signed in.

A citizen, the guardian of a child, somebody with a first password, staff of every role and of another office; a disabled officer and
somebody who has signed out, whose tokens are still of the right form; and whoever has no token, or nonsense in its place.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.account import Account
from playground.citizen import Human, child_form
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
#: staff of the same roles elsewhere, by the name under which the figures count them
_ELSEWHERE = {
    "officer of another office": Post("officer", "01", "01"),
    "director of another office": Post("director", "01", "01"),
    "another board": Post("board", board="tckt"),
}
#: a token is good for 15 minutes
_RENEW_SECONDS = 300.0


@dataclass
class _Caller:
    account: Account
    password: str
    since: float
    #: None for a citizen
    post: Post | None = None


class Callers:
    """Tokens by role. Fuzzing signs people out and locks them; then they sign in anew, or somebody else comes."""

    def __init__(self, stage: Stage) -> None:
        self._place = stage
        self._callers: dict[str, _Caller] = {}
        self._hired = 0
        self._refused: set[str] = set()
        self.asked: Counter[str] = Counter()
        for name, whose in ({post.role: post for post in STAFF} | _ELSEWHERE).items():
            # Logins of their own: fuzzing signs them out, and the stage's own staff must go on preparing dossiers and complaints.
            post = whose._replace(login=f"fuzz.{whose.username}")
            self._callers[name] = _Caller(stage.signed_in(post), STAFF_PASSWORD, time.monotonic(), post)
        self._callers["citizen"] = self._citizen()
        self._callers["guardian"] = self._guardian()
        self._callers["newcomer"] = self._newcomer()
        self._gone = {"disabled officer": self._disabled(), "signed out": self._signed_out()}
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
            self.asked["anonymous"] += 1
            return {}
        if kind < 0.12:
            self.asked["nonsense"] += 1
            return {"Authorization": chosen.choice(["Bearer x", "Bearer ", "Basic dTpw", "Bearer " + "e" * 5000])}
        who = chosen.choice(sorted({*self._callers, *self._gone}))
        self.asked[who] += 1
        return {"Authorization": f"Bearer {self._gone.get(who) or self._token(who)}"}

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
            made = {"citizen": self._citizen, "guardian": self._guardian, "newcomer": self._newcomer}
            return self._another(caller.post) if caller.post else made[role]()
        return _Caller(caller.account, caller.password, time.monotonic(), caller.post)

    def _another(self, post: Post) -> _Caller:
        """A new colleague, made as the first one was, for the administrator may be locked too."""
        self._hired += 1
        username, phone = f"{post.role}.{self._hired}", f"+84902{self._hired:06d}"
        named = {"--name": "Cán bộ Kiểm Thử", "--phone": phone, "--role": post.role, "--office": post.office}
        named |= {"--province": post.province, "--board": post.board}
        options = [part for name, value in named.items() if value for part in (name, value)]
        self._place.system.vss(
            "accounts", "staff", "add", username, *options, "--password-stdin", stdin=STAFF_PASSWORD + "\n"
        )
        account = Account(self._place.web, username, self._place.staff_account(Post("admin")).inbox)
        account.signs_in_to_enrol(STAFF_PASSWORD, self._place.sheet_by_command(username))
        account.enrols_a_passkey()
        return _Caller(account, STAFF_PASSWORD, time.monotonic(), post)

    def _citizen(self, human: Human | None = None) -> _Caller:
        password = new_password()
        return _Caller(self._place.registered(human, password=password), password, time.monotonic())

    def _guardian(self) -> _Caller:
        """A citizen who has filed for their child: that child is in their hands."""
        parent, child = self._place.family()
        caller = self._citizen(parent)
        body = child_form(child, route="guardian", channel="app", guardian={"relationship": "father"})
        pictures = ("portrait", "birth_certificate")
        dossier = self._place.citizen(parent).files(body, pictures=pictures, token=caller.account.token)
        officer = self._place.staff("approver", "01")
        officer.until_here(dossier.no)
        officer.decides(dossier.no)
        dossier.until("activated")
        return caller

    def _newcomer(self) -> _Caller:
        """Somebody who has not changed the first password yet: good for nothing else (A3)."""
        citizen = self._place.citizen()
        self._place.staff("approver", "79").approves_at_the_counter(citizen.files().no)
        first = citizen.inbox.first_password()
        account = self._place.account(citizen.human)
        account.sign_in(first)
        return _Caller(account, first, time.monotonic())

    def _disabled(self) -> str:
        """The token of an officer who has been disabled since."""
        caller = self._another(Post("officer", "79", "79"))
        self._place.system.vss("accounts", "staff", "disable", caller.account.username, "--reason", "Nghỉ việc")
        return str(caller.account.token)

    def _signed_out(self) -> str:
        caller = self._citizen()
        token = str(caller.account.token)
        caller.account.signs_out()
        return token

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
