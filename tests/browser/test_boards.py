"""A board's day: the whole country in one matrix, what is late, one complaint urged, and the reports (journey h; 3717 §5b–đ)."""

from __future__ import annotations

import re

import pytest

from playground.complaint import PARTICIPATION
from playground.stage import Post, Stage
from tests.browser.conftest import Visit
from tests.browser.staff import enters

_WORDS = "Đề nghị trả lời người dân trong ngày mai và báo Ban kết quả."


@pytest.mark.slow
@pytest.mark.rule("F5", "F6")
def test_a_board_finds_what_is_late_urges_its_province_and_reads_the_reports(visit: Visit, stage: Stage, width: int) -> None:
    late = stage.complains(stage.human(), office="79", category_code=PARTICIPATION).no
    stage.complains(stage.human(), office="48", category_code=PARTICIPATION)
    stage.passes_working_days(8)
    board = enters(visit, stage, Post("board", board="thu-so-the", login="ban"), width)
    assert board.path.startswith("/feedback/theo-doi"), "a board begins with the whole country"
    line = board.page.get_by_role("row").filter(has_text="Hồ Chí Minh").first
    board.sees("h-1-matrix")
    line.get_by_role("link", name=re.compile("Quá hạn")).click()
    board.page.wait_for_url(re.compile("cot=tre"))
    board.sees("h-2-late-of-one-province")
    board.page.get_by_role("link", name=late).click()
    board.page.locator("textarea[name=words]").fill(_WORDS)
    board.sees("h-3-urging")
    board.page.get_by_role("button", name=re.compile("^Đôn đốc")).click()
    board.page.get_by_text("Đã đôn đốc 1 lần.").wait_for()
    board.sees("h-4-urged")

    officer = enters(visit, stage, Post("approver", "79", "79", login="duoc-don-doc"), width)
    officer.opens(f"/feedback/ban/{late}")
    officer.page.get_by_text("Đã bị đôn đốc 1 lần.").wait_for()
    officer.page.get_by_text(_WORDS).first.wait_for()
    officer.sees("h-5-what-the-province-sees")

    board.opens("/feedback/bao-cao")
    board.page.get_by_text(re.compile(r"Tiếp nhận \d+ phản ánh")).wait_for()
    chart = board.page.locator(".vss-chart img").first
    chart.scroll_into_view_if_needed()
    board.page.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=chart.element_handle())
    board.sees("h-6-report")
    board.page.get_by_role("link", name="Báo cáo tuần, tháng đã lập").click()
    board.sees("h-7-periodic")
    board.page.locator("main").get_by_role("link", name=re.compile(r"[Tt]uần \d")).first.click()
    board.page.locator("main h1").wait_for()
    board.sees("h-8-week")
