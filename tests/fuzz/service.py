"""The service that is shot at. It writes down what reached it before it handles it, and what it handled."""

import hashlib
import os
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from marshmallow import fields, validate

from services.chassis.bus.batch import Batch
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.bus.outbox import record
from services.chassis.database import ServiceSession
from services.chassis.facts import Fact, Reader, envelope, public, reads
from tests.integration.chassis.programs import desk

#: one line for each delivery: the body's digest, the id, both in hex; the id is "-" if there is none
SEEN_VARIABLE = "FUZZ_SEEN_FILE"


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:24]


class Shot(Reader, service="front", name="shot", version=1):
    """One field of each kind that is likely to be spoilt."""

    dossier_no: str = reads(fields.String(required=True))
    pages: int = reads(fields.Integer(), default=1)
    share: float = reads(fields.Float(), default=0.5)
    phone: str | None = reads(fields.String(allow_none=True, validate=validate.Regexp(r"\+84\d{9}$")), default=None)
    born: object = reads(fields.Date(), default=None)
    at: object = reads(fields.AwareDateTime(), default=None)
    email: str | None = reads(fields.Email(allow_none=True), default=None)
    marks: object = reads(fields.List(fields.Integer()), default=())
    scores: object = reads(fields.Dict(keys=fields.String(), values=fields.Decimal()), default=None)
    key: object = reads(fields.UUID(), default=None)
    span: object = reads(fields.TimeDelta(), default=None)
    kind: str = reads(fields.String(validate=validate.OneOf(["citizen", "guardian"])), default="citizen")


class Hit(Fact, name="hit", version=1, subject="dossier_no", example={"dossier_no": "1"}, needs_reader=False):
    """A shot was handled."""

    dossier_no: str = public(fields.String(required=True))


def take_hit(session: ServiceSession, fact: Shot) -> None:
    row = {"id": str(fact.envelope.id), "dossier_no": fact.dossier_no, "tries": 1, "envelope": "{}"}
    session.execute(sa.insert(desk.handled), row)
    record(session, Hit(dossier_no=fact.dossier_no), revision=fact.envelope.revision)


class Target:
    name = "target"
    migrations = desk.Desk.migrations
    publishes = (Hit,)
    reads: ClassVar = {Shot: take_hit}

    outbox = Outbox()

    @subscriber
    def read(self, batch: Batch) -> None:
        with Path(os.environ[SEEN_VARIABLE]).open("a", encoding="ascii") as file:
            file.writelines(f"{digest(bytes(message.body or b''))} {_id(message)}\n" for message in batch.messages)
        batch.run()


def _id(message: Any) -> str:
    try:
        return envelope.parse(message.headers, message.properties.get("message_id")).id.hex
    except Exception:
        return "-"
