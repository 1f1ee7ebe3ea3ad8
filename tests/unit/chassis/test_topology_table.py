"""The table of exchanges, queues and bindings."""

from __future__ import annotations

import json

from services.chassis.bus import topology
from services.chassis.bus.topology import definitions, merge, of_service

READS = [("registration", "declaration_submitted"), ("accounts", "account_activated")]


def part(service: str = "verification", reads: list[tuple[str, str]] = READS) -> topology.Topology:
    return of_service(service, reads, max_bytes=10**6, delivery_limit=50)


def queue(name: str) -> dict[str, object]:
    (found,) = [queue for queue in part().queues if queue.name == name]
    return found.arguments


def test_a_service_has_one_queue_to_read_bound_to_what_it_reads() -> None:
    assert [(b.exchange, b.key, b.queue) for b in part().bindings] == [
        ("accounts.to.verification", "#", "verification.in.v1"),
        ("registration.to.verification", "#", "verification.in.v1"),
        ("accounts.events", "account_activated", "verification.in.v1"),
        ("registration.events", "declaration_submitted", "verification.in.v1"),
        ("public.events", "#", "public.stream"),
    ]


def test_the_exchanges_of_those_it_reads_are_made_too_so_that_the_order_of_deployment_does_not_matter() -> None:
    assert {e.name for e in part().exchanges} == {
        "verification.events",
        "public.events",
        "accounts.events",
        "accounts.to.verification",
        "registration.events",
        "registration.to.verification",
    }


def test_a_service_has_an_exchange_of_its_own_to_each_of_its_readers() -> None:
    own = of_service("verification", [], readers=("registration", "accounts"), max_bytes=10**6, delivery_limit=50).exchanges
    assert [e.name for e in own] == [
        "verification.to.accounts",
        "verification.to.registration",
        "verification.events",
        "public.events",
    ]


def test_the_inbound_queue_refuses_when_full_and_puts_aside_what_was_delivered_too_often() -> None:
    assert queue("verification.in.v1") == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 50,
        "x-max-length-bytes": 10**6,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "verification.parked",
        "x-dead-letter-strategy": "at-least-once",
    }


def test_what_the_broker_gave_up_on_waits_for_ever() -> None:
    arguments = queue("verification.parked")
    assert arguments["x-queue-type"] == "quorum"
    assert not {"x-message-ttl", "x-max-length-bytes", "x-overflow", "x-dead-letter-exchange"} & arguments.keys()


def test_a_queue_is_declared_after_the_one_its_dead_letters_go_to() -> None:
    names = [queue.name for queue in part().queues]
    assert names == ["verification.parked", "verification.in.v1", "public.stream"]


def test_the_same_service_makes_the_same_table_whatever_the_order_of_its_readers() -> None:
    assert part(reads=READS) == part(reads=READS[::-1] + READS)


def test_what_services_share_is_in_the_merged_table_once() -> None:
    merged = merge([part(), part("notifications", [("accounts", "account_activated")])])
    names = [e.name for e in merged.exchanges] + [q.name for q in merged.queues]
    assert len(names) == len(set(names))
    assert len(set(merged.bindings)) == len(merged.bindings) == 7


def test_the_export_holds_all_of_it_and_is_json() -> None:
    exported = json.loads(json.dumps(definitions(part(), "vss")))
    assert {q["name"] for q in exported["queues"]} == {q.name for q in part().queues}
    assert all(each["vhost"] == "vss" for kind in ("exchanges", "queues", "bindings") for each in exported[kind])
    assert exported["vhosts"] == [{"name": "vss"}]
