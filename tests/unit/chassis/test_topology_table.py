"""The table of exchanges, queues and bindings."""

from __future__ import annotations

import json

import pytest

from services.chassis.bus import topology
from services.chassis.bus.topology import definitions, delay_name, merge, of_service, retry_queue

READS = [("registration", "declaration_submitted"), ("accounts", "account_activated")]


def part(service: str = "verification", reads: list[tuple[str, str]] = READS) -> topology.Topology:
    return of_service(service, reads, retry_delays_seconds=(5, 300), max_bytes=10**6, delivery_limit=50)


def queue(name: str) -> dict[str, object]:
    (found,) = [queue for queue in part().queues if queue.name == name]
    return found.arguments


@pytest.mark.parametrize(
    ("seconds", "name"),
    [
        (5, "5s"),
        (30, "30s"),
        (60, "1m"),
        (300, "5m"),
        (90, "90s"),
        (3600, "1h"),
        (7200, "2h"),
        (5400, "90m"),
        (86_400, "24h"),
        (0.25, "250ms"),
    ],
)
def test_a_delay_is_named_as_people_say_it(seconds: float, name: str) -> None:
    assert delay_name(seconds) == name
    assert retry_queue("verification", seconds) == f"verification.retry.{name}"


def test_a_service_has_one_queue_to_read_bound_to_what_it_reads() -> None:
    assert [(b.exchange, b.key, b.queue) for b in part().bindings] == [
        ("accounts.events", "account_activated", "verification.in.v1"),
        ("registration.events", "declaration_submitted", "verification.in.v1"),
        ("public.events", "#", "public.stream"),
    ]


def test_the_exchanges_of_those_it_reads_are_made_too_so_that_the_order_of_deployment_does_not_matter() -> None:
    assert {e.name for e in part().exchanges} == {
        "verification.events",
        "public.events",
        "accounts.events",
        "registration.events",
    }


def test_the_inbound_queue_refuses_when_full_and_parks_what_was_delivered_too_often() -> None:
    assert queue("verification.in.v1") == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 50,
        "x-max-length-bytes": 10**6,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "verification.parked",
        "x-dead-letter-strategy": "at-least-once",
    }


def test_a_retry_queue_gives_back_after_its_delay() -> None:
    arguments = queue("verification.retry.5m")
    assert arguments["x-message-ttl"] == 300_000
    assert arguments["x-dead-letter-routing-key"] == "verification.in.v1"
    assert arguments["x-dead-letter-strategy"] == "at-least-once"


def test_a_parked_message_waits_for_ever() -> None:
    arguments = queue("verification.parked")
    assert arguments["x-queue-type"] == "quorum"
    assert not {"x-message-ttl", "x-max-length-bytes", "x-overflow", "x-dead-letter-exchange"} & arguments.keys()


def test_a_queue_is_declared_after_the_one_its_dead_letters_go_to() -> None:
    names = [queue.name for queue in part().queues]
    assert names.index("verification.parked") < names.index("verification.in.v1") < names.index("verification.retry.5s")


def test_the_same_service_makes_the_same_table_whatever_the_order_of_its_readers() -> None:
    assert part(reads=READS) == part(reads=READS[::-1] + READS)


def test_what_services_share_is_in_the_merged_table_once() -> None:
    merged = merge([part(), part("notifications", [("accounts", "account_activated")])])
    names = [e.name for e in merged.exchanges] + [q.name for q in merged.queues]
    assert len(names) == len(set(names))
    assert len(set(merged.bindings)) == len(merged.bindings) == 4


def test_the_export_holds_all_of_it_and_is_json() -> None:
    exported = json.loads(json.dumps(definitions(part(), "vss")))
    assert {q["name"] for q in exported["queues"]} == {q.name for q in part().queues}
    assert all(each["vhost"] == "vss" for kind in ("exchanges", "queues", "bindings") for each in exported[kind])
    assert exported["vhosts"] == [{"name": "vss"}]
