"""What is told about a broker that differs from the table, and which of it matters."""

from __future__ import annotations

import copy
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from services.chassis.bus import agencies, rights
from services.chassis.bus.topology import definitions, of_service
from services.chassis.cli.definitions_compare import Found, compare
from services.chassis.cli.definitions_read import read_file
from services.chassis.cli.findings import Finding
from services.chassis.cli.topology_policies import sections

TOPOLOGY = of_service("verification", [("registration", "declaration_submitted")], max_bytes=10**6, delivery_limit=50)
USERS = {"verification": rights.of_service("verification", [("registration", "declaration_submitted")])}
INBOUND = "verification.in.v1"

Change = Callable[[dict[str, Any]], None]


def document() -> dict[str, Any]:
    """What `rabbitmqctl export_definitions` writes of a broker that is as it should be."""
    return (
        definitions(TOPOLOGY)
        | sections()
        | {"permissions": [{"user": "guest", "vhost": "/", **dict.fromkeys(_RIGHTS, ".*")}]}
    )


_RIGHTS = ("configure", "write", "read")


def found(change: Change) -> list[Finding]:
    changed = copy.deepcopy(document())
    change(changed)
    return list(compare(TOPOLOGY, USERS, read_file(io.StringIO(json.dumps(changed)), "/")))


def bind(source: str, target: str, key: str = "#", kind: str = "queue") -> Change:
    entry = {"source": source, "vhost": "/", "destination": target, "destination_type": kind, "routing_key": key}
    return lambda there: there["bindings"].append(entry)


def queue(name: str, **arguments: Any) -> Change:
    entry = {"name": name, "vhost": "/", "durable": True, "auto_delete": False, "arguments": arguments}
    return lambda there: there["queues"].append(entry)


def policy(name: str, pattern: str, priority: int = 0, **definition: Any) -> Change:
    definition = {key.replace("_", "-"): value for key, value in definition.items()}
    entry = {
        "name": name,
        "vhost": "/",
        "pattern": pattern,
        "apply-to": "all",
        "priority": priority,
        "definition": definition,
    }
    return lambda there: there["policies"].append(entry)


def test_of_a_broker_that_is_as_it_should_be_nothing_is_told() -> None:
    assert found(lambda _: None) == []


def test_what_lies_in_another_virtual_host_is_none_of_ours() -> None:
    def elsewhere(there: dict[str, Any]) -> None:
        there["queues"].append({"name": "verification.in.v0", "vhost": "other", "arguments": {}})

    assert found(elsewhere) == []


@pytest.mark.parametrize(
    ("section", "kind", "name"),
    [
        ("exchanges", "exchange", "registration.events"),
        ("queues", "queue", INBOUND),
        ("bindings", "binding", "registration.events -> verification.in.v1 (declaration_submitted)"),
        ("policies", "policy", "agencies (policy)"),
        ("parameters", "policy", "agencies (operator policy)"),
    ],
)
def test_what_is_missing_is_told(section: str, kind: str, name: str) -> None:
    def remove(there: dict[str, Any]) -> None:
        gone = name.partition(" ")[0]
        there[section] = [entry for entry in there[section] if gone not in (entry.get("name"), entry.get("source"))]

    findings = [finding for finding in found(remove) if finding.what == kind]
    assert Finding(kind, name) in findings
    assert all(finding.fault == "missing" and not finding.harmless for finding in findings)


def test_an_argument_that_differs_is_told_with_both_values() -> None:
    def change(there: dict[str, Any]) -> None:
        (inbound,) = [entry for entry in there["queues"] if entry["name"] == INBOUND]
        inbound["arguments"]["x-delivery-limit"] = 7
        inbound["arguments"]["x-message-ttl"] = 1000
        there["exchanges"][0] |= {"type": "fanout", "durable": False, "internal": True}
        there["policies"][0]["definition"]["overflow"] = "reject-publish"

    told = [str(finding) for finding in found(change)]
    assert f"queue {INBOUND}: x-delivery-limit should be 50, is 7" in told
    assert f"queue {INBOUND}: x-message-ttl should be not set, is 1000" in told
    first = document()["exchanges"][0]["name"]
    assert f"exchange {first}: type should be topic, is fanout" in told
    assert f"exchange {first}: durable should be true, is false" in told
    assert f"exchange {first}: internal should be false, is true" in told
    assert any(line.startswith("policy agencies (policy): definition should be") for line in told)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (bind("registration.to.verification", "copies"), "takes copies of what registration tells verification"),
        (bind("verification.to.accounts", INBOUND), "takes copies of what verification tells accounts"),
        (bind("verification.events", "spy"), "takes the private facts of verification"),
        (bind("strangers", INBOUND), f"lets what is sent to strangers into {INBOUND}"),
        (bind("public.events", "bca"), "no policy bounds bca"),
        (bind("public.events", "agency.bca", kind="exchange"), "no policy bounds agency.bca"),
        (bind("amq.topic", "public.stream"), "lets what is sent to amq.topic into public.stream"),
        (queue("verification.in.v0"), "nobody reads it, and it holds perhaps messages"),
        (queue("agency.bca", **{"x-overflow": "reject-publish"}), "once full it refuses facts"),
        (policy("ttl", "in.v1$", message_ttl=1000), f"sets message-ttl for {INBOUND}: facts could be lost"),
        (policy("all", ".*", max_length=10), f"sets max-length for verification.parked, {INBOUND}"),
    ],
)
def test_what_is_too_much_and_matters_is_a_fault(change: Change, words: str) -> None:
    (finding,) = found(change)
    assert words in str(finding)
    assert finding.fault == "extra"
    assert not finding.harmless


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (bind("registration.events", INBOUND, "draft_saved"), "verification does not read this fact"),
        (bind("public.events", "public.stream", "registration.*"), "adds nothing"),
        (queue("verification.retry.30"), "left over from before 0.2"),
    ],
)
def test_what_an_earlier_release_left_is_told_as_harmless(change: Change, words: str) -> None:
    (finding,) = found(change)
    assert words in str(finding)
    assert str(finding).endswith("(harmless)")


