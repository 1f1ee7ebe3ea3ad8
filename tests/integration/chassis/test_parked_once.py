"""A message is parked exactly once: killed between "parked" and "acked", and upgraded from queues."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker
from typer.testing import CliRunner

from services.chassis.cli.main import app
from tests.stand import broker
from tests.stand.messages import Message, filed, with_
from tests.stand.place import DESK, Place, eventually

DYING = "tests.integration.chassis.programs.dying:DyingDesk"


def unlucky(number: int) -> tuple[Message, str | None]:
    """A message that is going to be parked, of one kind after the other; and the queue it goes to, if not by its exchange."""
    kind = number % 3
    if kind == 0:
        return filed(number, "bug"), None
    if kind == 1:
        return with_(filed(number), type="vn.vss.front.lost.v1"), None
    return filed(number), "desk.parked"


def stopped(program: Any) -> bool:
    return not program.running


def kill_between_parked_and_acked(place: Place, times: int) -> None:
    ids: list[str] = []
    for number in range(times):
        program = place.start(DYING)
        message, queue = unlucky(number)
        if number == 0:
            # nobody is bound before the first start
            program.ready()
        ids += place.send(message, queue=queue)
        assert program.wait() != 0
        assert [row["message_id"] for row in place.held(message_id=message.id)] == [message.id]
    last = place.start(DESK).ready()
    place.until_handled(last, place.send(filed(times)))
    eventually(lambda: place.depth("desk.in.v1") == place.depth("desk.parked") == 0, "all acked")
    assert last.stop() == 0
    assert sorted(row["message_id"] for row in place.held()) == sorted(ids)
    assert place.held("waiting") == []
    assert len(place.handled()) == 1


def test_killed_between_parked_and_acked_each_message_is_parked_once(place: Place) -> None:
    kill_between_parked_and_acked(place, 3)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_killed_between_parked_and_acked_a_hundred_times_each_message_is_parked_once(place: Place) -> None:
    kill_between_parked_and_acked(place, 100)


# The upgrade from the queues of releases before 0.2


def old_queues(place: Place) -> None:
    """What such a release declares."""
    quorum: dict[str, Any] = {"x-queue-type": "quorum"}
    bounded = quorum | {"x-delivery-limit": 50, "x-max-length-bytes": 2 * 1024**3, "x-overflow": "reject-publish"}
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-strategy": "at-least-once"}
    with broker.channel(place.amqp_uri) as channel:
        channel.queue_declare("desk.parked", durable=True, arguments=quorum | {"x-delivery-limit": 1_000_000})
        to_parked = {"x-dead-letter-routing-key": "desk.parked"}
        channel.queue_declare("desk.in.v1", durable=True, arguments=bounded | dead | to_parked)
        for delay, seconds in (("5s", 5), ("30s", 30), ("5m", 300), ("30m", 1800), ("2h", 7200)):
            back = {"x-dead-letter-routing-key": "desk.in.v1", "x-message-ttl": seconds * 1000}
            channel.queue_declare(f"desk.retry.{delay}", durable=True, arguments=bounded | dead | back)


def retried(message: Message, attempts: int) -> Message:
    message.headers |= {"vss-attempts": attempts, "vss-first-seen": "2026-11-20T07:00:00.000+00:00"}
    return message


def parked(message: Message, reason: str, error: str, second: int = 0) -> Message:
    parked_at = f"2026-11-20T08:00:{second:02d}.000+00:00"
    more = {"vss-parked-reason": reason, "vss-parked-error": error, "vss-parked-at": parked_at}
    return Message("", "", message.body, retried(message, 1).headers | more, message.id)


@contextmanager
def an_old_process(place: Place) -> Iterator[None]:
    """It reads the inbound queue, and takes nothing: what it has stays with it."""
    connection = pika.BlockingConnection(pika.URLParameters(place.amqp_uri))
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume("desk.in.v1", lambda *_: None)
    try:
        yield
    finally:
        connection.close()


def is_there(place: Place, queue: str) -> bool:
    try:
        return place.depth(queue) >= 0
    except ChannelClosedByBroker:
        return False


def test_an_upgrade_drains_the_old_queues_while_old_processes_run_and_deletes_them_afterwards(place: Place) -> None:
    old_queues(place)
    waiting = [retried(filed(number), 2) for number in range(250)]
    lasting = retried(filed(300, "always"), 4)
    place.send(*waiting, lasting, queue="desk.retry.2h")
    bug, unread = filed(400, "bug"), with_(filed(401), type="vn.vss.front.lost.v1")
    copies = [parked(bug, "handler_error", "LookupError: x", second) for second in (1, 2, 3)]
    place.send(*copies, parked(unread, "unknown_type", "lost.v1: not read"), queue="desk.parked")

    with an_old_process(place):
        desk = place.start().ready()
        place.until_handled(desk, [message.id for message in waiting])
        (row,) = place.until_held(desk, message_id=lasting.id, state="waiting", attempts=5)
        assert row["first_seen_at"] != row["due_at"]
        assert str(row["first_seen_at"]).startswith("2026-11-20 07:00")
        (kept,) = place.until_held(desk, message_id=bug.id)
        assert (kept["reason"], kept["error"], kept["attempts"]) == ("handler_error", "LookupError: x", 1)
        assert str(kept["first_seen_at"]).startswith("2026-11-20 07:00")
        assert bytes(kept["body"]) == bug.body
        assert kept["headers"] == {name: value for name, value in bug.headers.items() if not name.startswith("vss-")}
        assert [one["reason"] for one in place.until_held(desk, message_id=unread.id)] == ["unknown_type"]
        eventually(lambda: place.depth("desk.parked") == 0, "drained")
        assert is_there(place, "desk.retry.2h"), "an old process may still use it"
        late = retried(filed(500), 1)
        place.send(late, queue="desk.retry.30m")
        place.until_handled(desk, [late.id])

    queues = ("5s", "30s", "5m", "30m", "2h")
    eventually(lambda: not any(is_there(place, f"desk.retry.{delay}") for delay in queues), "deleted", 40)
    place.until_handled(desk, place.send(filed(501)))
    assert desk.stop() == 0
    assert len(place.held()) == 2


# An operator's story


@pytest.fixture
def vss(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`vss parked … --service desk`, with its output as JSON."""
    monkeypatch.setenv("DATABASE_URL", place.database_url)
    monkeypatch.chdir(tmp_path)

    def run(command: str, *arguments: str) -> Any:
        done = CliRunner().invoke(app, ["parked", command, *arguments, "--service", DESK], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run


def test_a_bug_parks_five_hundred_messages_of_three_kinds_and_an_operator_deals_with_each(
    place: Place, vss: Callable[..., Any], tmp_path: Path
) -> None:
    numbers = itertools.count(1)
    bugs = [filed(next(numbers), "bug") for _ in range(200)]
    wrong = [filed(next(numbers), phone="0983847986") for _ in range(150)]
    lost = [with_(filed(next(numbers)), type="vn.vss.front.lost.v1") for _ in range(150)]
    other, waits, good = filed(900), filed(901, "always"), [filed(next(numbers)) for _ in range(50)]
    other.body = other.body[:-3]
    desk = place.start(RETRY_DELAYS_SECONDS="3600").ready()
    mixed = [
        message for three in zip(bugs, wrong + [None] * 50, lost + [None] * 50, strict=True) for message in three if message
    ]
    place.send(*mixed, other, waits, *good)
    place.until_handled(desk, [message.id for message in good])
    place.until_held(desk, 501)
    place.until_held(desk, state="waiting")

    groups = {group["reason"]: group for group in vss("list", "--json")["groups"]}
    assert {reason: group["messages"] for reason, group in groups.items()} == {
        "handler_error": 200,
        "invalid": 150,
        "unknown_type": 150,
        "undecodable": 1,
    }

    def name(reason: str) -> str:
        return str(groups[reason]["group"])

    assert vss("edit", "-g", name("invalid"), "--merge", '{"phone": "+84983847986"}', "-y", "--json") == {
        "chosen": 150,
        "edited": 150,
    }
    assert vss("replay", "-g", name("invalid"), "-y", "--json") == {"chosen": 150, "replayed": 150}
    place.until_handled(desk, [message.id for message in wrong])
    assert len(place.held()) == 351

    dropped = vss(
        "drop", "-g", name("unknown_type"), "--because", "a test of the sender's", "-y", "--json", "--save", "gone"
    )
    assert dropped == {"chosen": 150, "dropped": 150}
    assert len((tmp_path / "gone").read_text().splitlines()) == 150

    assert desk.stop() == 0
    mended = place.start(RETRY_DELAYS_SECONDS="3600", MENDED=1).ready()
    assert vss("replay", "-g", name("handler_error"), "-y", "--json") == {"chosen": 200, "replayed": 200}
    place.until_handled(mended, [message.id for message in bugs])

    time.sleep(1.5)
    assert [row["message_id"] for row in place.held()] == [other.id]
    assert [row["message_id"] for row in place.held("waiting")] == [waits.id]
    assert place.times_handled([message.id for message in lost]) == [0] * 150
    assert len(place.handled()) == 50 + 150 + 200
    assert mended.stop() == 0
