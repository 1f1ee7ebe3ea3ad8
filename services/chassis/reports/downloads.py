"""Send a report's files, and find the stored ones."""

from __future__ import annotations

from flask import Response

from services.chassis.documents import DocumentNotFound
from services.chassis.reports.periodic import Periodic
from services.chassis.web.problem import Problem
from services.chassis.web.resources import resources


def file_response(content: bytes, content_type: str, name: str) -> Response:
    """Return a download. A chart opened on its own is a document, which must not fetch or run anything."""
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def stored_file(report: Periodic, file: str) -> Response:
    """Return a file of a stored report.

    :raises Problem: 404 if it has no such file.
    """
    stored = report.files.get(file)
    if stored is None:
        raise no_such_report()
    try:
        content = resources.documents.get(stored["document_id"], sha256=stored["sha256"])
    except DocumentNotFound:
        raise no_such_report() from None
    return file_response(content, stored["content_type"], f"{report.full_name}-{file}")


def no_such_report() -> Problem:
    """Return the 404 of a report that does not exist or has not been made yet."""
    return Problem(
        404,
        "no-such-report",
        vi="Không có báo cáo này, hoặc báo cáo chưa được lập.",
        en="This report does not exist, or has not been made yet.",
    )
