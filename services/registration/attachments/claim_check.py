"""How facts and rows carry a document: its id, hash, type and size in place of its content."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from services.chassis.documents import Document


def claim_check(kind: str, document: Document) -> dict[str, Any]:
    """Return a stored document as facts (`parts.Attachment`) and rows hold it."""
    return {"kind": kind, **asdict(document)}
