"""Error responses as problem+json (RFC 9457), in Vietnamese and English.

    raise Problem(409, "already-submitted", vi="Hồ sơ đã nộp rồi.", en="The dossier is submitted already.")

`type` is the stable name a program looks at (``urn:vss:problem:already-submitted``); `title` and `detail` are for people,
with the English beside them as `title_en` and `detail_en`; `trace_id` is what the caller tells support; `errors` names
the fields. A browser that asks for HTML gets the same as a page.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import marshmallow as ma
from flask import Response, current_app, json
from werkzeug.exceptions import HTTPException

from services.chassis.observe import trace

MEDIA_TYPE = "application/problem+json"
_URN = "urn:vss:problem:"
#: key of what draws a problem as a page (`pages/errors.py`), or returns None for a caller who wants none
PAGE = "vss-error-page"
#: what is not there now is looked for again
_UNAVAILABLE, _RETRY_AFTER_SECONDS = 503, "5"


#: kind, title, title_en, detail and detail_en of each HTTP status; the last two of some kinds
_TEXTS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("problems.toml").read_text(encoding="utf-8"))


class Problem(HTTPException):
    """An error response. `kind` is its stable name; what is not given is that of the kind or the status in `problems.toml`.

    `errors` are made with `field_error`; further members (`retry_at="…"`) are added to the body as they are.
    """

    def __init__(
        self,
        status: int,
        kind: str | None = None,
        *,
        vi: str | None = None,
        en: str | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        standard = _TEXTS.get(str(status)) or _TEXTS["500" if status >= 500 else "400"]
        texts = standard | _TEXTS.get(kind or "", {})
        super().__init__(en or texts["detail_en"])
        self.code = status
        self.headers = ({"Retry-After": _RETRY_AFTER_SECONDS} if status == _UNAVAILABLE else {}) | dict(headers or {})
        self.members: dict[str, Any] = {
            "type": _URN + (kind or texts["kind"]),
            "title": texts["title"],
            "title_en": texts["title_en"],
            "status": status,
            "detail": vi or texts["detail"],
            "detail_en": en or texts["detail_en"],
            **({"errors": list(errors)} if errors else {}),
            **members,
        }

    def body(self) -> dict[str, Any]:
        """Return the members with the current request's trace id."""
        trace_id = trace.trace_id()
        return self.members | ({"trace_id": trace_id} if trace_id else {})


def field_error(field: str, *, vi: str, en: str, place: str = "body") -> dict[str, str]:
    """Make an entry of `errors`; `field` is a path such as ``contact.phone`` or ``attachments.0.kind``."""
    return {"field": field, "in": place, "message_vi": vi, "message_en": en}


def standard_detail(status: int) -> str:
    """Return the Vietnamese detail of a status where nobody gives another one."""
    return (_TEXTS.get(str(status)) or _TEXTS["500" if status >= 500 else "400"])["detail"]


def as_response(problem: Problem) -> Response:
    """Render the response: a page for a browser, problem+json for other clients."""
    page: Response | None = current_app.extensions[PAGE](problem)
    if page is not None:
        return page
    response = Response(json.dumps(problem.body()), problem.code or 500, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = "vi, en"
    response.headers.update(problem.headers)
    return response


class FieldError(ma.Schema):
    """One wrong field."""

    field = ma.fields.String(required=True, metadata={"example": "contact.phone"})
    place = ma.fields.String(required=True, data_key="in", metadata={"example": "body"})
    message_vi = ma.fields.String(required=True, metadata={"example": "Thiếu thông tin bắt buộc."})
    message_en = ma.fields.String(required=True, metadata={"example": "Missing data for required field."})


class ProblemSchema(ma.Schema):
    """RFC 9457 problem, for documentation only; further members (`retry_at`, `holder` …) may follow."""

    class Meta:  # noqa: D106  # marshmallow's
        unknown = ma.INCLUDE

    type = ma.fields.String(required=True, metadata={"format": "uri", "example": _URN + "invalid-fields"})
    title = ma.fields.String(required=True, metadata={"description": "Vietnamese"})
    title_en = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True, metadata={"description": "Vietnamese"})
    detail_en = ma.fields.String(required=True)
    trace_id = ma.fields.String(
        metadata={"description": "Quote it when asking for help; absent where the request itself could not be read"}
    )
    errors = ma.fields.List(ma.fields.Nested(FieldError), metadata={"description": "The fields that are wrong"})
