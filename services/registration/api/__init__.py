"""HTTP API of registration."""

from __future__ import annotations

from flask import Blueprint as AnyBlueprint

from services.chassis.resources import Resources
from services.chassis.serials import Serials
from services.chassis.web.blueprint import Blueprint
from services.registration import api_lookup
from services.registration.api import attachments, declarations, form
from services.registration.numbers import FORM, counters
from services.registration.settings import Settings


def blueprints(resources: Resources[Settings]) -> list[AnyBlueprint]:
    """The blueprints, with the bounds that the settings give."""
    settings = resources.settings
    made = Blueprint("declarations", __name__, url_prefix="/declarations", description="Form 01, from draft to its end")
    declarations.add_to(made, settings, Serials(resources.db, FORM, counters, block=settings.number_block))
    attachments.add_to(made, settings)
    form.add_to(made)
    return [made, api_lookup.blueprint()]
