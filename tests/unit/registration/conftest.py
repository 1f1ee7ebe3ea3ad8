"""A declaration as the guide's example fills it in."""

from dataclasses import asdict
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.chassis import tracking
from services.chassis.documents import Document
from services.registration.declarations import parts
from services.registration.declarations.rules import Declaration

DRAFT_ID = UUID("019aa5b5-c0de-7000-a000-000000000001")
NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def told(monkeypatch):
    """What declarations have told, oldest first; it would be in the outbox."""
    facts = []

    def record(_session, fact, *, revision, correlation_id):
        facts.append(SimpleNamespace(fact=fact, revision=revision, correlation_id=correlation_id))

    monkeypatch.setattr("services.chassis.aggregate.record", record)
    return facts


@pytest.fixture
def draft():
    """Makes drafts in a session without a database; fields may be given."""
    session = Session(autoflush=False)

    def make(**fields):
        values = {
            "id": DRAFT_ID,
            "dossier_no": str(DRAFT_ID),
            "kind": "register",
            "route": "portal",
            "channel": "web",
            "filing": "counter",
            "status": "draft",
            "revision": 0,
            "case_revision": 0,
            "tracking_hash": tracking.digest("x"),
            "office": parts.EXAMPLE_OFFICE,
            "bhxh_code": "0113099841",
            "subject": parts.EXAMPLE_SUBJECT,
            "contact": parts.EXAMPLE_CONTACT,
            "particulars": {"person": None, "registered_at": "portal", "ivan_name": None, "start_date": None},
            "attachments": {},
            "warnings": ["id_number"],
            "phone_proved": True,
            "created_at": NOW,
        }
        declaration = Declaration(**{**values, **fields})
        session.add(declaration)
        return declaration

    return make


@pytest.fixture
def document():
    """Makes stored documents."""

    def make(number=1):
        return Document(f"{number:032x}-{'0' * 32}", sha256=f"{number:064x}", size=7, content_type="image/jpeg")

    return make


@pytest.fixture
def claim_check(document):
    """Makes documents as rows and facts carry them."""

    def make(kind="portrait", number=1):
        return {"kind": kind, **asdict(document(number))}

    return make
