"""Endpoints for operators and developers: health, metrics, API documentation."""

from pathlib import Path
from typing import Any

import flask_swagger_ui  # type: ignore[import-untyped]
from flask import Flask, Response, jsonify, render_template, send_from_directory, url_for

from services.chassis.observe import metrics
from services.chassis.observe.health import Report
from services.chassis.resources import Resources

#: polled every few seconds by machines: logged at debug level
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

_NOT_READY = 503
_SWAGGER = Path(flask_swagger_ui.__file__).parent / "dist"
_SWAGGER_FILES = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "LICENSE"})


def install(app: Flask, resources: Resources[Any]) -> None:
    """Add `/healthz`, `/readyz`, `/metrics`, `/<service>/docs` and the files the last one needs."""
    prefix = f"/{resources.service}"

    def examine() -> Report:
        """Check the parts, and show them as metrics."""
        report, ok = resources.health.report(), metrics.of(resources.service).part_ok
        for part in report.parts:
            ok[part.name].set(part.problem is None)
        return report

    @app.get("/healthz")
    def healthz() -> Response:
        """Liveness: restart the process if this does not answer."""
        return jsonify(status="alive", service=resources.service)

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """Readiness: send the process no requests while this is 503. What else is unwell stands in the body."""
        report = examine()
        return jsonify(service=resources.service, **report.as_json()), 200 if report.ready else _NOT_READY

    @app.get("/metrics")
    def exposition() -> Response:
        examine()
        body, content_type = metrics.exposition()
        return Response(body, content_type=content_type)

    @app.get(f"{prefix}/docs")
    def docs() -> str:
        return render_template("chassis/docs.html", spec_url=url_for("api-docs.openapi_json"))

    @app.get(f"{prefix}/docs/<name>")
    def docs_file(name: str) -> Response:
        return send_from_directory(_SWAGGER, name if name in _SWAGGER_FILES else "-")
