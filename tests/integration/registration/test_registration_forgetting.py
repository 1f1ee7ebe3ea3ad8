"""A declaration that was rejected a year ago keeps its number, its times and the reason's code, and nobody's data (P1)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from services.chassis import clock
from tests.integration.registration.desk import FORM

_FORM: dict[str, Any] = FORM
SECOND = _FORM["subject"] | {"bhxh_code": "0113099842"}

pytestmark = pytest.mark.rule("P1")


def test_a_year_after_its_rejection_nobody_is_in_it_any_more(desk):
    dossier = desk.submitted()
    waiting = desk.submitted(subject=SECOND)
    desk.hear("declaration_rejected", dossier, decided_at=clock.now().isoformat())
    code = desk.row(dossier).refusal["reason_code"]
    for days, kept in ((364, True), (366, False)):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=True):
            desk.sweep()
        assert (desk.row(dossier).subject is not None) is kept
    row = desk.row(dossier)
    assert (row.bhxh_code, row.contact, row.attachments, row.status) == (None, None, {}, "rejected")
    assert row.refusal == {"reason_code": code, "reason": ""}
    assert desk.row(waiting).status != "rejected"