@pytest.mark.parametrize(
    "change",
    [
        bind("public.events", "agency.bca"),
        bind("strangers", "strangers"),
        bind("accounts.events", "feedback.in.v1", "session_revoked"),
        bind("registration.to.verification", INBOUND),
        bind("", INBOUND, INBOUND),
        queue("strangers", **{"x-overflow": "reject-publish"}),
        policy("strangers", "^strangers", message_ttl=1000),
        policy("ha", ".*", ha_mode="all"),
    ],
)
def test_what_is_others_business_is_not_told(change: Change) -> None:
    assert found(change) == []


def test_a_policy_that_takes_the_place_of_the_bounds_is_a_fault() -> None:
    def change(there: dict[str, Any]) -> None:
        queue("agency.bca")(there)
        policy("mine", "^agency", 20, ha_mode="all")(there)

    (finding,) = found(change)
    assert "takes the place of agencies for agency.bca" in str(finding)


def test_an_empty_queue_of_another_release_is_harmless_and_a_full_one_is_not() -> None:
    entry = {"name": "verification.in.v0", "arguments": {}}
    told = [list(compare(TOPOLOGY, USERS, Found({"queue": [entry | {"messages": n}]}))) for n in (0, 1200)]
    harmless = [finding for each in told for finding in each if finding.name == "verification.in.v0"]
    assert [finding.harmless for finding in harmless] == [True, False]
    assert "1,200 messages" in str(harmless[1])


def test_a_user_with_more_rights_than_it_needs_is_told_once_services_have_users_of_their_own() -> None:
    def own_user(there: dict[str, Any]) -> None:
        ours = USERS["verification"].permissions()
        there["permissions"].append({"user": "verification", "vhost": "/", **ours, "write": ".*"})
        there.setdefault("topic_permissions", []).append(
            {"user": "verification", "vhost": "/", "exchange": "public.events", "write": ".*", "read": ".*"}
        )
        there["permissions"].append(
            {"user": "agency.bca", "vhost": "/", **rights.of_agency("bca").permissions(), "configure": ".*"}
        )

    told = {(finding.name, finding.argument, finding.found) for finding in found(own_user)}
    assert told == {
        ("verification", "write", ".*"),
        ("verification", "routing keys at public.events", "('.*', '.*')"),
        ("verification", "routing keys at registration.events", "not set"),
        ("agency.bca", "configure", ".*"),
    }


def test_once_one_service_has_a_user_the_others_need_theirs() -> None:
    there = Found({"user": [{"user": "verification", **USERS["verification"].permissions()}]})
    users = USERS | {"registration": rights.of_service("registration", [])}
    assert list(compare(TOPOLOGY, users, there)) == [Finding("user", "registration")]


def test_what_the_broker_did_not_tell_is_not_judged() -> None:
    assert list(compare(TOPOLOGY, USERS, Found({}, {"binding": "why"}))) == []


def test_a_file_that_is_something_else_is_refused() -> None:
    for text in ("[]", "{}", "no json"):
        with pytest.raises(ValueError):
            read_file(io.StringIO(text), "/")


@pytest.mark.parametrize("name", ["", "BCA", "a.b.c", "bca ", "bca.", "bca/x", "ü"])
def test_an_agency_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="small letters"):
        agencies.queue(name)


def test_an_agency_reads_its_own_queues_and_the_stream_and_makes_and_writes_nothing() -> None:
    theirs = rights.of_agency("bca.reports")
    readable = [
        name
        for name in (
            "agency.bca",
            "agency.bca.reports",
            "public.stream",
            "agency.bcab",
            "agency.other",
            INBOUND,
            "public.events",
        )
        if re.search(theirs.read, name)
    ]
    assert readable == ["agency.bca", "agency.bca.reports", "public.stream"]
    assert not any(re.search(pattern, "agency.bca") for pattern in (theirs.configure, theirs.write))
