"""Held messages that are due: claimed by one, tried alone after a crash, gone once handled; on both databases."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import amqp
import pytest
import sqlalchemy as sa
from marshmallow import fields
from prometheus_client import REGISTRY

from services.chassis import clock
from services.chassis.bus import held, inbox
from services.chassis.bus.batch import Batch, Work
from services.chassis.bus.held import held_messages
from services.chassis.bus.numbering import REMINDER
from services.chassis.bus.parking import Reason
from services.chassis.bus.reading import Reading
from services.chassis.bus.replay import replay_what_was_too_new
from services.chassis.bus.waiting import DueBatch
from services.chassis.database import Database, ServiceSession
from services.chassis.errors import Transient
from services.chassis.facts import Reader, reads
from services.chassis.sweeps import Guard
from tests.stand.messages import Message, filed
from tests.stand.migrated import migrate

DELAYS = (5, 30)
LATER = timedelta(minutes=1)


class Filed(Reader, service="front", name="filed", version=1):
    dossier_no: str = reads(fields.String(required=True))
    wish: str = reads(fields.String(), default="")


class Desk:
    """A service without a broker: what it has handled, and what is held."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.handled: list[str] = []
        self.work = Work("desk", database, Reading("desk", {Filed: self.handle}), DELAYS)

    def handle(self, _session: ServiceSession, fact: Filed) -> None:
        if fact.wish == "always":
            raise Transient("for ever")
        if fact.wish == "bug":
            raise LookupError("bug")
        self.handled.append(str(fact.envelope.id))

    def arrives(self, *messages: Message) -> None:
        Batch(self.work, [amqp_message(message) for message in messages]).run()

    def claim(self, limit: int = 200) -> list[dict[str, Any]]:
        with self.database.write() as session:
            return held.claim(session, limit, until=clock.now() + LATER)

    def round(self) -> list[str]:
        """Run what is due; the ids of the messages that were."""
        rows = self.claim()
        DueBatch(self.work, rows).run()
        return [row["message_id"] for row in rows]

    def rows(self) -> dict[str, dict[str, Any]]:
        with self.database.read() as session:
            return {row.message_id: row._asdict() for row in session.execute(sa.select(held_messages))}

    def make_due(self, **values: Any) -> None:
        with self.database.write() as session:
            session.execute(sa.update(held_messages).values(due_at=clock.now(), state="waiting", parked_at=None, **values))


def amqp_message(message: Message) -> amqp.Message:
    came = amqp.Message(message.body, application_headers=message.headers, message_id=message.id)
    came.delivery_info = {"exchange": message.exchange, "routing_key": message.routing_key}
    return came


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    database = Database(database_url)
    migrate(database)
    yield Desk(database)
    database.dispose()


def test_a_message_is_tried_at_its_time_and_not_before(desk: Desk) -> None:
    message, before = filed(1, "always"), clock.now()
    desk.arrives(message)
    (row,) = desk.rows().values()
    assert before + timedelta(seconds=5) <= row["due_at"] <= clock.now() + timedelta(seconds=5)
    assert desk.round() == []
    desk.make_due()
    before = clock.now()
    assert desk.round() == [message.id]
    (row,) = desk.rows().values()
    assert (row["state"], row["attempts"]) == ("waiting", 2)
    assert before + timedelta(seconds=30) <= row["due_at"] <= clock.now() + timedelta(seconds=30)
    desk.make_due()
    desk.round()
    (row,) = desk.rows().values()
    assert (row["state"], row["reason"], row["attempts"]) == ("parked", "retries_exhausted", 3)


def test_a_copy_of_a_fact_counts_as_a_duplicate_and_a_reminder_of_its_lane_does_not(desk: Desk) -> None:
    def duplicates() -> float:
        return REGISTRY.get_sample_value("vss_messages_total", {"service": "desk", "outcome": "duplicate"}) or 0.0

    before, message = duplicates(), filed(1)
    reminder = replace(message, headers=message.headers | {REMINDER: 1})
    desk.arrives(message, reminder)
    desk.arrives(reminder)
    assert (desk.handled, duplicates() - before) == ([message.id], 0)
    desk.arrives(message, message, reminder)
    assert (desk.handled, duplicates() - before) == ([message.id], 2)
    assert desk.rows() == {}


