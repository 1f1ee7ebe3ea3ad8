"""Populate a running system: citizens whom HGĐ knows, children, strangers, and staff of several offices."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from deploy.sandbox import population
from playground.account import Account
from playground.citizen import Citizen, Human
from playground.complaint import Complaint, Desk, complaint_of
from playground.inbox import Inbox
from playground.officer import Officer
from playground.program import ROOT
from playground.system import SANDBOX, System, new_password
from playground.web import Web
from services.chassis import clock
from services.chassis.calendar import VIETNAM, Calendar, day_in_vietnam

_RESPONSIBLE = ROOT / "services/feedback/data/responsible.csv"
#: a dozen local offices, marked as the demonstration's
LOCAL_OFFICES = ROOT / "playground/offices.csv"
#: service → the command that keeps its list of offices
OFFICE_LISTS = {"registration": ("offices",), "feedback": ("complaints", "offices"), "accounts": ("staff", "offices")}
_TOKEN_SECONDS = 300.0
_MORNING_HOUR = 10
GUIDES_EMAIL = "biennt@vss.gov.vn"
STAFF_PASSWORD = "Phúc-Thọ-272-Hà-Nội-2026!"  # noqa: S105  # for test accounts on this machine only


class Post(NamedTuple):
    """A member of staff: role and place, and optionally their own login, name, phone and e-mail address."""

    role: str
    office: str = ""
    province: str = ""
    board: str = ""
    login: str = ""
    full_name: str = "Cán bộ Kiểm Thử"
    phone: str = ""
    email: str = ""

    @property
    def username(self) -> str:
        return self.login or ".".join(part for part in (self.role, self.office.lower() or self.board) if part)

    @property
    def place(self) -> dict[str, str]:
        """Return office, province and board, those that are set."""
        named = {"office": self.office, "province": self.province, "board": self.board}
        return {name: value for name, value in named.items() if value}


ADMIN = Post("admin")
CLERK = Post("support")


class Stage:
    """One system and the people already used in it: every test gets new people."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.web = web_of(system)
        self._adults, self._families = _adults(), _families()
        self._strangers = 0
        self._staff: dict[Post, tuple[Account, str]] = {}
        self._signed_in_at: dict[Post, float] = {}
        self._registered: dict[str, Citizen] = {}
        self._accounts: dict[str, Account] = {}
        self._mailboxes: dict[tuple[str, str], str] = {}

    def begin_in_the_morning(self) -> None:
        """Move the clock to the next 10:00 in Vietnam, so that quiet hours delay nothing, whenever the tests run."""
        now = clock.now().astimezone(VIETNAM) + timedelta(seconds=self.system.offset_seconds)
        morning = now.replace(hour=_MORNING_HOUR, minute=0, second=0, microsecond=0)
        if morning < now:
            morning += timedelta(days=1)
        self.system.move_clock(seconds=(morning - now).total_seconds())

    def passes(self, **time_passed: float) -> None:
        """Move the clock forward (`days=8, minutes=1`); staff sign in again."""
        self.system.move_clock(seconds=timedelta(**time_passed).total_seconds())
        self._signed_in_at.clear()

    def passes_to(self, moment: datetime) -> None:
        """Move the clock forward to this moment, and a second on, since processes read it only now and then."""
        self.passes(seconds=(moment - self.now).total_seconds() + 1)

    def passes_working_days(self, count: int) -> None:
        """Move the clock forward to this hour of the ``count``-th working day from now, whatever weekends and holidays lie between."""
        today = day_in_vietnam(self.now)
        self.passes(days=(Calendar().after(today, count) - today).days)

    @property
    def now(self) -> datetime:
        """Return the current time of the system."""
        return clock.now() + timedelta(seconds=self.system.offset_seconds)

    def imports_local_offices(self) -> None:
        """Import the demonstration's local offices, one file, into every service that has a list of them (docs/offices.md)."""
        for service, words in OFFICE_LISTS.items():
            self.system.vss(service, *words, "import", str(LOCAL_OFFICES))

    # People

    def human(self) -> Human:
        """Return an adult whom HGĐ knows, not used before."""
        return next(self._adults)

    def guides_example(self) -> Human:
        """Return the person of the guide's own example, who has e-mail."""
        return replace(human_of(population.people()[0]), email=GUIDES_EMAIL)

    def family(self) -> tuple[Human, Human]:
        """Return a parent and a child under 18 whom HGĐ knows; the child's phone is the parent's."""
        return next(self._families)

    def guides_family(self) -> tuple[Human, Human]:
        """Return the person of the guide's example and the child, whose phone is the parent's."""
        parent = population.people()[0]
        child = population.find(parent.parent_of[0])
        if child is None:
            raise LookupError("the example has no child")
        return self.guides_example(), human_of(child)

    def stranger(self) -> Human:
        """Return a person whose code HGĐ does not know."""
        self._strangers += 1
        number = self._strangers
        return Human(f"99{number:08d}", "Trần Thị Người Lạ", "1990-02-03", f"+8497{number:07d}")

    def citizen(self, human: Human | None = None) -> Citizen:
        return Citizen(self.web, human or self.human())

    def account(self, human: Human, device: str | None = None) -> Account:
        """Return the account of a citizen, not signed in yet."""
        return Account(self.web, human.bhxh_code, Inbox(self.web, human.phone), device)

    def account_of(self, account: Account, inbox: Inbox | None = None) -> Account:
        """Return the same account on another device (and optionally another phone)."""
        return Account(self.web, account.username, inbox or account.inbox)

    def registered(self, human: Human | None = None, password: str | None = None) -> Account:
        """Register a citizen up to an account with their own password, signed in, and return it."""
        citizen = self.citizen(human)
        dossier = citizen.files()
        self.staff("approver", "79").approves_at_the_counter(dossier.no)
        first = citizen.inbox.first_password()
        account = self.account(citizen.human)
        account.sign_in(first)
        account.changes_password(first, password or new_password())
        self._registered[account.username] = citizen
        return account

    def remember(self, account: Account) -> None:
        """Keep a signed-in account for a later chapter."""
        self._accounts[account.username] = account

    def remembered(self, human: Human) -> Account:
        """Return the account kept by `remember`."""
        return self._accounts[human.bhxh_code]

    def citizen_of(self, account: Account) -> Citizen:
        """Return the citizen whose account it is."""
        return self._registered[account.username]

    # Staff

    def staff(self, role: str, office: str = "", province: str | None = None, board: str = "") -> Officer:
        """Return a member of staff, created on first use, with a valid token."""
        return self.officer(self._post(role, office, province, board))

    def desk(self, role: str, office: str = "", board: str = "") -> Desk:
        """Return a member of staff at the complaints desk."""
        return self.desk_of(self._post(role, office, board=board))

    def officer(self, post: Post) -> Officer:
        """Return a member of staff at verification's console."""
        return Officer(self.web, self._token_of(post), post.office, post.role)

    def desk_of(self, post: Post) -> Desk:
        """Return a member of staff at the complaints desk."""
        return Desk(self.web, self._token_of(post))

    def _token_of(self, post: Post) -> str:
        token = self.signed_in(post).token
        assert token is not None
        return token

    def signed_in_staff(self, role: str, office: str = "", province: str | None = None, board: str = "") -> Account:
        """Return their account, signed in."""
        return self.signed_in(self._post(role, office, province, board))

    @staticmethod
    def _post(role: str, office: str = "", province: str | None = None, board: str = "") -> Post:
        return Post(role, office, office if province is None else province, board)

    def signed_in(self, post: Post) -> Account:
        """Return the account of a member of staff, recently signed in."""
        account = self.staff_account(post)
        if time.monotonic() - self._signed_in_at.get(post, float("-inf")) > _TOKEN_SECONDS:
            account.sign_in(self._staff[post][1])
            self._signed_in_at[post] = time.monotonic()
        return account

    def staff_account(self, post: Post) -> Account:
        """Return the account of a member of staff, created by the administrator, who has begun with a sheet and has a passkey."""
        if post not in self._staff:
            phone = post.phone or f"+84901{len(self._staff) + 1:06d}"
            account = Account(self.web, post.username, Inbox(self.web, phone))
            if post.role == ADMIN.role:
                account.signs_in_to_enrol(STAFF_PASSWORD, self._make_admin(post, phone))
            else:
                account.begins_with_a_sheet(STAFF_PASSWORD, self._hire(post, phone))
            account.enrols_a_passkey()
            self._signed_in_at[post] = time.monotonic()
            self._staff[post] = (account, STAFF_PASSWORD)
        return self._staff[post][0]

    def _make_admin(self, post: Post, phone: str) -> str:
        """Add the first administrator by `vss staff add`, with the password on stdin; return the code of their sheet."""
        named = ["--name", "Quản trị hệ thống", "--phone", phone, "--role", post.role]
        self.system.vss("accounts", "staff", "add", post.username, *named, "--password-stdin", stdin=STAFF_PASSWORD + "\n")
        return self.sheet_by_command(post.username)

    def sheet_by_command(self, username: str) -> str:
        """Print a first-sign-in sheet by `vss staff sheet`; return its code."""
        return str(json.loads(self.system.vss("accounts", "staff", "sheet", username, "--json"))["code"])

    def _hire(self, post: Post, phone: str) -> str:
        """Add a member of staff; return the code of the sheet that the administrator prints."""
        body = {
            "username": post.username,
            "full_name": post.full_name,
            "phone": phone,
            "role": post.role,
            "reason": "Phân công của đơn vị",
        } | post.place
        if post.email:
            body["email"] = post.email
        admin = self.signed_in(ADMIN)
        made = self.web.call("POST", "/accounts/staff", token=admin.token, json=body, expect=201)
        reason = {"reason": "Cán bộ mới"}
        sheet = self.web.call("POST", f"/accounts/staff/{made['id']}/sheet", token=admin.token, json=reason, expect=201)
        return str(sheet["code"])

    # Complaints

    def complains(
        self, human: Human | None, channel: str = "web", office: str = "79", clerk: Post = CLERK, **changes: Any
    ) -> Complaint:
        """File a complaint without an account, anonymously without `human`; by phone, a hotline clerk files it."""
        token = self.desk_of(clerk).token if channel in ("hotline", "email") else None
        return Complaint.file(self.web, complaint_of(human, channel, office, **changes), token)

    def mailbox_of(self, kind: str, code: str) -> Inbox:
        """Return the mailbox of a province's director or a board, as in the shipped list."""
        if not self._mailboxes:
            with _RESPONSIBLE.open(encoding="utf-8", newline="") as lines:
                self._mailboxes = {(row["kind"], row["code"]): row["email"] for row in csv.DictReader(lines)}
        return Inbox(self.web, self._mailboxes[kind, code])

    # Outside systems

    def directory_learns(self, human: Human, **record: Any) -> None:
        """Have HGĐ issue a code to a person, or keep another `record` of them (`date_of_birth="1959"`)."""
        known = {"full_name": human.full_name, "date_of_birth": human.date_of_birth} | record
        self.web.call("PUT", f"/hgd/people/{human.bhxh_code}", json=known, expect=(200, 201, 204))

    def directory_is(self, mode: str) -> None:
        """Set HGĐ's fault: `none`, `slow`, `error` or `unreachable`."""
        self.web.call("PUT", "/hgd/faults", json={"mode": mode}, expect=(200, 204))


def web_of(system: System) -> Web:
    """Return a client of every service and of the sandbox."""
    sandbox = system.url(SANDBOX)
    return Web({**{name: system.url(name) for name in system.services}, "hgd": sandbox, "inbox": sandbox})


def human_of(person: population.Person) -> Human:
    """Return a person of the sandbox as they fill in Form 01."""
    phone = f"+84{person.phone.removeprefix('0')}"
    return Human(person.bhxh_code, person.full_name, person.date_of_birth.isoformat(), phone)


def _adults() -> Iterator[Human]:
    for person in population.people():
        if not person.is_child and not person.parent_of:
            yield human_of(person)


def _families() -> Iterator[tuple[Human, Human]]:
    """Yield one child of each family with its first parent, whose phone it shares."""
    met: set[str] = set()
    for child in population.children():
        parent = population.parents(child)[0]
        if parent.bhxh_code not in met:
            met.add(parent.bhxh_code)
            yield human_of(parent), human_of(child)
