"""Two services in a row for the tests: the desk reads `filed` of the front, the archive reads `taken_up` of the desk.

What the desk is to do with a fact stands in the fact, in `wish`:

    bug           fail, with a personal value in the error's text; with MENDED=1 all is well
    once          fail for a passing reason at the first try
    rounds:<n>    fail so for n rounds (each round: at once, and once more)
    always        fail so each time
    slow:<s>      take s seconds
    exit          raise SystemExit
"""

import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from marshmallow import fields, validate

from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.bus.outbox import record
from services.chassis.database import ServiceSession
from services.chassis.errors import Transient
from services.chassis.facts import Fact, Reader, private, public, reads

HERE = Path(__file__).parent

handled = sa.table("handled", *(sa.column(name) for name in ("seq", "id", "dossier_no", "tries", "envelope")))


class Filed(Reader, service="front", name="filed", version=1):
    dossier_no: str = reads(fields.String(required=True))
    full_name: str = reads(fields.String(required=True))
    wish: str = reads(fields.String(), default="")
    phone: str | None = reads(fields.String(validate=validate.Regexp(r"\+84\d{9}$")), default=None)
    pages: int = reads(fields.Integer(), default=1)


class Refiled(Reader, service="front", name="refiled", version=2):
    dossier_no: str = reads(fields.String(required=True))


class TakenUp(
    Fact,
    name="taken_up",
    version=1,
    subject="dossier_no",
    example={"dossier_no": "261121-000001", "full_name": "Nguyễn Thị Bích Ngọc"},
):
    """The desk has taken up a dossier."""

    dossier_no: str = public(fields.String(required=True))
    full_name: str = private(fields.String(required=True))


class Looked(
    Fact, name="looked", version=1, subject="dossier_no", example={"dossier_no": "261121-000001"}, needs_reader=False
):
    """Somebody looked at a dossier. Whoever is not there to hear it misses nothing."""

    dossier_no: str = public(fields.String(required=True))


class TakenUpForArchive(Reader, service="desk", name="taken_up", version=1):
    dossier_no: str = reads(fields.String(required=True))


_tries: Counter[Any] = Counter()


def take_up(session: ServiceSession, fact: Filed) -> None:
    _tries[fact.envelope.id] += 1
    tries = _tries[fact.envelope.id]
    _write_down(session, fact, tries)
    record(session, TakenUp(dossier_no=fact.dossier_no, full_name=fact.full_name), revision=fact.envelope.revision + 1)
    _fail_or_wait(fact, tries)


def _fail_or_wait(fact: Filed, tries: int) -> None:
    wish, _, number = fact.wish.partition(":")
    if wish == "bug" and os.environ.get("MENDED") != "1":
        raise LookupError(f"{fact.full_name} is not there")
    if wish == "once" and tries == 1:
        raise Transient("passing")
    if wish == "rounds" and _rounds(fact) < int(number):
        raise Transient("passing")
    if wish == "always":
        raise Transient("for ever")
    if wish == "slow":
        time.sleep(float(number))
    if wish == "exit":
        raise SystemExit(7)


_last_try: dict[Any, float] = {}
_round: Counter[Any] = Counter()


def _rounds(fact: Filed) -> int:
    """Rounds before this one: two tries with less than half a second between are of one round."""
    now = time.monotonic()
    last, _last_try[fact.envelope.id] = _last_try.get(fact.envelope.id), now
    if last is not None and now - last > 0.5:
        _round[fact.envelope.id] += 1
    return _round[fact.envelope.id]


def take_up_again(session: ServiceSession, fact: Refiled) -> None:
    _write_down(session, fact, 1)


def put_away(session: ServiceSession, fact: TakenUpForArchive) -> None:
    _write_down(session, fact, 1)


def _write_down(session: ServiceSession, fact: Any, tries: int) -> None:
    envelope = json.dumps(fact.envelope._asdict(), default=str)
    row = {"id": str(fact.envelope.id), "dossier_no": fact.dossier_no, "tries": tries, "envelope": envelope}
    session.execute(sa.insert(handled), row)


class Desk:
    name = "desk"
    migrations = HERE / "desk_migrations"
    publishes = (TakenUp, Looked)
    reads: ClassVar = {Filed: take_up, Refiled: take_up_again}
    subscribers: ClassVar = {"taken_up": ("archive",)}

    outbox = Outbox()

    @subscriber
    def read(self, batch: Batch) -> None:
        batch.run()


class Archive:
    name = "archive"
    migrations = HERE / "desk_migrations"
    publishes = ()
    reads: ClassVar = {TakenUpForArchive: put_away}

    @subscriber
    def read(self, batch: Batch) -> None:
        batch.run()
