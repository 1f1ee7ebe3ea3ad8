"""An intake where dossiers are handed in over HTTP. Each gets a stamp by a job and a reminder by a sweep."""

from typing import Any, ClassVar

import marshmallow as ma
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.chassis import jobs
from services.chassis.bus.background import Jobs, Sweeps
from services.chassis.bus.extensions import Outbox, subscriber
from services.chassis.bus.outbox import record
from services.chassis.facts import Reader
from services.chassis.jobs import Job, JobKind, Reason
from services.chassis.resources import Resources
from services.chassis.sweeps import Limit, Sweep
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.extension import Http
from tests.faults.pipeline.facts import DossierFiled, OpenedCase
from tests.faults.pipeline.intake import note_case
from tests.faults.pipeline.tables import dossiers, reminders, stamps

_TRIES = 3


class Dossier(ma.Schema):
    number = ma.fields.Integer(required=True)
    full_name = ma.fields.String(required=True)


def blueprints(resources: Resources[Any]) -> list[Blueprint]:
    api = Blueprint("dossiers", url_prefix="/dossiers")

    @api.route("", methods=["POST"])
    @api.arguments(Dossier)
    @api.idempotent
    @api.response(201)
    def hand_in(data: dict[str, Any], session: Session) -> dict[str, Any]:
        """Hand in a dossier"""
        dossier_no = f"D-{data['number']}"
        session.execute(sa.insert(dossiers).values(number=data["number"], dossier_no=dossier_no))
        session.execute(sa.insert(reminders).values(dossier_no=dossier_no, reminded=0))
        record(session, DossierFiled(dossier_no=dossier_no, number=data["number"], full_name=data["full_name"]))
        jobs.add(session, "stamp", {"number": data["number"]}, key=dossier_no)
        return {"dossier_no": dossier_no}

    @api.route("/<int:number>")
    @api.response(200)
    def look(number: int) -> dict[str, Any]:
        """Look at a dossier"""
        with resources.db.read() as session:
            query = sa.select(dossiers.c.dossier_no).where(dossiers.c.number == number)
            return {"dossier_no": session.scalar(query)}

    return [api]


def kinds(resources: Resources[Any]) -> list[JobKind]:
    def call(job: Job) -> str | None:
        with resources.db.read() as session:
            query = sa.select(dossiers.c.dossier_no).where(dossiers.c.number == job.payload["number"])
            return session.scalar(query)

    def done(session: Session, _job: Job, dossier_no: str) -> None:
        session.execute(sa.insert(stamps).values(dossier_no=dossier_no))

    def given_up(_session: Session, _job: Job, _reason: Reason) -> None:
        """The row says so."""

    return [JobKind("stamp", call, done, given_up, max_attempts=_TRIES, first_delay_seconds=0.2, longest_delay_seconds=1)]


def sweeps(_resources: Resources[Any]) -> list[Sweep]:
    def remind(session: Session, dossier_no: str) -> None:
        once_more = sa.update(reminders).where(reminders.c.dossier_no == dossier_no)
        session.execute(once_more.values(reminded=reminders.c.reminded + 1))

    def due(_now: Any) -> sa.Select[Any]:
        return sa.select(reminders.c.dossier_no).where(reminders.c.reminded == 0)

    return [Sweep("remind", due, remind, limit=Limit.NONE, every_seconds=0.5)]


class Counter:
    """The producer."""

    name = "intake"
    publishes = (DossierFiled,)
    reads: ClassVar[dict[type[Reader], Any]] = {OpenedCase: note_case}
    subscribers: ClassVar = {"dossier_filed": ("office",)}

    outbox = Outbox()
    jobs = Jobs(kinds)
    sweeps = Sweeps(sweeps)
    http = Http(blueprints)

    @subscriber
    def read(self, batch: Any) -> None:
        batch.run()
