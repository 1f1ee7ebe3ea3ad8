"""A service with HTTP and nothing else, in a process of its own: `python web_service.py PORT DATABASE_URL [name=value…]`.

Prints one line `listening <port>`; SIGTERM stops it gracefully. Values are limits, such as `http_max_body_bytes=1000`.
"""

import eventlet

eventlet.monkey_patch()

# ruff: noqa: E402
import os
import signal
import sys
import threading
from typing import Any

import marshmallow as ma
import sqlalchemy as sa
from flask import Blueprint as PlainBlueprint
from flask import render_template_string
from nameko.containers import ServiceContainer

from services.chassis.database import Database, Instant
from services.chassis.errors import Transient
from services.chassis.observe import logs, trace
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings, setting
from services.chassis.uploads import DOCUMENTS
from services.chassis.web import idempotency, paging
from services.chassis.web.attachments import received, takes_file
from services.chassis.web.blueprint import Blueprint, accepts_up_to
from services.chassis.web.extension import Http
from services.chassis.web.fields import Moment
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources


class Settings(ChassisSettings):
    """With a bound for one view."""

    attachment_max_bytes: int = setting(default=5_000_000, help="largest file")
    attachment_max_pixels: int = setting(default=1_000_000, help="largest picture")


metadata = sa.MetaData()
notes = sa.Table(
    "note",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("full_name", sa.Text, nullable=False),
    sa.Column("at", Instant(), nullable=False),
)


class Contact(ma.Schema):
    phone = ma.fields.String(required=True, validate=ma.validate.Regexp(r"0\d{9}"))
    email = ma.fields.Email()


class Attachment(ma.Schema):
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(["portrait", "id"]))


class Note(ma.Schema):
    id = ma.fields.Integer(dump_only=True)
    full_name = ma.fields.String(required=True, validate=ma.validate.Length(1, 200))
    at = Moment(required=True)
    contact = ma.fields.Nested(Contact)
    attachments = ma.fields.List(ma.fields.Nested(Attachment))


class NoteQuery(paging.PageQuery):
    full_name = ma.fields.String()


api = Blueprint("notes", url_prefix="/notes", description="Notes")


@api.route("", methods=["POST"])
@api.arguments(Note)
@api.idempotent
@api.response(201, Note)
def create(data, session):
    """Take a note"""
    number = session.scalar(sa.insert(notes).values(full_name=data["full_name"], at=data["at"]).returning(notes.c.id))
    if data["full_name"] == "slow":
        eventlet.sleep(0.5)
    if data["full_name"] == "refused":
        raise Problem(409, "refused", vi="Không nhận.", en="Not taken.")
    return data | {"id": number}


@api.route("")
@api.arguments(NoteQuery, location="query")
@api.response(200, paging.page_of(Note))
def listing(query):
    """All notes"""
    with resources.db.read() as session:
        statement = sa.select(notes.c.id, notes.c.full_name, notes.c.at)
        if "full_name" in query:
            statement = statement.where(notes.c.full_name == query["full_name"])
        page = paging.fetch(session, statement, by=(notes.c.at, notes.c.id), query=query)
        return page | {"items": [dict(zip(("id", "full_name", "at"), row, strict=True)) for row in page["items"]]}


@api.route("/<int:number>/file", methods=["PUT"])
@api.response(200)
@accepts_up_to("attachment_max_bytes")
def put_file(number):
    """A body of bytes"""
    from flask import request

    return {"bytes": len(request.get_data())}


@api.route("/<int:number>/upload", methods=["PUT"])
@api.response(200)
@takes_file
def upload(number):
    """A picture or PDF"""
    with received(tuple(DOCUMENTS)) as document:
        return {"type": document.content_type}


@api.route("/slow")
@api.response(200)
def slow():
    """Half a second"""
    eventlet.sleep(0.5)
    return {"trace": trace.current()}


@api.route("/broken")
@api.response(200)
def broken():
    """A bug"""
    raise KeyError("Nguyễn Thị Lan 0912345678")


@api.route("/database-gone")
@api.response(200)
def gone():
    """An outage"""
    raise Transient("database: gone")


pages = PlainBlueprint("pages", __name__, url_prefix="/page")


@pages.get("/")
def page():
    return render_template_string('{% extends "chassis/base.html" %}{% block main %}<h1>Xin chào</h1>{% endblock %}')


class Notes:
    name = "notes"
    http = Http([api, pages])


def main(port, database_url, *limits):
    logs.configure("notes", "INFO")
    database = Database(database_url)
    with database.engine.begin() as connection:
        metadata.create_all(connection)
        idempotency.table.create(connection, checkfirst=True)
    values: dict[str, Any] = {name: int(value) for name, value in (limit.split("=") for limit in limits)}
    unwell = values.pop("unwell", 0)
    settings = Settings(**values)
    found = Resources("notes", settings, database)
    if unwell:
        found.health.add(
            "database" if unwell == 1 else "broker",
            lambda: "db.example:5432 does not answer. Start it, or correct DATABASE_URL.",
            critical=unwell == 1,
        )
    container = ServiceContainer(Notes, {"WEB_SERVER_ADDRESS": f"127.0.0.1:{port}", "resources": found})
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    container.start()
    server = next(iter(container.subextensions))
    print("listening", server.port, flush=True)
    while not stopping.wait(0.05):
        if container._died.ready():  # noqa: SLF001  # nameko 2.14.1 tells nobody else
            os._exit(1)
    container.stop()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
