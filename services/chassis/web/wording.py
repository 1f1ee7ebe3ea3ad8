"""Vietnamese translations of validation messages.

marshmallow's English messages are few and fixed, so each is translated in `wording.toml`. A service's own rule brings both:
``raise ValidationError(bilingual(vi="Sai ngày sinh.", en="Wrong date of birth."))``.
"""

import re
import tomllib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from services.chassis.text.bilingual import Bilingual

_INVALID = "Giá trị không hợp lệ."

_TABLE: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("wording.toml").read_text(encoding="utf-8"))
_KINDS = _TABLE["kinds"]
_SENTENCES = [(re.compile(pattern, re.DOTALL), sentence) for pattern, sentence in _TABLE["sentences"].items()]
_NOT_A = re.compile(r"Not a valid (.+)\.")


def vietnamese(message: str) -> str:
    """Translate a validator's message; a generic sentence if there is no translation."""
    if isinstance(message, Bilingual):
        return message.vi
    for pattern, sentence in _SENTENCES:
        match = pattern.fullmatch(message)
        if match:
            return sentence.format(*match.groups())
    match = _NOT_A.fullmatch(message)
    if match:
        return f"Phải là {_KINDS[match[1]]} hợp lệ." if match[1] in _KINDS else _INVALID
    return _INVALID


_PLACES = {"json": "body", "json_or_form": "body", "form": "body", "files": "body", "querystring": "query"}
_MOST_ERRORS = 100
_LONGEST_PATH = 200


def field_errors(messages: Any) -> list[dict[str, str]]:
    """Flatten webargs' nested messages: ``{"field": "contact.phone", "in": "body", "message_vi", "message_en"}``.

    List positions count from 0 (`attachments.0.kind`); an empty field means the whole body or query.
    """
    places = messages.items() if isinstance(messages, dict) else [("json", messages)]
    found = (error for location, inner in places for error in _errors_in(inner, _PLACES.get(location, location), ()))
    return list(islice(found, _MOST_ERRORS))


def _errors_in(node: Any, place: str, path: tuple[str, ...]) -> Iterator[dict[str, str]]:
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _errors_in(inner, place, path if key == "_schema" else (*path, str(key)))
    elif isinstance(node, list | tuple):
        for inner in node:
            yield from _errors_in(inner, place, path)
    else:
        message = node if isinstance(node, str) else "Invalid value."
        field = ".".join(path)[:_LONGEST_PATH]
        yield {"field": field, "in": place, "message_vi": vietnamese(message), "message_en": str.__str__(message)}
