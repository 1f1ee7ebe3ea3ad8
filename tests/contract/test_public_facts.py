"""What leaves for other agencies ties nobody's facts together beyond the one matter (law 6)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.chassis.bus.outside import public_headers
from services.chassis.discovery import load_all
from services.chassis.facts import Fact
from services.chassis.facts.envelope import PREFIX, Envelope, schema_of, source_of, type_of
from services.chassis.ids import uuid7

PUBLIC = [(service.name, fact) for service in load_all([]) for fact in service.publishes if fact.public_fields]
#: what a matter is called; each number is given once
MATTERS = {"dossier_no", "complaint_no", "message_id", "report_name", "calendar", "day"}
#: ids beside the subject that belong to the same matter, and why
SAME_MATTER = {
    "coordination_id": "one request for help within the complaint",
    "superseded_by": "the same registration under the number that took its place",
}
#: what is a person's for good, however the field is called
PERMANENT = re.compile(r"account|holder|person|citizen|bhxh|username|login|device|officer|staff|phone|email|full_name|birth")
ACCOUNT = "0199d5f0-0000-7000-8000-00000000acc7"


def headers_of(service: str, fact: type[Fact]) -> dict[str, Any]:
    """As the outbox records it when an account is what all is about."""
    envelope = Envelope(
        id=uuid7(),
        source=source_of(service),
        type=type_of(service, fact.fact_name, fact.version),
        subject=str(fact.example[fact.subject_field]),
        time="2026-11-28T08:00:00.000000Z",
        dataschema=schema_of(service, fact.fact_name, fact.version),
        correlationid=ACCOUNT,
        causationid=ACCOUNT,
        traceparent=f"00-{'a' * 32}-{'b' * 16}-01",
    )
    return envelope.headers() | {"vss-epoch": "1", "vss-number": "7", "vss-later": ACCOUNT}


@pytest.mark.parametrize(("service", "fact"), PUBLIC, ids=[f"{service}.{fact.fact_name}" for service, fact in PUBLIC])
def test_a_public_fact_carries_no_id_that_is_a_persons_for_good(service: str, fact: type[Fact]) -> None:
    assert fact.subject_field in MATTERS
    told = public_headers(headers_of(service, fact))
    assert ACCOUNT not in str(told)
    allowed = {"specversion", "id", "source", "type", "subject", "time", "revision", "dataschema"}
    assert {name.removeprefix(PREFIX) for name in told} == allowed
    ids = {name for name in fact.public_fields if re.search(r"(_id|_no|_by|_ref)$", name)} - MATTERS
    assert ids <= SAME_MATTER.keys()
    assert not [name for name in _names(fact.reduce(fact.example)) if PERMANENT.search(name)]


def test_two_public_facts_about_codes_of_one_account_have_nothing_in_common_but_what_all_have() -> None:
    (sent,) = [fact for _, fact in PUBLIC if fact.fact_name == "message_sent"]
    pairs = []
    for message in (str(uuid7()), str(uuid7())):
        told = public_headers(headers_of("notifications", sent) | {f"{PREFIX}subject": message, f"{PREFIX}time": message})
        pairs.append(set(told.items()))
    shared = {name.removeprefix(PREFIX) for name, _ in pairs[0] & pairs[1]}
    assert shared == {"specversion", "source", "type", "dataschema", "revision"}


def _names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_names, value.values()))
    return set().union(*map(_names, value)) if isinstance(value, list) else set()
