"""The service's application on a real database, with its jobs, sweeps and handlers at hand; only the bus is left out."""

import io
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from PIL import Image

from services.accounts import events as accounts
from services.chassis import clock
from services.chassis.bus import outbox
from services.chassis.database import Database
from services.chassis.facts.envelope import Envelope
from services.chassis.ids import uuid7
from services.chassis.jobs import JobRunner, State, counts
from services.chassis.resources import Resources, collect
from services.chassis.sweeps import SweepRunner
from services.chassis.testing.documents import MemoryDocuments
from services.chassis.testing.processes import wait_until
from services.chassis.web.app import create_app
from services.chassis.web.auth import InvalidToken, Principal
from services.registration import handlers
from services.registration.declarations.rules import Declaration
from services.registration.service import BLUEPRINTS, JOBS, SWEEPS, Registration
from services.registration.settings import Settings
from services.verification import events as verification
from tests.stand.migrated import migrate

PREFIX = "/registration/declarations"
FORM = {
    "kind": "register",
    "route": "portal",
    "channel": "web",
    "subject": {
        "full_name": "Nguyễn Thành Biên",
        "bhxh_code": "0113099841",
        "id_type": "cccd",
        "id_number": "111349876090",
        "date_of_birth": "1987-05-19",
    },
    "contact": {
        "phone": "0983 847 986",
        "email": "biennt@vss.gov.vn",
        "address": {
            "map": "before-2025-07",
            "province_code": "01",
            "district_code": "272",
            "ward_code": "09763",
            "text": "Thôn 4 Thụ Trai",
        },
        "person": "Nguyễn Thành Biên",
    },
    "guardian": None,
    "office_code": "01",
    "filing": "counter",
    "registered_at": "portal",
    "start_date": "2026-12-01",
}
CHILD = {
    "kind": "register",
    "route": "guardian",
    "channel": "app",
    "subject": {"full_name": "Lê Gia Bảo", "bhxh_code": "0122334455", "date_of_birth": "2019-03-01"},
    "contact": {"address": {"map": "2025", "province_code": "01", "ward_code": "00070"}},
    "guardian": {"full_name": "Lê Thị Lan", "relationship": "mother", "phone": "0912345678", "email": "lan@example.com"},
    "office_code": "01",
    "filing": "counter",
    "registered_at": "portal",
}
_FACTS = {fact.fact_name: fact for fact in (*verification.FACTS, *accounts.FACTS)}
_READERS = {reader.fact_name: reader for reader in handlers.HANDLERS}


def picture(kind="JPEG", size=(60, 40), colour="navy"):
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, kind)
    return target.getvalue()


def merged(base, changes):
    """`base` with `changes` put into it, level by level."""
    found = dict(base)
    for key, value in changes.items():
        found[key] = merged(found[key], value) if isinstance(value, dict) and isinstance(found.get(key), dict) else value
    return found


def tokens(text):
    """A token is `role:id` here; `office` is always 79."""
    role, _, id_ = text.partition(":")
    if not id_:
        raise InvalidToken("no")
    return Principal(id_, role, {"sub": id_, "role": role, "office": "79"})


