"""Form 01 of a declaration as PDF (I5); `form01` draws it."""

from __future__ import annotations

from services.chassis.bus.heavy import heavy
from services.registration.model import Declaration


def pdf(declaration: Declaration) -> bytes:
    """The PDF. Outside any transaction: drawing takes tens of milliseconds."""
    from services.registration import form01

    return heavy(form01.render, form01.FormData())
