"""A declaration that was rejected a year ago keeps its number, its times and the reason's code, and nobody's data (P1)."""

from datetime import timedelta
from typing import Any

import pytest

from services.chassis import clock
from tests.integration.registration.desk import FORM
from tests.stand.later import Later

_FORM: dict[str, Any] = FORM
SECOND = _FORM["subject"] | {"bhxh_code": "0113099842"}

pytestmark = pytest.mark.rule("P1")


@pytest.fixture
def moved(tmp_path):
    """The movable clock, which the databases' own follow."""
    made = Later(tmp_path / "offset")
    yield made
    made.end()


def test_a_year_after_its_rejection_nobody_is_in_it_any_more(desk, moved):
    dossier = desk.submitted()
    waiting = desk.submitted(subject=SECOND)
    desk.hear("declaration_rejected", dossier, decided_at=clock.now().isoformat())
    code = desk.row(dossier).refusal["reason_code"]
    began = clock.now()
    for days, kept in ((364, True), (366, False)):
        moved.to(began + timedelta(days=days))
        desk.sweep()
        assert (desk.row(dossier).subject is not None) is kept
    row = desk.row(dossier)
    assert (row.bhxh_code, row.contact, row.attachments, row.status) == (None, None, {}, "rejected")
    assert row.refusal == {"reason_code": code, "reason": ""}
    assert desk.row(waiting).status != "rejected"
