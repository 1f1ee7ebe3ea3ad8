"""The subscriber, in a service's own process: group commit, one bad message, retries, parking, copies, outages."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator

import pytest
from pika.exceptions import ChannelClosedByBroker, UnroutableError

from playground.program import Program
from services.chassis.ids import uuid7
from services.chassis.testing import PostgresNode
from tests.stand import broker, raw
from tests.stand.messages import PREFIX, Message, filed, with_, without
from tests.stand.place import Place, eventually

PERSONAL = ("Bích", "Ngọc", "0983847986", "tháng mười")
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def desk(shared_place: Place) -> Iterator[Program]:
    """One desk for the whole module: it must still be the same process at the end."""
    program = shared_place.start(RETRY_DELAYS_SECONDS="1,1").ready()
    yield program
    assert program.running
    assert program.stop() == 0


def new(wish: str = "", **data: object) -> Message:
    return filed(next(_numbers), wish, **data)


def of(program: Program, event: str, id_: str) -> list[dict[str, object]]:
    return [line for line in program.events(event) if line.get("message_id") == id_]


def test_messages_that_wait_are_handled_in_one_transaction(shared_place: Place, desk: Program) -> None:
    # the first keeps the desk busy until the others have arrived, on a busy machine too
    ids = shared_place.send(new("slow:1.5"), *(new() for _ in range(150)))
    shared_place.until_handled(desk, ids)
    handled = [one.id for one in shared_place.handled() if one.id in ids]
    assert handled == ids, "the order of the queue is kept"
    if shared_place.is_postgresql:
        ((transactions,),) = shared_place.rows("SELECT count(DISTINCT CAST(xmin AS text)) FROM handled")
        assert transactions <= 10


def test_one_bad_message_among_two_hundred_harms_no_other(shared_place: Place, desk: Program) -> None:
    good = [new() for _ in range(199)]
    bad = new("bug")
    shared_place.send(new("slow:0.5"), *good[:120], bad, *good[120:])
    shared_place.until_handled(desk, [message.id for message in good])
    shared_place.until_held(desk, message_id=bad.id)
    assert shared_place.times_handled([bad.id]) == [0]
    assert any(int(line["count"]) > 1 for line in desk.events("batch_split")), "there was a batch to be split"


def test_a_bug_in_a_handler_parks_the_message_as_it_came(shared_place: Place, desk: Program) -> None:
    bad = new("bug")
    bad.headers["tenant"] = "hà nội"
    shared_place.send(bad)
    (parked,) = shared_place.until_held(desk, message_id=bad.id)
    assert bytes(parked["body"]) == bad.body
    assert parked["properties"] == {"content_type": "application/json", "message_id": bad.id}
    assert parked["headers"] == bad.headers
    assert (parked["exchange"], parked["routing_key"]) == ("front.events", "filed")
    assert (parked["type"], parked["fact"]) == ("vn.vss.front.filed.v1", "filed")
    assert (parked["source"], parked["subject"]) == ("/vss/front", bad.headers[PREFIX + "subject"])
    assert (parked["reason"], parked["attempts"], parked["due_at"]) == ("handler_error", 1, None)
    assert parked["error"].startswith("LookupError: ")
    assert parked["first_seen_at"] <= parked["parked_at"]


def test_what_a_bug_says_about_a_person_is_not_logged(shared_place: Place, desk: Program) -> None:
    bad = new("bug")
    shared_place.send(bad)
    shared_place.until_held(desk, message_id=bad.id)
    (line,) = of(desk, "message_failed", bad.id)
    assert line["error"] == "LookupError"
    assert not [value for value in PERSONAL if value in desk.output]


def test_a_passing_failure_is_tried_again_at_once(shared_place: Place, desk: Program) -> None:
    message = new("once")
    shared_place.send(message)
    shared_place.until_handled(desk, [message.id])
    assert not of(desk, "message_retried", message.id)


def test_a_failure_that_lasts_is_tried_later_and_at_the_end_parked(shared_place: Place, desk: Program) -> None:
    passing, lasting = new("rounds:2"), new("always")
    shared_place.send(passing, lasting)
    (waiting,) = shared_place.until_held(desk, state="waiting", message_id=lasting.id)
    assert (waiting["reason"], waiting["parked_at"]) == ("transient", None)
    assert waiting["error"].endswith("Transient: for ever")
    shared_place.until_handled(desk, [passing.id])
    assert [line["attempts"] for line in of(desk, "message_retried", passing.id)] == [1, 2]
    (parked,) = shared_place.until_held(desk, message_id=lasting.id)
    assert (parked["reason"], parked["attempts"]) == ("retries_exhausted", 3)
    assert parked["error"].endswith("Transient: for ever")
    assert parked["first_seen_at"] < parked["parked_at"]
    assert shared_place.held("waiting") == []


def test_a_copy_of_what_waits_or_is_parked_is_dropped(shared_place: Place, desk: Program) -> None:
    passing, lasting, unread = new("rounds:1"), new("bug"), with_(new(), type="vn.vss.front.lost.v1")
    shared_place.send(passing, lasting, unread, passing, lasting, unread)
    shared_place.until_handled(desk, [passing.id])
    shared_place.send(passing, lasting, unread, last := new())
    shared_place.until_handled(desk, [last.id])
    assert shared_place.times_handled([passing.id]) == [1]
    assert len(shared_place.held(message_id=lasting.id)) == len(shared_place.held(message_id=unread.id)) == 1


def test_what_could_not_be_read_does_not_stand_in_the_way_of_a_good_message_with_its_id(
    shared_place: Place, desk: Program
) -> None:
    good = new()
    bad = Message(good.exchange, good.routing_key, good.body[:-1], good.headers, good.id)
    shared_place.send(bad)
    shared_place.until_held(desk, message_id=good.id)
    shared_place.send(good)
    shared_place.until_handled(desk, [good.id])


def cannot_be_read() -> dict[str, tuple[Message, str, str]]:
    """Messages that no service can read; the reason and a piece of the error that they must be parked with."""
    mangled, array, bytes_, huge, nan, encoded = (new() for _ in range(6))
    mangled.body = mangled.body[:-5]
    array.body = b'["Ng\xe1\xbb\x8dc"]'
    bytes_.body = b"\xff\xfe" + bytes_.body
    huge.body = b'{"pages": ' + b"1" * 5000 + b"}"
    nan.body = nan.body[:-1] + b', "pages": NaN}'
    encoded.body, encoded.more = encoded.body.decode().encode("utf-16"), {"content_encoding": "utf-16"}
    deep = new()
    deep.body = b'{"a":' * 100_000
    wrong = new(phone="0983847986", pages="tháng mười")
    lacking = new()
    lacking.body = json.dumps({"full_name": "Ngọc"}).encode()
    no_id = without(new(), "id")
    no_id.more = {"message_id": None}
    return {
        "cut off": (mangled, "undecodable", "body: not JSON at line 1 column"),
        "an array": (array, "undecodable", "a JSON object was expected, not list"),
        "no UTF-8": (bytes_, "undecodable", "body: not UTF-8 at byte 0"),
        "a number without end": (huge, "undecodable", "body: "),
        "NaN": (nan, "undecodable", "body: "),
        "another encoding": (encoded, "undecodable", "body: not UTF-8"),
        "nested too deeply": (deep, "undecodable", "nested too deeply"),
        "wrong fields": (wrong, "invalid", "filed.v1: "),
        "a field missing": (lacking, "invalid", "dossier_no: Missing data for required field."),
        "no id": (no_id, "undecodable", "envelope: id is missing"),
        "an id that is none": (with_(new(), id="42"), "undecodable", "envelope: id is missing or no UUID"),
        "no type": (without(new(), "type"), "undecodable", "envelope: type is missing"),
        "another type": (with_(new(), type="vn.vss.front.lost.v1"), "unknown_type", "vn.vss.front.lost.v1"),
        "a type beyond measure": (with_(new(), type="v" * 60_000), "unknown_type", "vvvv"),
        "a later version": (with_(new(), type="vn.vss.front.filed.v7"), "unknown_version", "this service reads v1"),
        "an older version": (with_(new(), type="vn.vss.front.refiled.v1"), "unknown_version", "this service reads v2"),
        "another CloudEvents": (with_(new(), specversion="2.0"), "undecodable", "envelope: specversion is not 1.0"),
        "a number as subject": (with_(new(), subject=7), "undecodable", "envelope: subject is not text"),
    }


def test_what_cannot_be_read_is_parked_with_a_reason_that_names_no_person(shared_place: Place, desk: Program) -> None:
    cases = cannot_be_read()
    for case, (message, _, _) in cases.items():
        message.headers["case"] = case
    before = len(shared_place.held())
    after = new()
    shared_place.send(*(message for message, _, _ in cases.values()), after)
    shared_place.until_handled(desk, [after.id])
    parked = {one["headers"].get("case"): one for one in shared_place.until_held(desk, before + len(cases))}
    for case, (message, reason, error) in cases.items():
        row = parked[case]
        assert row["reason"] == reason, case
        assert error in row["error"], case
        assert not [value for value in PERSONAL if value in row["error"]], case
        assert len(row["error"]) <= 500, case
        assert bytes(row["body"]) == message.body, case
        assert row["headers"] == message.headers, case
        assert row["attempts"] == 0, case
    assert "phone: " in parked["wrong fields"]["error"]
    assert "pages: " in parked["wrong fields"]["error"]
    assert parked["another encoding"]["properties"]["content_encoding"] == "utf-16"


def odd_messages() -> dict[str, raw.Raw]:
    """What the broker takes and a client library chokes on, each in its own way."""
    body, key = b"{}", "filed"
    envelope = {
        PREFIX.encode() + b"source": raw.text("/vss/front"),
        PREFIX.encode() + b"type": raw.text("vn.vss.front.filed.v1"),
        PREFIX.encode() + b"id": raw.text(str(uuid7())),
    }
    odd = {
        "text that is no UTF-8": raw.Raw(raw.properties(content_type=b"\xff\xfe", message_id=b"1"), body, key),
        "an id that is no UTF-8": raw.Raw(raw.properties(envelope, message_id=b"\xc3"), body, key),
        "a time beyond all years": raw.Raw(raw.properties({b"at": raw.number("T", 2**63)}), body, key),
        "tables without end": raw.Raw(raw.properties({b"a": raw.nested(5_000)}), body, key),
        "tables that can be read but not written": raw.Raw(raw.properties(envelope | {b"a": raw.nested(480)}), body, key),
        "headers that fill the frame": raw.Raw(raw.properties(envelope | {b"a": raw.text("ố" * 43_500)}), body, key),
        "no body": raw.Raw(raw.properties(content_type=b"\xff"), b"", key),
        "nothing at all": raw.Raw(raw.properties(), b"", key),
    }
    return {what: one._replace(exchange="front.events") for what, one in odd.items()}


def test_what_a_client_library_cannot_even_unpack_is_parked_too(shared_place: Place, desk: Program) -> None:
    before = {row["id"] for row in shared_place.held()}
    good = [new(), new()]
    shared_place.send(good[0])
    odd = odd_messages()
    raw.send(shared_place.amqp_uri, *odd.values())
    shared_place.send(good[1])
    shared_place.until_handled(desk, [message.id for message in good])
    parked = [row for row in shared_place.until_held(desk, len(before) + len(odd)) if row["id"] not in before]
    assert {one["reason"] for one in parked} <= {"undecodable", "invalid"}
    unpacked = [one for one in parked if "properties: not in a form" in one["error"]]
    assert len(unpacked) == 5
    raw_properties = [base64.b64decode(one["headers"]["vss-unreadable-properties"]["base64"]) for one in unpacked]
    assert any(b"\xff\xfe" in properties for properties in raw_properties)
    assert len(desk.events("consumer_connected")) == 1, "the connection was never lost over it"


def test_a_copy_is_dropped_in_the_same_batch_and_later(shared_place: Place, desk: Program) -> None:
    message, other = new(), new()
    shared_place.send(new("slow:0.3"), message, message, other, message)
    shared_place.until_handled(desk, [message.id, other.id])
    shared_place.send(message, last := new())
    shared_place.until_handled(desk, [last.id])
    assert shared_place.times_handled([message.id]) == [1]


def test_a_message_of_another_agency_may_spell_the_headers_with_an_underscore(shared_place: Place, desk: Program) -> None:
    message = new()
    message.headers = {name.replace(":", "_"): value for name, value in message.headers.items()}
    shared_place.send(message)
    shared_place.until_handled(desk, [message.id])


def test_the_message_id_will_do_where_the_envelope_has_none(shared_place: Place, desk: Program) -> None:
    message = without(new(), "id")
    shared_place.send(message)
    shared_place.until_handled(desk, [message.id])


def test_a_handler_that_wants_to_end_the_process_is_a_handler_with_a_bug(shared_place: Place, desk: Program) -> None:
    message, after = new("exit"), new()
    shared_place.send(message, after)
    shared_place.until_handled(desk, [after.id])
    (parked,) = shared_place.until_held(desk, message_id=message.id)
    assert (parked["reason"], parked["error"]) == ("handler_error", "SystemExit: 7")


@pytest.mark.parametrize("shared_place", ["postgresql"], indirect=True)  # a SQLite file is never away
def test_while_the_database_is_away_nothing_is_retried_or_parked(
    shared_place: Place, desk: Program, postgres: PostgresNode
) -> None:
    before, held = len(desk.events("message_retried")), len(shared_place.held())
    messages = [new() for _ in range(60)]
    shared_place.send(*messages[:20])
    postgres.stop()
    try:
        shared_place.send(*messages[20:])
        desk.until(lambda: bool(desk.events("consumer_waits_for_database")), "waiting for the database")
    finally:
        postgres.start()
    shared_place.until_handled(desk, [message.id for message in messages])
    assert len(desk.events("message_retried")) == before
    assert len(shared_place.held()) == held


@pytest.mark.parametrize("shared_place", ["postgresql"], indirect=True)  # a SQLite file is nobody's but the service's
def test_while_the_database_is_read_only_nothing_is_retried_or_parked(
    shared_place: Place, desk: Program, postgres: PostgresNode
) -> None:
    before, held = len(desk.events("message_retried")), len(shared_place.held())
    messages = [new("bug" if n == 7 else "") for n in range(60)]
    name = shared_place.database_url.rpartition("/")[2]

    def execute(statement: str) -> None:
        with postgres.connect() as connection:
            connection.execute(statement.encode())

    execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        waits = len(desk.events("consumer_waits_for_database"))
        shared_place.send(*messages)
        desk.until(lambda: len(desk.events("consumer_waits_for_database")) > waits + 2, "waiting for the database")
        assert desk.events("consumer_waits_for_database")[-1]["reason"] == "read_only"
        assert len(desk.events("message_retried")) == before
    finally:
        execute(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
        execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    shared_place.until_handled(desk, [message.id for n, message in enumerate(messages) if n != 7])
    assert [row["message_id"] for row in shared_place.held()[held:]] == [messages[7].id]
    assert len(desk.events("message_retried")) == before


def test_a_queue_that_somebody_deletes_is_made_again(shared_place: Place, desk: Program) -> None:
    shared_place.send(before := new())
    shared_place.until_handled(desk, [before.id])
    with broker.channel(shared_place.amqp_uri) as channel:
        channel.queue_delete("desk.in.v1")
    after = new()
    desk.until(lambda: _arrives(shared_place, after), "bound again")
    shared_place.until_handled(desk, [after.id])


def test_what_the_broker_gives_up_on_is_drained_into_the_table(shared_place: Place, desk: Program) -> None:
    crasher = new()
    crasher.headers["x-death"] = [
        {
            "queue": "desk.in.v1",
            "reason": "delivery_limit",
            "count": 1,
            "exchange": "front.events",
            "routing-keys": ["filed"],
        }
    ]
    shared_place.send(crasher, queue="desk.parked")
    (parked,) = shared_place.until_held(desk, message_id=crasher.id)
    assert (parked["reason"], parked["exchange"], parked["routing_key"]) == ("delivery_limit", "front.events", "filed")
    assert "delivered too often" in parked["error"]
    assert bytes(parked["body"]) == crasher.body
    shared_place.send(crasher, queue="desk.parked")
    eventually(lambda: shared_place.depth("desk.parked") == 0, "drained")
    assert len(shared_place.held(message_id=crasher.id)) == 1


def test_a_deleted_dead_letter_queue_is_made_again(shared_place: Place, desk: Program) -> None:
    with broker.channel(shared_place.amqp_uri) as channel:
        channel.queue_delete("desk.parked")
    bad, good = new("bug"), new()
    shared_place.send(good, bad)
    shared_place.until_handled(desk, [good.id])
    shared_place.until_held(desk, message_id=bad.id)
    eventually(lambda: _exists(shared_place, "desk.parked"), "made again")


def _exists(place: Place, queue: str) -> bool:
    try:
        return place.depth(queue) >= 0
    except ChannelClosedByBroker:
        return False


def _arrives(place: Place, message: Message) -> bool:
    try:
        place.send(message)
    except UnroutableError:
        return False
    return True


def test_nothing_is_left_over(shared_place: Place, desk: Program) -> None:
    eventually(lambda: shared_place.depth("desk.in.v1") == 0, "empty")
    assert shared_place.depth("desk.parked") == 0
    assert shared_place.held("waiting") == []
    assert not desk.events("service_died")
    assert not desk.events("message_not_held")
    assert not [name for name in (PREFIX, "Traceback") if name in desk.output]