def test_a_parked_fact_of_a_newer_source_becomes_due_once_this_release_reads_it(desk: Desk) -> None:
    before = Work("desk", desk.database, Reading("desk", {}), DELAYS)
    new, good = filed(1), filed(2, "bug")
    Batch(before, [amqp_message(new)]).run()
    desk.arrives(good)
    assert {row["reason"] for row in desk.rows().values()} == {"unknown_type", "handler_error"}
    with desk.database.write() as session:
        assert replay_what_was_too_new(session, before.reading.types) == 0
        assert replay_what_was_too_new(session, desk.work.reading.types) == 1
        assert replay_what_was_too_new(session, desk.work.reading.types) == 0
    assert desk.round() == [new.id]
    assert desk.handled == [new.id]
    (left,) = desk.rows().values()
    assert (left["state"], left["reason"]) == ("parked", "handler_error")


def test_what_is_claimed_is_nobody_else_s_until_the_claim_ends(desk: Desk) -> None:
    desk.arrives(*(filed(number, "always") for number in range(3)))
    desk.make_due()
    assert len(desk.claim(2)) == 2
    assert len(desk.claim()) == 1
    assert desk.claim() == []


def test_a_claim_that_somebody_has_taken_over_is_left_to_them(desk: Desk) -> None:
    message = filed(1, "always")
    desk.arrives(message)
    desk.make_due()
    first = desk.claim()
    desk.make_due()
    second = desk.claim()
    mended = Work(
        "desk", desk.database, Reading("desk", {Filed: lambda _, fact: desk.handled.append(str(fact.envelope.id))}), DELAYS
    )
    DueBatch(mended, first).run()
    assert desk.handled == []
    DueBatch(mended, second).run()
    assert desk.handled == [message.id]
    assert desk.rows() == {}


def test_one_whose_last_try_ended_its_process_comes_alone_and_after_the_others(desk: Desk) -> None:
    messages = [filed(number, "always") for number in range(4)]
    desk.arrives(*messages)
    desk.make_due()
    desk.claim(2)  # and the process ends
    desk.make_due()
    assert sorted(len(rows) for rows in (desk.claim(), desk.claim(), desk.claim())) == [1, 1, 2]


def test_a_message_that_ends_each_process_is_parked_without_another_try(desk: Desk) -> None:
    desk.arrives(filed(1, "always"))
    for _ in DELAYS:
        desk.make_due()
        desk.claim()  # and the process ends
    desk.work.reading = Reading("desk", {})
    desk.make_due()
    desk.round()
    (row,) = desk.rows().values()
    assert (row["state"], row["reason"], row["attempts"]) == ("parked", "retries_exhausted", 3)


def test_a_handled_message_leaves_and_its_id_is_remembered_anew(desk: Desk) -> None:
    message = filed(1, "bug")
    desk.arrives(message)
    with desk.database.write() as session:
        session.execute(sa.update(inbox.inbox).values(received_at=clock.now() - timedelta(days=90)))
    assert inbox.pruning(timedelta(days=30)).run(desk.database, Guard(desk.database, "desk")) == 0, (
        "what is held is not over"
    )
    body = json.dumps(json.loads(message.body) | {"wish": ""}).encode()
    desk.make_due(body=body)
    desk.round()
    assert desk.handled == [message.id]
    assert desk.rows() == {}
    assert inbox.pruning(timedelta(days=30)).run(desk.database, Guard(desk.database, "desk")) == 0
    desk.arrives(message)
    assert desk.handled == [message.id]


def test_what_is_handled_meanwhile_under_its_id_is_not_handled_again(desk: Desk) -> None:
    good = filed(1)
    cut = Message(good.exchange, good.routing_key, good.body[:-1], good.headers, good.id)
    desk.arrives(cut)
    desk.arrives(good)
    assert desk.handled == [good.id]
    desk.make_due(body=good.body)
    desk.round()
    assert desk.handled == [good.id]
    assert desk.rows() == {}


def test_of_two_mended_messages_with_one_id_one_is_handled(desk: Desk) -> None:
    good = filed(1)
    for body in (good.body[:-1], good.body[:-2]):
        desk.arrives(Message(good.exchange, good.routing_key, body, good.headers, good.id))
    with desk.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(held_messages)) == 2
    desk.make_due(body=good.body)
    desk.round()
    assert desk.handled == [good.id]
    assert desk.rows() == {}


def test_what_can_still_not_be_read_is_parked_again(desk: Desk) -> None:
    message = filed(1)
    message.body = b"[]"
    desk.arrives(message)
    desk.make_due(replays=1)
    desk.round()
    (row,) = desk.rows().values()
    assert (row["state"], row["reason"], row["replays"]) == ("parked", Reason.UNDECODABLE.value, 1)
    assert row["id"] != uuid.UUID(message.id)
