"""The documents that other agencies generate their code from: true to the bus, and accepted by AsyncAPI's own parser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from marshmallow import fields

from services.chassis.bus import topology
from services.chassis.catalogue import export
from services.chassis.catalogue.asyncapi import of_public_feed, of_service
from services.chassis.facts.envelope import parse, schema_file, type_of
from tests.contract.samples import making
from tests.contract.samples.registration import DeclarationSubmitted, Registration
from tests.contract.samples.verification import Verification

ROOT = Path(__file__).parents[2]
SAMPLES = (Registration, Verification)
PRIVATE = ("Nguyễn Thành Biên", "+84983847986", "0113099841", "111349876090", "Trần Thị Mai", '"full_name"', '"officer"')


def parser(*files: Path) -> subprocess.CompletedProcess[str]:
    """AsyncAPI's own parser on ``files``; a missing one is a failure with the command that installs it, never a skip."""
    node = shutil.which("node")
    if node is None:
        pytest.fail("Node.js is not installed. Run: scripts/install_node_tools.sh")
    done = subprocess.run(
        [node, ROOT / "scripts" / "node/asyncapi.mjs", *files], capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode == 2:
        pytest.fail(done.stderr)
    return done


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    export.write(export.files(SAMPLES), folder)
    return folder


def messages(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from document["components"]["messages"].values()


def test_the_parser_accepts_every_exported_document(exported: Path) -> None:
    files = sorted(exported.glob("asyncapi.*.json"))
    assert [file.name for file in files] == [
        "asyncapi.public.json",
        "asyncapi.registration.json",
        "asyncapi.verification.json",
    ]
    done = parser(*files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ": error:" not in done.stdout
    assert ": warning:" not in done.stdout
    assert done.stdout.count(": accepted: ") == len(files)


@pytest.mark.parametrize("spoil", ["schema", "reference", "action"])
def test_the_parser_would_tell_a_wrong_document(exported: Path, tmp_path: Path, spoil: str) -> None:
    document = json.loads((exported / "asyncapi.registration.json").read_text(encoding="utf-8"))
    if spoil == "schema":
        payload = document["components"]["messages"]["registration.declaration_submitted.v1"]["payload"]
        payload["properties"]["kind"]["type"] = "text"
    elif spoil == "reference":
        document["operations"]["send.registration.draft_left"]["channel"]["$ref"] = "#/channels/nowhere"
    else:
        document["operations"]["send.registration.draft_left"]["action"] = "shout"
    file = tmp_path / "spoilt.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    done = parser(file)
    assert done.returncode == 1
    assert ": error:" in done.stdout


def test_a_missing_parser_is_told_with_the_command_that_installs_it(tmp_path: Path) -> None:
    copy = tmp_path / "scripts" / "node/asyncapi.mjs"
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "node/asyncapi.mjs", copy)
    done = subprocess.run(["node", copy, "any.json"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "The tools of contracts are not installed. Run: scripts/install_node_tools.sh\n",
    )


def test_a_channel_is_the_exchange_and_routing_key_that_the_bus_uses() -> None:
    channel = of_service(Registration)["channels"]["registration.declaration_submitted"]
    binding = channel["bindings"]["amqp"]
    assert channel["address"] == "declaration_submitted"
    assert binding["is"] == "routingKey"
    assert binding["exchange"] == {
        "name": topology.events_exchange("registration"),
        "type": "topic",
        "durable": True,
        "autoDelete": False,
    }


def test_a_service_sends_what_it_publishes_and_receives_what_it_reads() -> None:
    operations = of_service(Verification)["operations"]
    assert {name: operation["action"] for name, operation in operations.items()} == {
        "send.verification.case_received": "send",
        "send.verification.identity_verified": "send",
        "receive.registration.declaration_submitted": "receive",
    }


def test_versions_of_one_fact_share_a_channel() -> None:
    channel = of_service(Verification)["channels"]["verification.identity_verified"]
    assert set(channel["messages"]) == {"verification.identity_verified.v1", "verification.identity_verified.v2"}


def test_what_is_received_is_described_by_what_the_reader_takes() -> None:
    payload = of_service(Verification)["components"]["messages"]["registration.declaration_submitted.v1"]["payload"]
    assert payload["title"] == "What verification reads of it"
    assert set(payload["properties"]) == {"dossier_no", "route", "office", "signature"}


@pytest.mark.parametrize("document", [of_service(Registration), of_service(Verification), of_public_feed(SAMPLES)])
def test_every_example_fits_its_payload_and_its_headers(document: dict[str, Any]) -> None:
    examples = [(message, example) for message in messages(document) for example in message.get("examples", ())]
    assert examples
    for message, example in examples:
        for part in ("payload", "headers"):
            schema = {**message[part], "components": document["components"]}
            jsonschema.Draft202012Validator(schema).validate(example[part])


def test_the_headers_of_an_example_are_an_envelope_that_the_bus_reads() -> None:
    message = of_service(Registration)["components"]["messages"]["registration.declaration_submitted.v1"]
    envelope = parse(message["examples"][0]["headers"], None)
    assert envelope.type == type_of("registration", "declaration_submitted", 1)
    assert envelope.subject == DeclarationSubmitted.example["dossier_no"]
    assert datetime.fromisoformat(envelope.time).tzinfo is not None


def test_the_schema_that_an_envelope_points_to_is_exported(exported: Path) -> None:
    for document in (of_service(Registration), of_service(Verification), of_public_feed(SAMPLES)):
        for message in messages(document):
            for example in message.get("examples", ()):
                uri = example["headers"]["cloudEvents:dataschema"]
                schema = json.loads((exported / schema_file(uri)).read_text(encoding="utf-8"))
                assert schema["$id"] == uri
                jsonschema.Draft202012Validator(schema).validate(example["payload"])


def test_the_public_feed_tells_public_facts_on_its_exchange_and_its_stream() -> None:
    document = of_public_feed(SAMPLES)
    channel = document["channels"]["verification.case_received"]
    assert channel["address"] == "verification.case_received"
    assert channel["bindings"]["amqp"]["exchange"]["name"] == topology.PUBLIC_EXCHANGE
    stream = document["channels"][topology.PUBLIC_STREAM]
    assert stream["bindings"]["amqp"]["is"] == "queue"
    assert set(stream["messages"]) == set(document["components"]["messages"])
    assert "registration.draft_left.v1" not in document["components"]["messages"]


def test_the_public_feed_shows_nobodys_data() -> None:
    shown = json.dumps(of_public_feed(SAMPLES), ensure_ascii=False)
    assert "261121-000001-8" in shown
    for secret in PRIVATE:
        assert secret not in shown


def test_the_public_feed_has_no_headers_that_stay_inside() -> None:
    for message in messages(of_public_feed(SAMPLES)):
        assert not {"cloudEvents:traceparent", "cloudEvents:causationid"} & message["examples"][0]["headers"].keys()


def test_the_lock_of_the_tools_names_no_registry() -> None:
    lock = json.loads((ROOT / "scripts" / "node" / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_a_service_that_reads_a_fact_of_its_own_describes_it_as_sent() -> None:
    fact = making.fact({"note": "a"}, note=fields.String(required=True))
    own = making.service(publishes=[fact], reads=[making.reader(dossier_no=fields.String(required=True))])
    document = of_service(own)
    assert set(document["operations"]) == {
        "send.registration.declaration_submitted",
        "receive.registration.declaration_submitted",
    }
    message = document["components"]["messages"]["registration.declaration_submitted.v1"]
    assert "note" in message["payload"]["properties"]