class Desk:
    """Registration without its bus."""

    def __init__(self, database_url, **settings):
        outbox.publish_as("registration")
        self.db = Database(database_url)
        migrate(self.db, Registration.migrations)
        self.documents = MemoryDocuments()
        self.resources = Resources("registration", Settings(**settings), self.db)
        self.resources.__dict__["documents"] = self.documents
        self.app = create_app(self.resources, *BLUEPRINTS, verifier=tokens)
        self.client = self.app.test_client()

    # ------------------------------------------------------------ people

    def post(self, form=FORM, *, token=None, key=None, **changes):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        return self.client.post(PREFIX, json=merged(form, changes), headers=headers)

    def create(self, form=FORM, *, token=None, **changes):
        answer = self.post(form, token=token, **changes)
        assert answer.status_code == 201, answer.text
        return SimpleNamespace(no=answer.json["dossier_no"], code=answer.json["tracking_code"])

    def ask(self, method, dossier, path="", *, token=None, code=None, **kwargs):
        headers = kwargs.pop("headers", {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        elif code or code is None:
            headers["X-Tracking-Code"] = code or dossier.code
        return self.client.open(f"{PREFIX}/{dossier.no}{path}", method=method, headers=headers, **kwargs)

    def submit(self, dossier, **kwargs):
        return self.ask("POST", dossier, "/submit", json={"commitment": True}, **kwargs)

    def submitted(self, form=FORM, *, token=None, **changes):
        dossier = self.create(form, token=token, **changes)
        answer = self.submit(dossier)
        assert answer.status_code == 202, answer.text
        return dossier

    def put(self, dossier, kind="portrait", content=None, content_type="image/jpeg", **kwargs):
        return self.ask(
            "PUT",
            dossier,
            f"/attachments/{kind}",
            data=picture() if content is None else content,
            content_type=content_type,
            **kwargs,
        )

    def status(self, dossier, **kwargs):
        return self.ask("GET", dossier, **kwargs).json

    # ------------------------------------------------------------ what follows

    def facts(self, name=None):
        """What was recorded, oldest first: (fact, body, envelope)."""
        with self.db.read() as session:
            rows = session.execute(sa.select(outbox.outbox).order_by(outbox.outbox.c.seq)).all()
        return [
            SimpleNamespace(
                fact=row.fact, body=json.loads(row.body), public=row.public_body, headers=json.loads(row.headers)
            )
            for row in rows
            if name in (None, row.fact)
        ]

    def hear(self, name, dossier=None, *, revision=1, **changes):
        """Handle a fact of another service, as its example has it."""
        example = _FACTS[name].example if name in _FACTS else {}
        body = example | ({"dossier_no": dossier.no} if dossier else {}) | changes
        envelope = Envelope(
            id=uuid7(),
            source="/vss/x",
            type=f"vn.vss.x.{name}.v1",
            subject="",
            time="2026-11-21T08:00:00Z",
            revision=revision,
        )
        reader = _READERS[name]
        with self.db.write() as session:
            handlers.HANDLERS[reader](session, reader.read(body, envelope))

    def run_jobs(self):
        """Run all jobs that are due, to their end."""
        runner = JobRunner(self.db, collect(self.resources, JOBS), service="registration")
        runner.start()
        try:
            assert wait_until(lambda: not self._open_jobs(), 20)
        finally:
            runner.stop(10)

    def _open_jobs(self):
        with self.db.read() as session:
            found = counts(session)
        return sum(number for (_, state), number in found.items() if state in (State.WAITING, State.RUNNING))

    def sweep(self):
        """Run the sweeps until nothing is due."""
        sweeps = collect(self.resources, SWEEPS)
        runner = SweepRunner(self.db, sweeps)
        runner.start()
        try:
            assert wait_until(lambda: not self._anything_due(sweeps), 20)
        finally:
            runner.stop(10)

    def _anything_due(self, sweeps):
        with self.db.read() as session:
            return any(session.scalars(each.due(clock.now())).first() for each in sweeps)

    def row(self, dossier):
        with self.db.read() as session:
            return session.scalar(sa.select(Declaration).where(Declaration.dossier_no == dossier.no))

    def everything(self):
        """All that the tables hold, as text: to look for what must not be there."""
        with self.db.read() as session:
            tables = sa.inspect(self.db.engine).get_table_names()
            return {
                name: [repr(tuple(row)) for row in session.execute(sa.text(f'SELECT * FROM "{name}"'))] for name in tables
            }


@pytest.fixture
def form():
    """The guide's example, and a child's."""
    return SimpleNamespace(person=FORM, child=CHILD, merged=merged, picture=picture)


@pytest.fixture
def make_desk(database_url):
    """Makes a desk with settings; on both databases."""
    made = []

    def make(**settings):
        made.append(Desk(database_url, **settings))
        return made[-1]

    yield make
    for desk in made:
        desk.db.dispose()


@pytest.fixture
def desk(make_desk):
    return make_desk()


@pytest.fixture
def lite(tmp_path):
    """A desk on SQLite alone: for what never gets as far as the database."""
    made = Desk(f"sqlite:///{tmp_path / 'lite.sqlite3'}")
    yield made
    made.db.dispose()


@pytest.fixture
def later(tmp_path):
    """Moves the clock: later(days=8)."""
    file = tmp_path / "offset"

    def move(**how):
        clock.move_to(file, timedelta(**how).total_seconds())
        clock.use_offset_file(file)

    yield move
    clock.use_offset_file(None)
