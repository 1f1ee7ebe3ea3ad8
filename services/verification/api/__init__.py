"""HTTP API of verification; for staff only."""

from collections.abc import Sequence

from flask import Blueprint

from services.chassis.resources import Resources
from services.verification.api import attachments, cases, work
from services.verification.settings import Settings


def blueprints(resources: Resources[Settings]) -> Sequence[Blueprint]:
    """The API; documents out of reach make the service unready, as nobody could look at a dossier."""

    def documents() -> None:
        resources.documents.check()

    resources.health.add("documents", documents, "Is DOCUMENTS_URL right, and is there space?")
    return (cases.api, work.api, attachments.api)
