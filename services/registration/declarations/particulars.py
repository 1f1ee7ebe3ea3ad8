"""What a stored declaration says, by the names and types of the facts: the rows keep it as JSON, by the names of the API."""

from __future__ import annotations

from datetime import date
from typing import Any


def told_subject(subject: dict[str, Any]) -> dict[str, Any]:
    """Return the person with the date of birth as a date."""
    born = subject.get("date_of_birth")
    return subject | {"date_of_birth": date.fromisoformat(born) if born else None}


def told_particulars(particulars: dict[str, Any]) -> dict[str, Any]:
    """Return what else the form says (I1, I13)."""
    start = particulars.get("start_date")
    return {
        "contact_person": particulars.get("person") or None,
        "registered_with": particulars.get("registered_at"),
        "ivan_name": particulars.get("ivan_name"),
        "start_date": date.fromisoformat(start) if start else None,
    }
