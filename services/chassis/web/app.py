"""The Flask application of a service: its blueprints under its prefix, errors as problems, headers, traces, counts.

Nothing here needs green threads, so a test may run it with Flask's own test client.
"""

import logging
import time
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import flask_smorest
from flask import Flask, Response, g, jsonify, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from services.chassis.errors import Refused
from services.chassis.observe import metrics, trace
from services.chassis.observe.logs import get_logger
from services.chassis.resources import Resources, collect
from services.chassis.text.quoted import as_given_out
from services.chassis.web import auth, failures, operations
from services.chassis.web.body import AtMost, too_large
from services.chassis.web.fields import Moment
from services.chassis.web.openapi import finished
from services.chassis.web.pages import installing as pages
from services.chassis.web.pages import key as page_keys
from services.chassis.web.pages.environment import Environment
from services.chassis.web.problem import MEDIA_TYPE, Problem, ProblemSchema
from services.chassis.web.resources import KEY, BlueprintSource
from services.chassis.web.security import SECURITY_HEADERS

log = get_logger(__name__)

_HERE = Path(__file__).parent
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_DESCRIPTION = (
    "Part of the system through which Vietnam registers citizens for electronic transactions with VSS (BHXH). "
    "Errors are problem+json (RFC 9457), in Vietnamese and English. Answers may gain fields. "
)
#: công văn 702, last paragraph
_HELP = (
    "Cán bộ gặp vướng mắc, xin gọi Trung tâm Công nghệ thông tin, BHXH Việt Nam: {0}. · "
    "Staff in difficulty call the IT centre of VSS: {0}."
)


class _Json(DefaultJSONProvider):
    ensure_ascii = False
    sort_keys = False

    @staticmethod
    def default(value: Any) -> Any:
        if isinstance(value, datetime):
            return Moment.serialize_value(value)
        if isinstance(value, date):
            return value.isoformat()
        return DefaultJSONProvider.default(value)


class App(Flask):
    """Flask with trace context and without personal data in error logs."""

    json_provider_class = _Json
    jinja_environment = Environment

    @property
    def secret_key(self) -> str:  # type: ignore[override]  # Flask's is a setting that is there from the start
        """The key of the pages' session cookie, read when the first page needs it."""
        resources: Resources[Any] = self.extensions[KEY]
        return page_keys.key_of(resources.settings, resources.db)

    def wsgi_app(self, environ: Any, start_response: Any) -> Any:
        """Run a request as a span of the caller's trace, or of a new one."""
        with trace.use(trace.child(environ.get("HTTP_TRACEPARENT"))):
            return super().wsgi_app(environ, start_response)

    def log_exception(self, exc_info: Any) -> None:
        """Log the route instead of the path, which may hold a number that identifies a person."""
        log.error("http_request_failed", method=request.method, route=_route(), exc_info=exc_info)


class _Api(flask_smorest.Api):  # type: ignore[misc]
    ERROR_SCHEMA = ProblemSchema
    _document: bytes | None = None

    def _register_responses(self) -> None:
        """Document errors as problem+json."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = MEDIA_TYPE
        try:
            super()._register_responses()
        finally:
            del self.DEFAULT_RESPONSE_CONTENT_TYPE  # the class's own is back for what is no error

    def _openapi_json(self) -> Response:
        """Serve the document as other people's tools need it; made once, as anybody may ask for it as often as they like."""
        if self._document is None:
            self._document = jsonify(finished(self.spec.to_dict())).get_data()
        return Response(self._document, mimetype="application/json")


def create_app(
    resources: Resources[Any], *sources: BlueprintSource, verifier: auth.Verifier | None = None, staff_only: bool = False
) -> Flask:
    """Build the application of `resources.service`. A source is a list of blueprints, or a function that makes one from `resources`.

    flask-smorest's blueprints are in the OpenAPI document, plain Flask ones (pages) are not.

    :param staff_only: only staff call it, so the document names their help line; a citizen never reads that (N12).
    """
    service = resources.service
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    app = App(
        f"vss.{service}",
        root_path=str(_HERE),
        template_folder="templates",
        static_folder="static",
        static_url_path=f"/{service}/static",
    )
    app.extensions |= {KEY: resources, auth.KEY: verifier}
    app.config.update(
        API_TITLE=f"VSS {service}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {
                "description": _DESCRIPTION + (_HELP.format(resources.settings.officers_help_line) if staff_only else "")
            },
            "servers": [{"url": "/", "description": "the system's front door, or the service itself"}],
        },
        OPENAPI_URL_PREFIX=f"/{service}",
        OPENAPI_JSON_PATH="openapi.json",
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        MAX_CONTENT_LENGTH=resources.settings.http_max_body_bytes,
    )
    app.jinja_env.globals["service"] = service
    api = _Api(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for kind in (HTTPException, Refused):  # after flask-smorest, whose answer to errors this replaces
        app.register_error_handler(kind, failures.answer)
    pages.install(app, resources)
    operations.install(app, resources)
    _watch(app, resources)
    for blueprint in collect(resources, sources):
        prefix = f"/{service}{blueprint.url_prefix or ''}"
        registrar = api if isinstance(blueprint, flask_smorest.Blueprint) else app
        registrar.register_blueprint(blueprint, url_prefix=prefix)
    return app


def _watch(app: Flask, resources: Resources[Any]) -> None:
    counted, settings = metrics.of(resources.service), resources.settings

    @app.url_value_preprocessor
    def fold(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        # numbers and codes in paths are typed, too (W2)
        for name, value in (values or {}).items():
            if values is not None and isinstance(value, str):
                values[name] = as_given_out(value)

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        view = app.view_functions.get(request.endpoint or "")
        setting, refuse = getattr(view, "bounded_by", ("http_max_body_bytes", too_large))
        allowed = getattr(settings, setting)
        request.max_content_length = allowed + 1
        if "wsgi.input_terminated" in request.environ:
            request.environ["wsgi.input"] = AtMost(request.environ["wsgi.input"], allowed, refuse)
        if (request.content_length or 0) > allowed:
            raise refuse(allowed)
        if "\x00" in request.path or "\x00" in request.query_string.decode("latin-1") or "%00" in request.full_path:
            raise Problem(400)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        response.headers["Trace-Id"] = trace.trace_id() or ""
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        route, status = _route(), str(response.status_code)
        method = request.method if request.method in _METHODS else "other"
        counted.http_seconds[method, route, status].observe(seconds)
        write = log.debug if route in operations.QUIET else log.info
        write(
            "http_request",
            method=method,
            route=route,
            status=response.status_code,
            seconds=round(seconds, 4),
            **_whom(response),
        )
        return response


def _whom(response: Response) -> dict[str, str]:
    """Return who was refused, where we know: a signed-in caller who may not do this (ASVS V16.3.2)."""
    who = auth.caller() if response.status_code == HTTPStatus.FORBIDDEN else None
    return {"account_id": who.id, "role": who.role} if who is not None else {}


def _route() -> str:
    """Return the route's template: the path itself may hold a dossier number."""
    return request.url_rule.rule if request.url_rule else "unmatched"
