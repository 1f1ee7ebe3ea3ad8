"""The endpoints of the weekly and monthly reports that are kept: the same in every service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import marshmallow as ma
import sqlalchemy as sa
from flask import Response

from services.chassis.reports.downloads import no_such_report, stored_file
from services.chassis.reports.periodic import Periodic, find
from services.chassis.reports.schemas import PeriodicQuery, PeriodicSchema
from services.chassis.web import paging
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.documented import problems
from services.chassis.web.resources import resources

#: a file, in the document of the API
BINARY: Final = {"type": "string", "format": "binary"}


class Readers(Protocol):
    """A decorator that lets only those who may read the reports call a view."""

    def __call__(self, view: Callable[..., Any], /) -> Callable[..., Any]: ...


def add_endpoints(
    reports: Blueprint, row: type[Periodic], schema: type[ma.Schema], *, readers: Readers, files: Sequence[str]
) -> None:
    """Add `/periodic` to a blueprint: the list, one report, its files.

    :param schema: of one report, with its figures.
    :param files: the content types of its files.
    """

    @reports.route("/periodic")
    @problems(400, 401, 403, 422, 503)
    @readers
    @reports.arguments(PeriodicQuery, location="query")
    @reports.response(200, paging.page_of(PeriodicSchema))
    def list_periodic(query: dict[str, Any]) -> dict[str, Any]:
        """List the weekly and monthly reports, latest first; those of current periods are `planned`"""
        statement = sa.select(row)
        if query["kind"]:
            statement = statement.where(row.kind == query["kind"])
        with resources.db.read() as session:
            return paging.fetch(session, statement, by=(row.ends_at, row.id), query=query)

    @reports.route("/periodic/<kind>/<name>")
    @problems(400, 401, 403, 404, 503)
    @readers
    @reports.response(200, schema)
    def show_periodic(kind: str, name: str) -> Periodic:
        """Show a report as it was made after its period: `weekly/2026-W47`, `monthly/2026-11`"""
        return _find(kind, name)

    @reports.route("/periodic/<kind>/<name>/<file>")
    @problems(400, 401, 403, 404, 503)
    @readers
    @reports.doc(responses={"200": {"description": "The file", "content": {each: {"schema": BINARY} for each in files}}})
    def show_file(kind: str, name: str, file: str) -> Response:
        """Download a file of a report, by one of the names in its `files`"""
        return stored_file(_find(kind, name), file)

    def _find(kind: str, name: str) -> Periodic:
        with resources.db.read() as session:
            found = find(session, row, kind, name)
        if found is None:
            raise no_such_report()
        return found
