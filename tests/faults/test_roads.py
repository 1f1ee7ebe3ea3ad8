"""A road that dies loses its share, and nobody's SMS goes by both. The long form, with latencies, is ``make chaos-roads``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.roads.acts import BAD, Act
from tests.faults.roads.picture import draw
from tests.faults.roads.trial import Trial

pytestmark = pytest.mark.timeout(300)


@pytest.mark.rule("N16")
def test_a_road_that_dies_loses_its_share_and_no_sms_is_lost_or_goes_by_both(tmp_path: Path) -> None:
    act = Act("dead", {"dead": True}, (20.0, 140.0, 40.0))
    report = Trial(act, tmp_path, rate=20, scale=20).run()
    assert report.first_shift is not None
    assert report.lowest_share <= 30
    assert {why for _, road, _, why in report.shifts if road == BAD} == {"errors"}
    assert (report.copies, report.by_both_roads, report.not_arrived) == (0, 0, [])
    assert report.for_a_person <= 5
    draw([report], tmp_path / "roads.svg")
    assert (tmp_path / "roads.svg").read_text(encoding="utf-8").startswith("<?xml")
