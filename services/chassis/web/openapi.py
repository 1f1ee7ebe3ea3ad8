"""What flask-smorest leaves out of a service's OpenAPI document, so that other people's tools can use it.

- operations have ids: the blueprint's name and the function's (``declarationsCreate``); generated clients name their methods so.
  They are part of the contract: a function that is renamed keeps its id by ``doc(operationId=…)``;
- patterns are ECMA-262, as JSON Schema says, and not Python's;
- answers may gain fields: only bodies of requests refuse unknown ones.
"""

import re
from collections.abc import Iterator
from typing import Any

#: of operations that are `recorded` (looks.py)
PURPOSE = {
    "in": "header",
    "name": "X-Purpose",
    "required": False,
    "description": "What for, in words of your own (UTF-8). Needed (428) where the work in hand does not say it; kept in the history, so it "
    "must name nobody.",
    "schema": {"type": "string", "minLength": 5, "maxLength": 200},
}
_REFERENCE = "#/components/schemas/"


def operation_id(blueprint: str, function: str) -> str:
    """Return the id of an operation: ``("form-links", "show_form")`` → ``formLinksShowForm``."""
    first, *others = re.split(r"[^A-Za-z0-9]+", f"{blueprint}_{function}")
    return first + "".join(each[:1].upper() + each[1:] for each in others)


def ecma(pattern: str) -> str:
    """Return a Python pattern as ECMA-262 has it. Only anchors and names of groups are translated; a test knows the rest."""
    return re.sub(r"\(\?P<", "(?<", re.sub(r"\\Z$", "$", re.sub(r"^\\A", "^", pattern)))


def finished(document: dict[str, Any]) -> dict[str, Any]:
    """Return ``document``, changed in place: patterns translated, schemas that only answers have left open, unused ones gone."""
    for node in _nodes(document):
        if isinstance(pattern := node.get("pattern"), str):
            node["pattern"] = ecma(pattern)
    for operation in _operations(document):
        parameters = operation.get("parameters", [])
        # not where other parameters are made: an operation that writes its own would lose it
        if operation.get("x-recorded") and PURPOSE not in parameters:
            operation["parameters"] = [*parameters, PURPOSE]
    components = document.get("components", {})
    schemas = components.get("schemas", {})
    used = _reached(schemas, [document.get("paths"), components.get("responses")])
    for name in schemas.keys() - used:
        del schemas[name]
    sent = _reached(schemas, [operation.get("requestBody") for operation in _operations(document)])
    for name, schema in schemas.items():
        if name not in sent and schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document.get("paths", {}).values():
        yield from (operation for operation in item.values() if isinstance(operation, dict))


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from _nodes(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _nodes(inner)


def _reached(schemas: dict[str, Any], from_: Any) -> set[str]:
    """Return the names of the schemas that ``from_`` refers to, directly or through others."""
    found: set[str] = set()
    waiting = [from_]
    while waiting:
        for node in _nodes(waiting.pop()):
            name = str(node.get("$ref", "")).removeprefix(_REFERENCE)
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found
