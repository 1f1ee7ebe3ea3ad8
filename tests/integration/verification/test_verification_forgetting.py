"""A case that was rejected a year ago keeps its number, its history and the reason's code, and nobody's data (P1)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis import clock
from services.verification.cases.rules import Case
from tests.integration.verification.desk import NO, Desk
from tests.stand.later import Later

pytestmark = pytest.mark.rule("P1")


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[Later]:
    """The movable clock, which the databases' own follow."""
    made = Later(tmp_path / "offset")
    yield made
    made.end()


def test_a_year_after_its_rejection_nobody_is_in_it_any_more(bureau: Desk, moved: Later) -> None:
    bureau.submit()
    assert bureau.reject().status_code == 202
    began = clock.now()
    for days, kept in ((364, True), (366, False)):
        moved.to(began + timedelta(days=days))
        bureau.sweep()
        with bureau.db.read() as session:
            case = Case.of(session, NO)
        assert case is not None
        assert (case.subject is not None) is kept
    assert case is not None
    assert (case.bhxh_code, case.contact, case.status, case.reason_code) == (None, None, "rejected", "id_differs")
    assert bureau.actions()[-1] == "forgotten"
