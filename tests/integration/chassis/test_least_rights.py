"""Services whose users at the broker have least rights: they run, reach each other, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pika
import pika.exceptions
import pytest
import sqlalchemy as sa
from pika.adapters.blocking_connection import BlockingChannel
from typer.testing import CliRunner

from playground.program import Program, service
from services.chassis.bus import outbox, rights
from services.chassis.cli import topology as cli
from services.chassis.database import Database
from services.chassis.testing import RabbitNode
from tests.faults.pipeline.intake import file_some
from tests.faults.pipeline.tables import metadata, replies
from tests.stand.place import eventually

REFERENCES = {"intake": "tests.faults.pipeline.intake:Intake", "office": "tests.faults.pipeline.office:Office"}
READS = {"intake": ("office", "case_opened"), "office": ("intake", "filed")}


class Town:
    """Both services, each with its own user, after an administrator has declared everything."""

    def __init__(self, rabbit: RabbitNode, amqp_uri: str, folder: Path) -> None:
        self.admin_uri = amqp_uri
        self._rabbit = rabbit
        self._vhost = pika.URLParameters(amqp_uri).virtual_host
        self.uris = {name: amqp_uri.replace("guest:guest", f"{name}:p") for name in REFERENCES}
        self.databases = {name: Database(f"sqlite:///{folder / name}.sqlite3") for name in REFERENCES}
        for name, database in self.databases.items():
            database.migrate()
            metadata.create_all(database.engine)
            patterns = ", ".join(
                f'<<"{pattern.replace(chr(92), chr(92) * 2)}">>' for pattern in rights.of_service(name, [READS[name]])[:3]
            )
            rabbit.evaluate(
                f'rabbit_auth_backend_internal:add_user(<<"{name}">>, <<"p">>, <<"tests">>), '
                f'rabbit_auth_backend_internal:set_permissions(<<"{name}">>, <<"{self._vhost}">>, {patterns}, <<"tests">>).'
            )
        self.programs: dict[str, Program] = {}
        self._folder = folder

    def declare(self) -> None:
        """As an administrator would, before a release."""
        done = CliRunner().invoke(cli.app, ["declare", *REFERENCES.values(), "--amqp-uri", self.admin_uri])
        assert done.exit_code == 0, done.output

    def start(self) -> None:
        for name, reference in REFERENCES.items():
            url = self.databases[name].url.render_as_string(hide_password=False)
            self.programs[name] = service(
                reference, folder=self._folder, amqp_uri=self.uris[name], database_url=url, FILING_TOTAL=0
            )
        for program in self.programs.values():
            program.ready()

    def file(self, count: int) -> None:
        """File dossiers up to so many, and see that each comes to the office and back."""
        outbox.publish_as("intake")
        file_some(self.databases["intake"], count, count)
        eventually(lambda: self.replies() == count, f"{count} replies", 40)

    def replies(self) -> int:
        with self.databases["intake"].read() as session:
            return session.execute(sa.select(sa.func.count()).select_from(replies)).scalar_one()

    def end(self) -> None:
        for program in self.programs.values():
            program.kill()
        for name, database in self.databases.items():
            database.dispose()
            self._rabbit.evaluate(f'rabbit_auth_backend_internal:delete_user(<<"{name}">>, <<"tests">>).')


@pytest.fixture
def town(rabbit: RabbitNode, amqp_uri: str, tmp_path: Path) -> Iterator[Town]:
    town = Town(rabbit.start(), amqp_uri, tmp_path)
    yield town
    town.end()


def test_services_start_publish_and_consume_and_are_refused_nothing_they_ask_for(town: Town) -> None:
    town.declare()
    town.start()
    town.file(20)
    for program in town.programs.values():
        assert "ACCESS_REFUSED" not in program.output
        assert not program.events("topology_differs")


def test_a_queue_that_was_lost_comes_back_with_an_administrator_and_no_fact_is_lost(town: Town) -> None:
    town.declare()
    town.start()
    office = town.programs["office"]
    office.until(lambda: bool(office.events("consumer_connected")), "connected")
    with pika.BlockingConnection(pika.URLParameters(town.admin_uri)) as connection:
        connection.channel().queue_delete("office.in.v1")
    office.until(partial(_says_who_can_make_it, office), "told who can make it anew")
    outbox.publish_as("intake")
    file_some(town.databases["intake"], 5, 5)
    assert town.replies() == 0
    town.declare()
    town.file(10)


def _says_who_can_make_it(program: Program) -> bool:
    return "vss topology declare" in program.output


def test_before_an_administrator_has_declared_a_service_starts_and_says_what_it_may_not_make(town: Town) -> None:
    town.start()
    for program in town.programs.values():
        program.until(partial(_says_who_can_make_it, program), "told who can make it")
    town.declare()
    town.file(5)


#: what a service would do that has fallen into the wrong hands
FORBIDDEN: dict[str, Callable[[BlockingChannel], object]] = {
    "speak for another on its lane": lambda channel: channel.basic_publish("office.to.intake", "case_opened", b"{}"),
    "speak for another to everybody": lambda channel: channel.basic_publish("office.events", "case_opened", b"{}"),
    "write into another's queue": lambda channel: channel.basic_publish("", "office.in.v1", b"{}"),
    "read another's queue": lambda channel: channel.basic_get("office.in.v1"),
    "copy what is told to another": lambda channel: channel.queue_bind("intake.in.v1", "office.to.others", "#"),
    "lead things into another's queue": lambda channel: channel.queue_bind("office.in.v1", "intake.to.office", "x"),
    "cut another off": lambda channel: channel.queue_unbind("office.in.v1", "intake.to.office", "#"),
    "delete another's queue": lambda channel: channel.queue_delete("office.in.v1"),
    "empty another's queue": lambda channel: channel.queue_purge("office.in.v1"),
    "delete the public stream": lambda channel: channel.queue_delete("public.stream"),
    "delete the public exchange": lambda channel: channel.exchange_delete("public.events"),
    "make another's exchange": lambda channel: channel.exchange_declare("office.to.others", "topic"),
    "make a queue of another name": lambda channel: channel.queue_declare("spy"),
}


def test_a_service_cannot_touch_what_is_anothers(town: Town) -> None:
    town.declare()
    with pika.BlockingConnection(pika.URLParameters(town.admin_uri)) as connection:
        connection.channel().exchange_declare("office.to.others", "topic")
    done = []
    with pika.BlockingConnection(pika.URLParameters(town.uris["intake"])) as connection:
        for what, act in FORBIDDEN.items():
            channel, refused = connection.channel(), False
            channel.confirm_delivery()
            try:
                act(channel)
            except pika.exceptions.ChannelClosedByBroker as error:
                refused = error.reply_text.startswith("ACCESS_REFUSED")
            if not refused:
                done.append(what)
    assert done == []
