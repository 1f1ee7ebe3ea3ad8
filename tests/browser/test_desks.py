"""A complaint from the call to the answer, on the pages of five members of staff; each page they come by is looked at (3717 §5)."""

from __future__ import annotations

import pytest

from deploy.demo.browser import ANSWER, HELP, QUESTION, SUBJECT, TEXT
from playground import pages
from playground.complaint import PARTICIPATION
from playground.stage import Post, Stage
from tests.browser.conftest import Visit
from tests.browser.staff import enters

UNIT = "Phòng Quản lý Thu - Sổ, Thẻ"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.rule("F3", "F4", "F5")
def test_a_call_becomes_an_answer_with_another_provinces_help(visit: Visit, stage: Stage, width: int) -> None:
    caller = stage.human()
    phone = stage.citizen(caller).inbox
    hotline = enters(visit, stage, Post("support"), width)
    said = {"text": TEXT, "subject": SUBJECT, "phone": f"0{caller.phone[3:]}", "name": caller.full_name}
    no = pages.takes_down(hotline, hotline.sees, **said, office="79", category=PARTICIPATION)
    phone.next(no)
    officer = enters(visit, stage, Post("approver", "79", "79"), width)
    pages.acknowledges(officer, no, UNIT, officer.sees)
    pages.asks_office(officer, no, "01", QUESTION, officer.sees)
    helper = enters(visit, stage, Post("officer", "01", "01"), width)
    pages.helps(helper, no, HELP, helper.sees)
    board = enters(visit, stage, Post("board", board="thu-so-the"), width)
    pages.urges(board, no, "Đề nghị trả lời người dân trong tuần này.", board.sees)
    pages.drafts(officer, no, ANSWER, officer.sees)
    director = enters(visit, stage, Post("director", "79", "79"), width)
    pages.approves(director, no, director.sees)
    assert phone.next(no, "tra loi phan anh")
