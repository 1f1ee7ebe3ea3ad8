"""The facts about documents: an officer has asked for pictures, or has added one."""

from datetime import datetime
from typing import Any

from marshmallow import fields

from services.chassis.facts import Fact, private
from services.verification.cases.declaration import Document


class DocumentSupplemented(
    Fact,
    name="document_supplemented",
    version=1,
    subject="dossier_no",
    example={
        "dossier_no": "261121-000001-6",
        "attachment": {
            "kind": "id_front",
            "document_id": "019aa5b5c0de7000a000000000000002-" + "0" * 32,
            "sha256": "c" * 64,
            "content_type": "image/jpeg",
            "size": 51234,
        },
        "supplemented_at": "2026-11-23T10:01:00+07:00",
    },
):
    """An officer has added a picture or a scan (V4, V5): the form that registration makes shows it, too."""

    dossier_no: str = private(fields.String(required=True))
    attachment: dict[str, Any] = private(fields.Nested(Document, required=True))
    supplemented_at: datetime = private(fields.AwareDateTime(required=True, format="iso"))


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
