"""What the tests of verification stand on: a database, the handlers, the API with tokens anybody may forge, a fake HGĐ."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from PIL import Image

from services.chassis import clock
from services.chassis.database import ServiceSession
from services.chassis.ids import uuid7
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.jobs.table import jobs as job_table
from services.chassis.web.auth import InvalidToken, Principal, Verifier
from services.registration.events import DeclarationSubmitted
from services.verification.cases.rules import Case
from services.verification.decisions.jobs import advise, look_up
from services.verification.decisions.rules import ADVISE, LOOK_UP
from services.verification.directory.births import Birth
from services.verification.directory.port import Answer
from services.verification.history.rules import Entry
from services.verification.service import BLUEPRINTS, SWEEPS, Verification
from tests.stand import desk
from tests.stand.tokens import with_second_factor

NAME, CODE = "Nguyễn Thành Biên", "0113099841"
#: as the form and HGĐ say
BORN = Birth.exact(date(1987, 5, 19))


def dossier_no(number: int = 1) -> str:
    """A number with its right check digit."""
    digits = f"261121{number:06d}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return f"{digits[:6]}-{digits[6:]}-{-total % 10}"


NO = dossier_no()


def submitted(no: str = NO, **changes: Any) -> dict[str, Any]:
    """`declaration_submitted` as registration tells it, submitted now; nested changes as `subject={"full_name": …}`."""
    now = clock.now()
    data: dict[str, Any] = json.loads(json.dumps(DeclarationSubmitted.example)) | {
        "dossier_no": no,
        "submitted_at": now.isoformat(),
        "expires_at": (now + timedelta(days=10)).isoformat(),
        "attachments": [],
    }
    for name, value in changes.items():
        data[name] = data[name] | value if isinstance(data.get(name), dict) and isinstance(value, dict) else value
    DeclarationSubmitted.load(data)
    return data


def attachment(kind: str, mark: str = "a") -> dict[str, Any]:
    """A document by claim check; each kind has its own content."""
    return {
        "kind": kind,
        "document_id": f"{mark * 32}-{mark * 32}",
        "sha256": mark + hashlib.sha256(kind.encode()).hexdigest()[1:],
        "content_type": "application/pdf" if kind == "form_pdf" else "image/jpeg",
        "size": 1000,
    }


GUARDIAN = {
    "account_id": "019aa5b5-c0de-7000-a000-00000000000a",
    "full_name": NAME,
    "relationship": "father",
    "phone": "+84983847986",
    "email": None,
}
CHILD = {
    "full_name": "Nguyễn Minh An",
    "bhxh_code": "0125123456",
    "id_type": None,
    "id_number": None,
    "date_of_birth": "2019-03-02",
}


PARENT = {
    "full_name": "Lê Thị Lan",
    "id_type": "cccd",
    "id_number": "001190004321",
    "relationship": "mother",
    "phone": "+84912345678",
}


def child(no: str, *, pictures: Sequence[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """A child's declaration, filed by the guardian (V9), with both pictures unless others are given."""
    if pictures is None:
        pictures = [attachment("portrait"), attachment("birth_certificate")]
    base = {"route": "guardian", "expires_at": None, "guardian": GUARDIAN, "subject": CHILD, "attachments": pictures}
    return submitted(no, **base | changes)


#: one paper, one picture (V3)
COLOURS = {
    "id_front": "red", "id_back": "green", "portrait": "blue", "signed_form": "white", "birth_certificate": "yellow"
}  # fmt: skip


