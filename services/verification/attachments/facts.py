"""The fact that an officer has asked for pictures."""

from datetime import datetime

from marshmallow import fields

from services.chassis.facts import Fact, private


class PicturesRequested(
    Fact,
    name="pictures_requested",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": "261121-000001-6",
        "pictures": ["birth_certificate"],
        "requested_at": "2026-11-23T10:00:00+07:00",
    },
):
    """An officer asks a guardian for missing pictures. Registration sets the last day, and tells it (702 app. 1 step 8; I6)."""

    dossier_no: str = private(fields.String(required=True))
    pictures: list[str] = private(fields.List(fields.String(), required=True))
    requested_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))
