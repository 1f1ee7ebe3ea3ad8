"""A declaration as the guide's example fills it in."""

from datetime import UTC, datetime

import pytest

from services.registration import events, tracking
from services.registration.model import Declaration

NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def draft():
    """Makes drafts; fields may be given."""

    def make(**fields):
        values = {
            "dossier_no": "261121-000001-6",
            "kind": "register",
            "route": "portal",
            "channel": "web",
            "filing": "counter",
            "status": "draft",
            "revision": 0,
            "case_revision": 0,
            "tracking_hash": tracking.digest("x"),
            "office": events.EXAMPLE_OFFICE,
            "bhxh_code": "0113099841",
            "subject": events.EXAMPLE_SUBJECT,
            "contact": events.EXAMPLE_CONTACT,
            "particulars": {"person": None, "registered_at": "portal", "ivan_name": None, "start_date": None},
            "attachments": {},
            "warnings": ["id_number"],
            "created_at": NOW,
        }
        return Declaration(**{**values, **fields})

    return make


@pytest.fixture
def document():
    """Makes documents by claim check."""

    def make(kind="portrait", number=1):
        return {
            "kind": kind,
            "document_id": f"{number:032x}-{'0' * 32}",
            "sha256": "a" * 64,
            "content_type": "image/jpeg",
            "size": 7,
        }

    return make
