"""The service's `Resources` (database, settings, documents) for views."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Flask, current_app
from werkzeug.local import LocalProxy

from services.chassis.resources import Resources, Source

_KEY = "vss-resources"

BlueprintSource = Source[Blueprint]


def put(app: Flask, found: Resources[Any]) -> None:
    """Attach the resources to an application."""
    app.extensions[_KEY] = found


def _find() -> Resources[Any]:
    found: Resources[Any] = current_app.extensions[_KEY]
    return found


#: the resources of the application that handles the request in hand
resources = cast(Resources[Any], LocalProxy(_find))
