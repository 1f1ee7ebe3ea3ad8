"""Personal data in kept facts and held messages go with the dossier's; what is on its way arrives whole. Both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import amqp
import pytest
import sqlalchemy as sa
import time_machine

from services.chassis import clock
from services.chassis.bus import erasure, held, new_epoch, outbox
from services.chassis.bus.fact_log import PUBLIC, fact_lanes, fact_log, fact_numbering
from services.chassis.bus.held import State, held_messages
from services.chassis.bus.log_store import LogStore
from services.chassis.bus.numbering import ERASED
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way
from services.chassis.bus.telling import Telling
from services.chassis.database import Database
from services.chassis.ids import uuid7
from services.registration.expiry.facts import DeclarationExpired
from tests.stand.migrated import migrate

NO = str(DeclarationExpired.example["dossier_no"])
LANE = Way("registration.to.verification", "declaration_submitted")
TELLING = Telling("registration", {"declaration_expired": ("notifications", "verification")})


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate(database)
    outbox.publish_as("registration")
    yield database
    database.dispose()


def tell(db: Database) -> None:
    with db.write() as session:
        outbox.record(session, DeclarationExpired.load(DeclarationExpired.example))


def number(db: Database) -> None:
    """Do what the relay does before it sends."""
    store = LogStore(db)
    store.number(store.recorded(100), store.open(TELLING.readers), TELLING)


def delivered(db: Database, reader: str, upto: int) -> None:
    with db.write() as session:
        session.execute(sa.update(fact_lanes).where(fact_lanes.c.reader == reader).values(position=upto, delivered=upto))


def bodies(db: Database) -> list[dict[str, Any]]:
    with db.read() as session:
        return [json.loads(body) for body in session.scalars(sa.select(fact_log.c.body).order_by(fact_log.c.number))]


def ask(db: Database) -> None:
    with db.write() as session:
        erasure.erase(session, NO, waiting=True)


def asked(db: Database) -> int:
    with db.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(erasure.fact_erasures)) or 0


def test_a_fact_keeps_its_person_until_its_last_reader_has_it_and_then_only_public_fields(db: Database) -> None:
    tell(db)
    number(db)
    ask(db)
    delivered(db, "verification", 1)
    erasure.carry_out(db, TELLING.readers)
    assert bodies(db)[0]["full_name"] == "Nguyễn Thành Biên"
    delivered(db, "notifications", 1)
    erasure.carry_out(db, TELLING.readers)
    assert "full_name" not in bodies(db)[0]
    assert bodies(db)[0]["dossier_no"] == NO
    with db.read() as session:
        assert session.scalar(sa.select(fact_log.c.erased)) is True


def test_a_fact_told_with_the_erasure_itself_goes_too_however_late_it_is_sent(db: Database) -> None:
    tell(db)
    ask(db)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        erasure.carry_out(db, TELLING.readers)
        assert asked(db) == 1, "the fact has not even been numbered"
        number(db)
        for reader in TELLING.readers:
            delivered(db, reader, 1)
        assert erasure.carry_out(db, TELLING.readers) == 1
    assert "full_name" not in bodies(db)[0]
    assert asked(db) == 0


def test_other_peoples_facts_stay(db: Database) -> None:
    tell(db)
    number(db)
    for reader in TELLING.readers:
        delivered(db, reader, 1)
    with db.write() as session:
        erasure.erase(session, "261121-000002-4", waiting=True)
    erasure.carry_out(db, TELLING.readers)
    assert bodies(db)[0]["full_name"] == "Nguyễn Thành Biên"


@pytest.mark.parametrize("state", list(State))
def test_what_is_held_about_it_is_emptied_and_a_replay_will_do_nothing(db: Database, state: State) -> None:
    headers = {"cloudEvents:id": str(uuid7()), "cloudEvents:type": "vn.vss.registration.declaration_submitted.v1"}
    message = amqp.Message(b'{"full_name": "Nguyen"}', application_headers=headers | {"cloudEvents:subject": NO})
    due = clock.now() if state is State.WAITING else None
    with db.write() as session:
        failure = held.failed(Reason.HANDLER_ERROR, "KeyError: 'Nguyen'", attempts=1, due_at=due)
        held.hold(session, uuid7(), message, LANE, failure)
    ask(db)
    with db.read() as session:
        row = session.execute(sa.select(held_messages)).one()._asdict()
    assert (bytes(row["body"]), row["error"], row["state"]) == (b"{}", "", state.value)
    again = held.message_of(row)
    assert again.headers[ERASED] == 1
    assert again.headers["cloudEvents:id"] == headers["cloudEvents:id"]


def test_waiting_messages_that_still_matter_stay(db: Database) -> None:
    message = amqp.Message(b"{}", application_headers={"cloudEvents:subject": NO})
    with db.write() as session:
        failure = held.failed(Reason.TRANSIENT, "", attempts=1, due_at=clock.now())
        held.hold(session, uuid7(), message, LANE, failure)
        erasure.erase(session, NO, waiting=False)
    with db.read() as session:
        assert ERASED not in str(session.scalar(sa.select(held_messages.c.headers)))


def test_a_new_epoch_numbers_what_was_not_delivered_again_in_its_order(db: Database) -> None:
    for _ in range(3):
        tell(db)
    number(db)
    with db.read() as session:
        ids = list(session.scalars(sa.select(fact_log.c.id).order_by(fact_log.c.number)))
    delivered(db, "notifications", 1)
    delivered(db, "verification", 3)
    delivered(db, PUBLIC, 3)
    tell(db)
    with db.write() as session:
        old = session.scalar(sa.select(fact_numbering.c.epoch))
        assert new_epoch.begin(session) == 3
    number(db)
    with db.read() as session:
        rows = session.execute(sa.select(fact_log).where(fact_log.c.epoch != old).order_by(fact_log.c.number)).all()
    assert [json.loads(row.numbers) for row in rows] == [{"notifications": n, "verification": n} for n in (1, 2, 3)]
    assert [row.id for row in rows][:2] == ids[1:]
