"""Whoever did not come, withdrew or left: a day later nothing of them is anywhere, but the number and the outcome (I6)."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa
from anyascii import anyascii
from pika.exceptions import ConnectionClosedByBroker

from playground.citizen import Citizen, Dossier, Human, child_form
from playground.stage import Stage
from services.chassis.calendar import VIETNAM, Calendar, day_in_vietnam, end_of
from services.chassis.testing import RabbitNode
from tests.stand import broker

STREAM = "public.stream"
#: personal data leave the log of facts within a minute of the last reader's confirm
SECONDS = 150.0


def words_of(human: Human, *, phone: bool = True) -> list[str]:
    """What would give somebody away, in every spelling that a row, a file or a message may have."""
    name = unicodedata.normalize("NFC", human.full_name)
    words = [name, name.upper(), anyascii(name), json.dumps(name)[1:-1], human.bhxh_code, human.id_number]
    # without its prefix the number is in +84…, 0… and 84… alike
    words += [human.phone.removeprefix("+84")] if phone else []
    return words + ([human.email] if human.email else [])


def text_of(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def rows(stage: Stage, service: str) -> Iterator[tuple[str, str]]:
    """Every row of every table of a service, as text."""
    url = stage.system.environment(service)[f"{service.upper()}_DATABASE_URL"]
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"')):
                yield f"{service}.{table}", " ".join(map(text_of, row))


def files(stage: Stage) -> Iterator[tuple[str, str]]:
    """Every file of the documents folder, with its name."""
    folder = stage.system.folder / "documents"
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_size:
            yield f"documents/{path.relative_to(folder)}", f"{path} {path.read_bytes().decode('utf-8', 'replace')}"


def messages(stage: Stage, node: RabbitNode) -> Iterator[tuple[str, str]]:
    """Every message that lies in a queue of the broker, and all of the public stream."""
    uri = stage.system.amqp_uri
    for queue, count in node.messages(uri).items():
        if queue == STREAM:
            yield from stream(uri, count)
            continue
        with broker.channel(uri) as channel:
            for _ in range(count):
                method, properties, body = channel.basic_get(queue)
                if method is not None:  # nothing is acknowledged: all of it goes back when the channel closes
                    yield f"queue {queue}", f"{properties} {(body or b'').decode('utf-8', 'replace')}"


def stream(uri: str, count: int) -> list[tuple[str, str]]:
    """The first `count` messages of the public stream."""
    taken: list[tuple[str, str]] = []

    def take(channel: Any, method: Any, properties: Any, body: bytes) -> None:
        taken.append((f"stream {STREAM}", f"{properties} {body.decode('utf-8', 'replace')}"))
        channel.basic_ack(method.delivery_tag)

    # closing gives back what is on its way, which a stream refuses by closing the connection itself
    with suppress(ConnectionClosedByBroker), broker.channel(uri) as channel:
        channel.basic_qos(prefetch_count=100)
        channel.basic_consume(STREAM, take, arguments={"x-stream-offset": "first"})
        until = monotonic() + 20
        while len(taken) < count:
            assert monotonic() < until, f"{len(taken)} messages of {count}"
            channel.connection.process_data_events(time_limit=1)
    assert len(taken) >= count
    return taken


def traces(stage: Stage, node: RabbitNode, words: list[str]) -> set[str]:
    """Tables, files, queues and streams that show one of these words."""
    found = set()
    for service in stage.system.services:
        found |= {where for where, text in rows(stage, service) if any(word in text for word in words)}
    for place in (files(stage), messages(stage, node)):
        found |= {where for where, text in place if any(word in text for word in words)}
    return found


def documents_of(stage: Stage, no: str) -> list[str]:
    """The ids of everything stored for a dossier."""
    verification = stage.system.environment("verification")["VERIFICATION_DATABASE_URL"]
    engine = sa.create_engine(verification, poolclass=sa.NullPool)
    with engine.connect() as connection:
        query = sa.text("SELECT document_id FROM attachments WHERE dossier_no = :no")
        return [str(row[0]) for row in connection.execute(query, {"no": no})]


class People:
    """Four who ask for an account and get none."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.absent, self.withdrawing, self.leaving = (
            stage.citizen(replace(stage.human(), email=f"{name}@xoa-het.example")) for name in ("vang", "rut", "bo-do")
        )
        self.parent, self.child = stage.family()
        self.dossiers = [each.files() for each in (self.absent, self.withdrawing, self.leaving)]
        self.dossiers.append(self._child_files())
        self.officer = stage.staff("officer", "79")
        for each in self.dossiers:
            self.officer.until_here(each.no)
        for citizen, dossier in zip((self.absent, self.withdrawing, self.leaving), self.dossiers, strict=False):
            citizen.inbox.until(dossier.no)
            # the form has been made, and sent
            stage.web.until(dossier.look, lambda seen: "form_pdf" in seen["attachments"], "the form")
        self._offices_work()

    def _child_files(self) -> Dossier:
        account = self.stage.registered(self.parent)
        named = {"full_name": self.parent.full_name, "relationship": "father", "phone": self.parent.phone}
        body = child_form(self.child, route="guardian", channel="app", guardian=named)
        dossier = self.stage.citizen(self.parent).files(body, pictures=("portrait",), token=account.token)
        dossier.token = None  # it will have run out; the tracking code opens the dossier as well
        return dossier

    def _offices_work(self) -> None:
        absent, _withdrawing, leaving, childs = self.dossiers
        self.officer.claims(absent.no)
        self.officer.adds(absent.no, "portrait")
        self.officer.releases(absent.no)
        self.officer.receives(leaving.no)
        self.officer.adds(leaving.no, "signed_form")
        self.officer.call("POST", f"/{childs.no}/pictures/request", expect=202)

    @property
    def words(self) -> list[str]:
        """What would give them away; the father has an account, and his phone and name stay."""
        alone: tuple[Citizen, ...] = (self.absent, self.withdrawing, self.leaving)
        return [word for each in alone for word in words_of(each.human)] + words_of(self.child, phone=False)


