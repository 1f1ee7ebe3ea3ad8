"""Our facts and their schemas, read by JavaScript: the cloudevents SDK, ajv, ECMA's patterns."""

from __future__ import annotations

import json
from typing import Any

from tests.contract.documents import nodes
from tests.contract.tools import ROOT, figures, judged, run

HOME = "https://vss.example"
PREFIX = "cloudEvents:"
DOCUMENTS = {
    path.name.split(".")[1]: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "docs/facts").glob("asyncapi.*.json"))
}
EXAMPLES = [
    (name, key, message, example)
    for name, document in DOCUMENTS.items()
    for key, message in document["components"]["messages"].items()
    for example in message.get("examples", ())
]


def test_every_pattern_of_the_facts_is_javascripts_too() -> None:
    patterns = sorted(
        {
            node["pattern"]
            for document in DOCUMENTS.values()
            for _, node in nodes(document)
            if isinstance(node.get("pattern"), str)
        }
    )
    answer = judged(patterns=patterns)
    assert answer["unreadable"] == []
    assert not [pattern for pattern in patterns if "\\Z" in pattern or "\\A" in pattern or "(?P" in pattern]


def test_every_example_of_a_fact_fits_its_payload_and_headers_by_ajv() -> None:
    assert len(EXAMPLES) > 50
    schemas: dict[str, Any] = {
        name: {"$id": f"{HOME}/{name}", "components": document["components"]} for name, document in DOCUMENTS.items()
    }
    values = []
    for name, key, message, example in EXAMPLES:
        for part in ("payload", "headers"):
            schema = schemas[f"{name}/{key}/{part}"] = absolute(message[part], name)
            assert schema
            values.append([f"{name}/{key}/{part}", example[part]])
    answer = judged(schemas=schemas, values=values)
    assert (answer["unreadable"], answer["wrong"]) == ([], [])
    assert answer["judged"] == len(values)
    figures("facts", examples=len(EXAMPLES), judged=len(values))


def absolute(node: Any, name: str) -> Any:
    """References from inside the document, as from outside it."""
    if isinstance(node, list):
        return [absolute(inner, name) for inner in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"{HOME}/{name}{inner}" if key == "$ref" and str(inner).startswith("#") else absolute(inner, name)
        for key, inner in node.items()
        if key != "$id"
    }


def test_the_cloudevents_sdk_reads_every_fact_and_finds_it_valid() -> None:
    """It knows no AMQP: HTTP's binary mode has the same attributes under other names."""
    asked = []
    for _, _, _, example in EXAMPLES:
        headers = {
            f"ce-{key.removeprefix(PREFIX)}": str(value)
            for key, value in example["headers"].items()
            if key.startswith(PREFIX)
        }
        asked.append(
            {
                "headers": {"content-type": "application/json; charset=utf-8"} | headers,
                "body": json.dumps(example["payload"]),
            }
        )
    done = run("cloudevents.mjs", stdin=json.dumps(asked))
    assert done.returncode == 0, done.stderr
    events = json.loads(done.stdout)
    for (_, _, _, example), event in zip(EXAMPLES, events, strict=True):
        told = {key.removeprefix(PREFIX): value for key, value in example["headers"].items() if key.startswith(PREFIX)}
        assert event["data"] == example["payload"]
        assert {"id", "source", "type", "specversion", "time", "dataschema"} <= event.keys()
        for key in told.keys() - {"time"}:
            assert str(event[key]) == str(told[key]), key
    figures("cloudevents", facts=len(events))
