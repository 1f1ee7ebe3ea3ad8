"""Every operation of every service is asked once, well and badly: what comes back is what its document says, by ajv."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.documents import document
from tests.contract.tools import figures, judged
from tests.integration.http.desks import SERVICES, Desk, Operation, operations

HOME = "https://vss.example"


def described(answers: dict[str, Any], status: int) -> dict[str, Any] | None:
    """What the document says of this status, or of all others."""
    found: dict[str, Any] | None = answers.get(str(status), answers.get("default"))
    return found


@pytest.mark.slow
def test_every_answer_is_what_its_document_says(tmp_path_factory: pytest.TempPathFactory) -> None:
    schemas: dict[str, Any] = {}
    values: list[Any] = []
    wrong: list[str] = []
    asked = 0
    for service in SERVICES:
        folder = tmp_path_factory.mktemp(service)
        desk = Desk(service, folder).filled()
        whole = document(service)
        schemas[service] = {"$id": f"{HOME}/{service}", "components": whole["components"]}
        for operation in operations(service, Path(tmp_path_factory.mktemp("document"))):
            answers = whole["paths"][operation.path][operation.method.lower()]["responses"]
            for answer in tried(desk, operation):
                asked += 1
                label = f"{operation.id} {answer.status_code}"
                said = described(answers, answer.status_code)
                said = whole["components"]["responses"][said["$ref"].rpartition("/")[2]] if said and "$ref" in said else said
                if said is None:
                    wrong.append(f"{label}: not in the document")
                elif answer.get_data() and not {answer.mimetype, answer.content_type} & said.get("content", {}).keys():
                    wrong.append(f"{label}: {answer.mimetype} is not among {list(said.get('content', {}))}")
                elif answer.get_data() and "json" in answer.mimetype:
                    schema = said["content"][answer.mimetype]["schema"]
                    schemas[label] = {"$ref": f"{HOME}/{service}{schema['$ref']}"} if "$ref" in schema else schema
                    values.append([label, answer.get_json()])
    found = judged(schemas=schemas, values=values)
    wrong += [f"{each['name']}: {error}" for each in found["wrong"] for error in each["errors"]]
    assert sorted({*wrong, *found["unreadable"]}) == []
    figures("answers", asked=asked, judged=found["judged"])


def tried(desk: Desk, operation: Operation) -> list[Any]:
    """As somebody who is let in, with a good body and with an empty one; as nobody; about what is not there."""
    path = operation.at(**desk.known)
    try:
        role = desk.role_for(operation)
    except StopIteration:
        role = "citizen"  # an account of one's own, which nobody here has
    body = {"json": operation.good} if operation.schema is not None else {}
    unknown = operation.at(**dict.fromkeys(desk.known, "nothing-like-it"))
    return [
        desk.ask(operation.method, path, role=role, **body),
        desk.ask(operation.method, path, role=role, json={}),
        desk.ask(operation.method, path),
        desk.ask(operation.method, unknown, role=role, **body),
        desk.ask(operation.method, path, role=role, query_string={"limit": "x", "nobody": "knows"}, **body),
    ]
