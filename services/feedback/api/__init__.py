"""HTTP API of feedback."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint as AnyBlueprint
from flask import Response

from services.chassis.resources import Resources
from services.chassis.serials import Serials
from services.chassis.web.blueprint import Blueprint
from services.chassis.web.fields import Moment
from services.chassis.web.problem import Problem, as_response
from services.feedback.api import (
    attachments,
    board,
    categories,
    citizen,
    complaints,
    coordinations,
    office,
    offices,
    reports,
)
from services.feedback.numbers import FORM, counters
from services.feedback.refusals import Refused
from services.feedback.settings import Settings


def blueprints(resources: Resources[Settings]) -> list[AnyBlueprint]:
    """The blueprints, with the bounds that the settings give."""
    settings = resources.settings
    made = Blueprint("complaints", __name__, url_prefix="/complaints", description="Complaints, from receipt to rating")
    made.register_error_handler(Refused, _answer)
    complaints.add_to(made, settings, Serials(resources.db, FORM, counters, block=settings.number_block))
    attachments.add_to(made, settings)
    citizen.add_to(made)
    office.add_to(made, settings)
    coordinations.add_to_complaints(made)
    board.add_to(made)
    asked = coordinations.blueprint()
    asked.register_error_handler(Refused, _answer)
    return [made, asked, offices.blueprint(), categories.blueprint(), reports.blueprint()]


def _answer(refused: Refused) -> Response:
    """What the model does not allow now."""
    members = {name: _json(value) for name, value in refused.members.items()}
    return as_response(Problem(refused.status, refused.kind, vi=refused.vi, en=refused.en, **members))


def _json(value: Any) -> Any:
    return Moment()._serialize(value, None, None) if isinstance(value, datetime) else value
