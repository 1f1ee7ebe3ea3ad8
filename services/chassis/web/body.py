"""Strict parsing of JSON bodies: what is accepted fits a database and means the same to every program."""

import json
from collections.abc import Callable
from typing import Any, ClassVar, NoReturn

import marshmallow as ma
from flask import Request, request
from webargs import missing
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.datastructures import Headers

from services.chassis.text.bilingual import bilingual
from services.chassis.web.problem import Problem

_TWICE = bilingual(vi="Chỉ được ghi một lần.", en="May be given once only.")


class Parser(FlaskParser):
    """Stricter webargs parser: refuses a body that is not JSON (415), and JSON that only Python reads (400).

    Unknown query parameters are refused like unknown fields: a misspelt filter would otherwise answer the whole list.
    """

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": None,  # as the schema says, which is to refuse unless it says otherwise
        "querystring": None,
    }

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """Load the query. A parameter that is given twice is refused: we would take the first, and whatever stands before us perhaps the last."""
        lists = {field.data_key or name for name, field in schema.fields.items() if isinstance(field, ma.fields.List)}
        twice = [name for name, values in req.args.lists() if len(values) > 1 and name not in lists]
        if twice:
            raise ma.ValidationError({name: [_TWICE] for name in twice})
        return super().load_querystring(req, schema)

    def load_headers(self, req: Request, schema: ma.Schema) -> Any:
        """Load the headers as they were typed (`typed_header`)."""
        return self._makeproxy(Headers([(name, as_typed(value)) for name, value in req.headers.items()]), schema)

    def _raw_load_json(self, req: Request) -> Any:
        raw = req.get_data(cache=True)
        if not raw:
            return missing
        if not is_json_request(req):
            raise Problem(415)
        return parse_json(raw)


def as_typed(value: str) -> str:
    """Return a header's value as its sender typed it: HTTP hands over bytes as Latin-1, and browsers and tools send UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def typed_header(name: str) -> str | None:
    """Return a header of the request as its sender typed it; None without one."""
    value = request.headers.get(name)
    return None if value is None else as_typed(value)


def too_large(max_bytes: int) -> Problem:
    """Make the refusal of a body with more bytes than are allowed."""
    return Problem(413, max_bytes=max_bytes)


class AtMost:
    """Stream of a body of unknown length; raises what `refuse` makes of `max_bytes` once it is longer.

    Werkzeug's own limit cuts such a body off without a word when it is read at once.
    """

    def __init__(self, stream: Any, max_bytes: int, refuse: Callable[[int], Exception]) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self._refuse = refuse
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        """Read like a WSGI input."""
        data: bytes = self._stream.read(size)
        self._read += len(data)
        if self._read > self._max_bytes:
            raise self._refuse(self._max_bytes)
        return data


def parse_json(raw: bytes) -> Any:
    """Parse UTF-8 JSON without NaN, duplicate names, NUL characters or unpaired surrogates.

    Raises Problem 400 for anything else: PostgreSQL stores neither NUL nor unpaired surrogates, and programs differ in which
    of two equal names they keep.
    """
    try:
        text = raw.decode("utf-8")
        value = json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)
        if "\\u" in text:  # only an escape can bring these in
            json.dumps(value, ensure_ascii=False).encode("utf-8")
            if "\\u0000" in text and _has_nul(value):
                _refuse("NUL")
    except (ValueError, RecursionError):
        raise Problem(400, "malformed-json") from None
    return value


def _refuse(_name: str) -> NoReturn:
    raise ValueError


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any("\x00" in key or _has_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_has_nul, value))
