"""The service's `Resources` (database, settings, documents) for views."""

from typing import Any, cast

from flask import Blueprint, current_app
from werkzeug.local import LocalProxy

from services.chassis.resources import Resources, Source

KEY = "vss-resources"

BlueprintSource = Source[Blueprint]


#: the resources of the application that handles the request in hand
resources = cast("Resources[Any]", LocalProxy(lambda: current_app.extensions[KEY]))
