"""On a bad day of the SMS provider every first password arrives or is on somebody's list. The long form is ``make chaos-providers``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.provider_day import Day, write

pytestmark = pytest.mark.timeout(300)


@pytest.mark.rule("N14", "N15", "N16", "A2")
def test_on_a_bad_day_of_the_provider_no_password_is_lost_and_nobody_gets_more_than_two(tmp_path: Path) -> None:
    report = Day(96, tmp_path).run()
    write(report, "providers_short")
    assert report.good, report
    assert report.lost == []
    assert report.by_both_roads == 0
    assert set(report.by_road) == {"twilio", "aws"}
    assert report.arrived > 80
