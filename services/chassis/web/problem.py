"""Error responses as problem+json (RFC 9457), in Vietnamese and English.

    raise Problem(409, "already-submitted", vi="Hồ sơ đã nộp rồi.", en="The dossier is submitted already.")

`type` is the stable name a program looks at (``urn:vss:problem:already-submitted``); `title` and `detail` are for people,
with the English beside them as `title_en` and `detail_en`; `trace_id` is what the caller tells support; `errors` names
the fields. A browser that asks for HTML gets the same as a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import marshmallow as ma
from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

from services.chassis.observe import trace

MEDIA_TYPE = "application/problem+json"
_URN = "urn:vss:problem:"


class _Standard(NamedTuple):
    kind: str
    title: str
    title_en: str
    detail: str
    detail_en: str


_STANDARD = {
    400: _Standard("bad-request", "Yêu cầu không hợp lệ", "Bad request",
        "Không đọc được yêu cầu.", "The request could not be understood."),
    401: _Standard("unauthenticated", "Cần đăng nhập", "Authentication required",
        "Hãy đăng nhập rồi thử lại.", "Sign in and try again."),
    403: _Standard("forbidden", "Không có quyền", "Forbidden",
        "Tài khoản này không được làm việc này.", "This account is not allowed to do this."),
    404: _Standard("not-found", "Không tìm thấy", "Not found",
        "Không tìm thấy nội dung tại địa chỉ này.", "Nothing was found at this address."),
    405: _Standard("method-not-allowed", "Phương thức không được hỗ trợ", "Method not allowed",
        "Địa chỉ này không nhận phương thức đó; xem đầu mục Allow.", "This address does not support the method; see the Allow header."),
    406: _Standard("not-acceptable", "Không có định dạng được yêu cầu", "Not acceptable",
        "Không trả lời được theo định dạng trong đầu mục Accept.", "No response is available in the format of the Accept header."),
    408: _Standard("request-timeout", "Yêu cầu gửi quá chậm", "Request timeout",
        "Máy chủ không nhận đủ yêu cầu trong thời hạn.", "The request did not arrive in time."),
    409: _Standard("conflict", "Xung đột", "Conflict",
        "Yêu cầu không hợp với trạng thái hiện tại.", "The request conflicts with the current state."),
    412: _Standard("precondition-failed", "Dữ liệu đã thay đổi", "Precondition failed",
        "Dữ liệu đã thay đổi từ lần đọc trước.", "The data has changed since it was read."),
    413: _Standard("content-too-large", "Nội dung quá lớn", "Content too large",
        "Nội dung gửi lên vượt quá dung lượng cho phép.", "The content is larger than allowed."),
    414: _Standard("uri-too-long", "Địa chỉ quá dài", "URI too long",
        "Địa chỉ của yêu cầu quá dài.", "The address is too long."),
    415: _Standard("unsupported-media-type", "Định dạng không được hỗ trợ", "Unsupported media type",
        "Nội dung phải đúng định dạng đã công bố (thường là application/json).", "The content must be of the documented type (usually application/json)."),
    422: _Standard("invalid-fields", "Dữ liệu không hợp lệ", "Invalid data",
        "Có thông tin chưa đúng; xem từng trường trong errors.", "Some fields are invalid; see errors."),
    429: _Standard("too-many-requests", "Quá nhiều yêu cầu", "Too many requests",
        "Hãy đợi một lát rồi thử lại.", "Please wait a moment and try again."),
    431: _Standard("headers-too-large", "Đầu mục quá lớn", "Request header fields too large",
        "Đầu mục của yêu cầu quá lớn.", "The request's headers are too large."),
    500: _Standard("internal-error", "Lỗi hệ thống", "Internal error",
        "Hệ thống gặp lỗi. Khi báo lỗi, hãy cho biết trace_id.", "Something went wrong here. Quote the trace_id when you report it."),
    503: _Standard("unavailable", "Hệ thống tạm thời bận", "Temporarily unavailable",
        "Hệ thống tạm thời chưa phục vụ được. Hãy thử lại sau ít giây.", "The system cannot serve this right now. Try again in a few seconds."),
}  # fmt: skip


def _standard(status: int) -> _Standard:
    if status in _STANDARD:
        return _STANDARD[status]
    return _STANDARD[500 if status >= 500 else 400]


class Problem(HTTPException):
    """An error response. `kind` is its stable name; by default the status code's name, title and detail are used.

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
        standard = _standard(status)
        super().__init__(en or standard.detail_en)
        self.code = status
        self.headers = dict(headers or {})
        self.members: dict[str, Any] = {
            "type": _URN + (kind or standard.kind),
            "title": standard.title,
            "title_en": standard.title_en,
            "status": status,
            "detail": vi or standard.detail,
            "detail_en": en or standard.detail_en,
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


def as_response(problem: Problem) -> Response:
    """Render the response: HTML for a browser, problem+json for other clients."""
    status = problem.code or 500
    body = problem.body()
    accepted = request.accept_mimetypes
    if accepted["text/html"] > max(accepted["application/json"], accepted[MEDIA_TYPE]):
        response = Response(render_template("chassis/problem.html", problem=body), status, mimetype="text/html")
    else:
        response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
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