@pytest.mark.timeout(400)  # kept facts are erased once a minute
@pytest.mark.rule("I6")
def test_a_day_after_the_end_nothing_is_left_but_the_number_and_the_outcome(
    moving_stage: Stage, request: pytest.FixtureRequest
) -> None:
    stage, node = moving_stage, request.getfixturevalue("rabbit").start()
    people = People(stage)
    absent, withdrawn, left, childs = people.dossiers
    began = day_in_vietnam(stage.now)
    asked = people.stage.citizen(people.parent).inbox.until(childs.no, "thieu")
    last = date.fromisoformat(stage.web.until(childs.look, lambda seen: seen["last_day"], "a last day")["last_day"])
    assert f"het ngay {last:%d/%m/%Y}" in asked.text

    # the search finds what there is: rows in three services, and files
    before = traces(stage, node, people.words)
    assert {"registration.declarations", "verification.cases", "notifications.messages"} <= before
    stored = [one for each in people.dossiers for one in documents_of(stage, each.no)]
    assert len(stored) > len(people.dossiers)
    assert all(any(place.startswith("documents/") for place in traces(stage, node, [one])) for one in stored[:2])
    assert not [place for place in before if place.startswith("stream")], "other agencies see nobody"

    withdrawn.call("DELETE", "", expect=204)
    calendar = Calendar()
    stage.passes_to(end_of(last) + timedelta(hours=8))
    absent.until("expired")
    childs.until("expired")
    people.stage.citizen(people.parent).inbox.until(childs.no, "da tu huy")
    people.absent.inbox.until(absent.no, "da tu huy")
    told = datetime.combine(calendar.after(began, 11), time(17), VIETNAM)
    stage.passes_to(max(told, stage.now))
    people.leaving.inbox.until(left.no, "chua xong")
    left.call("DELETE", "", expect=204)
    # the day begins when all services have heard of the end, which takes them less than a second
    heard = "notifications.ended_dossiers"
    stage.web.until(
        lambda: {place for place, row in rows(stage, "notifications") if left.no in row}, lambda seen: heard in seen, heard
    )

    stage.passes(days=1)
    nothing: set[str] = set()
    stage.web.until(lambda: traces(stage, node, people.words), lambda found: found == nothing, "nothing left", SECONDS)
    assert not [where for where, text in files(stage) if any(one in text for one in stored)]
    outcomes = [each.status for each in people.dossiers]
    assert outcomes == ["expired", "withdrawn", "withdrawn", "expired"]
    officer = stage.staff("officer", "79")
    for each, outcome in zip(people.dossiers, outcomes, strict=True):
        case = officer.until(each.no, outcome)
        assert (case["subject"], case["contact"], case["attachments"]) == (None, None, [])
