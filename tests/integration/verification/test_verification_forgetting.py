"""A case that was rejected a year ago keeps its number, its history and the reason's code, and nobody's data (P1)."""

from datetime import timedelta

import pytest
import time_machine

from services.chassis import clock
from services.verification.cases.rules import Case
from tests.integration.verification.desk import NO, Desk

pytestmark = pytest.mark.rule("P1")


def test_a_year_after_its_rejection_nobody_is_in_it_any_more(bureau: Desk) -> None:
    bureau.submit()
    assert bureau.reject().status_code == 202
    for days, kept in ((364, True), (366, False)):
        with time_machine.travel(clock.now() + timedelta(days=days), tick=True):
            bureau.sweep()
        with bureau.db.read() as session:
            case = Case.of(session, NO)
        assert case is not None
        assert (case.subject is not None) is kept
    assert case is not None
    assert (case.bhxh_code, case.contact, case.status, case.reason_code) == (None, None, "rejected", "id_differs")
    assert bureau.actions()[-1] == "forgotten"