def picture(colour: str = "white", kind: str = "JPEG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(target, kind)
    return target.getvalue()


def _tokens(token: str) -> Principal:
    """`role:account:office`, in the province of the office's first two digits; an empty office is a token without one."""
    role, _, rest = token.partition(":")
    account, _, office = rest.partition(":")
    if not account:
        raise InvalidToken("no token of these tests")
    claims = {"sub": account, "role": role} | with_second_factor()
    return Principal(account, role, claims | ({"office": office, "province": office[:2]} if office else {}))


@dataclass
class FakeDirectory:
    """HGĐ in memory. `fail_with` is raised while it is set."""

    people: dict[str, Answer] = field(default_factory=lambda: {CODE: Answer(found=True, full_name=NAME, birth=BORN)})
    fail_with: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def look_up(self, bhxh_code: str, *, timeout_seconds: float) -> Answer:
        self.asked.append(bhxh_code)
        if self.fail_with is not None:
            raise self.fail_with
        return self.people.get(bhxh_code, Answer(found=False))


class Desk(desk.Desk):
    """The service without bus and processes."""

    service, blueprints, sweeps = Verification, BLUEPRINTS, SWEEPS

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.hgd = FakeDirectory()
        self._revision = 0

    def verifier(self) -> Verifier:
        return _tokens

    # what other services tell

    def tell(self, name: str, data: dict[str, Any], *, revision: int | None = None) -> None:
        """Handle a message of another service, newer than the one before unless `revision` says otherwise."""
        self._revision += 1
        self.handle(self.reader(name), data, revision=revision or self._revision)

    def submit(self, no: str = NO, **changes: Any) -> str:
        self.tell("declaration_submitted", submitted(no, **changes))
        return no

    def submit_child(self, no: str = NO, **changes: Any) -> str:
        self.tell("declaration_submitted", child(no, **changes))
        return no

    def add(self, no: str, kind: str, mark: str = "b", at: datetime | None = None) -> None:
        data = {"dossier_no": no, "attachment": attachment(kind, mark), "added_at": (at or clock.now()).isoformat()}
        self.tell("attachment_added", data)

    def expire(self, no: str = NO) -> None:
        self.tell("declaration_expired", {"dossier_no": no, "expired_at": clock.now().isoformat()})

    def withdraw(self, no: str = NO) -> None:
        self.tell("declaration_withdrawn", {"dossier_no": no, "withdrawn_at": clock.now().isoformat()})

    def account(self, account_id: str, no: str, *, revision: int | None = None) -> None:
        """The account opened by this dossier."""
        case = self.case(no)
        told = {
            "bhxh_code": case["subject"]["bhxh_code"],
            "full_name": case["subject"]["full_name"],
            "contact": case["contact"],
        }
        data = {"account_id": account_id, "dossier_no": no, "activated_at": clock.now().isoformat()} | told
        self.tell("account_activated", data, revision=revision)

    # what officers do

    def ask(self, method: str, path: str, who: str | None = "approver:lan:79", **options: Any) -> Any:
        return self.open(method, f"/cases{path}", token=who, **options)

    def check_clocks(self) -> None:
        """Every step that changed status or papers has started or stopped the legal clock (N11)."""
        with self.db.read() as session:
            for case in session.scalars(sa.select(Case)).all():
                stored = (case.clock_started_at, case.due_at, case.alert_at, case.alert_level)
                case.set_clock()
                assert (case.clock_started_at, case.due_at, case.alert_at, case.alert_level) == stored, case.status
            session.expunge_all()

    def case(self, no: str = NO, who: str = "officer:watcher:01") -> Any:
        self.check_clocks()  # before it is shown, which takes stock
        answer = self.ask("GET", f"/{no}", who, headers={"X-Purpose": "Kiểm tra hồ sơ".encode().decode("latin-1")})
        assert answer.status_code == 200, answer.text
        return answer.json

    def put(self, kind: str, no: str = NO, who: str = "officer:mai:79", content: bytes | None = None) -> Any:
        return self.ask(
            "PUT", f"/{no}/attachments/{kind}", who, data=picture(COLOURS.get(kind, "white")) if content is None else content
        )

    def complete(self, no: str = NO, who: str = "approver:lan:79") -> None:
        """Everything that a `register` by portal needs (V3)."""
        assert self.ask("POST", f"/{no}/receive", who, json={"id_shown": True}).status_code == 200
        for kind in ("id_front", "id_back", "portrait", "signed_form"):
            assert self.put(kind, no, who).status_code == 200

    def decide(self, no: str = NO, who: str = "approver:lan:79", outcome: str = "valid", **data: Any) -> Any:
        """Decide; whoever filed at the portal has come before (V3)."""
        with self.db.read() as session:
            case = Case.of(session, no)
        if case is not None and (case.route, case.status) == ("portal", "new"):
            self.ask("POST", f"/{no}/receive", who, json={})
        return self.ask("POST", f"/{no}/decision", who, json={"outcome": outcome, **data})

    def see_id(self, no: str = NO, who: str = "approver:lan:79") -> Any:
        """The person comes and shows an ID: something to look at, so that most reasons may be given (V4)."""
        return self.ask("POST", f"/{no}/receive", who, json={"id_shown": True})

    def reject(self, no: str = NO, who: str = "approver:lan:79", **data: Any) -> Any:
        """A rejection for an ID that differs, of a person who has come."""
        if self.case(no)["status"] == "new":
            self.see_id(no, who)
        return self.decide(no, who, "invalid", **{"reason_code": "id_differs"} | data)

    def reasons(self, no: str = NO) -> set[str]:
        """The reasons that may be given now."""
        return {each["code"] for each in self.case(no)["reasons"] if each["available"]}

    # what happens by itself

    def advise(self) -> None:
        """HGĐ is asked about every dossier that has arrived."""
        self._settle(ADVISE, advise(self.resources, self.hgd))

    def look_up(self) -> None:
        """Make every HGĐ look-up that waits, and settle it, as the runner would."""
        self._settle(LOOK_UP, look_up(self.resources, self.hgd))

    def _settle(self, name: str, kind: JobKind) -> None:
        for job in self._jobs(name, attempt=1):
            result = kind.call(job)
            with self.db.write() as session:
                kind.done(session, job, result)
                self._end(session, job, "finished")

    def give_up(self) -> None:
        """All tries of the waiting look-ups are used up."""
        kind = look_up(self.resources, self.hgd)
        for job in self._jobs(LOOK_UP, attempt=9):
            with self.db.write() as session:
                kind.given_up(session, job, Reason("tries_used_up", None))
                self._end(session, job, "given_up")

    def _jobs(self, name: str, attempt: int) -> list[Job]:
        return [
            Job(
                id=row.id, kind=name, key=row.key, payload=json.loads(row.payload), attempt=attempt, may_have_run=False,
                added_at=row.added_at, correlation_id=row.correlation_id, causation_id=None, traceparent=None,
                last_error=None, token=uuid7(), deadline=float("inf"),
            )
            for row in self.waiting(name)
        ]  # fmt: skip

    def _end(self, session: ServiceSession, job: Job, state: str) -> None:
        session.execute(sa.update(job_table).where(job_table.c.id == job.id).values(state=state))

    def waiting(self, kind: str) -> list[Any]:
        with self.db.read() as session:
            query = sa.select(job_table).where(job_table.c.kind == kind, job_table.c.state == "waiting")
            return list(session.execute(query.order_by(job_table.c.id)).all())

    def approve(self, no: str = NO) -> None:
        """The whole way to `approved`."""
        self.complete(no)
        assert self.decide(no).status_code == 202
        self.look_up()
        assert self.case(no)["status"] == "approved"

    # what is to be seen

    def openapi(self) -> Any:
        return self.open("GET", "/openapi.json").json

    def told(self, name: str | None = None) -> list[dict[str, Any]]:
        """What was told, with the name, revision and public part of each as `_fact`, `_revision` and `_public`."""
        return [
            each.body | {"_fact": each.fact, "_revision": each.revision, "_public": each.public} for each in self.facts(name)
        ]

    def history(self, no: str = NO) -> list[Entry]:
        with self.db.read() as session:
            return list(session.scalars(sa.select(Entry).where(Entry.dossier_no == no).order_by(Entry.seq)))

    def actions(self, no: str = NO) -> list[str]:
        return [entry.action for entry in self.history(no) if entry.action not in ("viewed", "found")]
