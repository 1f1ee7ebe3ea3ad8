"""What was typed is not lost: a session that ends in the middle of a form, and two people at one complaint (journey m; pages.md §1.4)."""

from __future__ import annotations

import re

import pytest

from deploy.demo.browser import ANSWER, SUBJECT, TEXT
from playground import pages
from playground.account import Account
from playground.browser import DESK, PHONE
from playground.stage import Post, Stage
from tests.browser.conftest import Visit
from tests.browser.person import Person
from tests.browser.staff import arrives, at_home, enters

#: longer than a member of staff may leave a page alone
_IDLE = {"minutes": 16}
SCRIPTS = pytest.mark.parametrize(
    ("width", "javascript"),
    [
        pytest.param(DESK, True, id="desk"),
        pytest.param(PHONE, True, id="phone", marks=pytest.mark.slow),
        pytest.param(DESK, False, id="no script", marks=pytest.mark.slow),
    ],
)


def officer_post(login: str, name: str = "Trần Văn Cán Bộ") -> Post:
    return Post("approver", "79", "79", login=login, full_name=name)


def taken_up(stage: Stage) -> str:
    """A complaint that its office has acknowledged and given to a department."""
    no = stage.complains(stage.human()).no
    stage.desk("approver", "79").takes_up(no)
    return no


def leaves_alone(stage: Stage, person: Person) -> None:
    """The session ends meanwhile; parts of the page that ask for something get a 401, and the page stays as it is."""
    person.watch.expected = {401}
    stage.passes(**_IDLE)


def signs_in_again(person: Person, account: Account) -> None:
    """Go on from the page that says that the session is over."""
    person.sees("m-session-over")
    assert person.page.locator("main h1").inner_text() == "Phiên đăng nhập đã hết"
    person.page.get_by_role("button", name="Đăng nhập lại").click()
    pages.proves_who(person, account, lambda _name: None)


@SCRIPTS
def test_an_answer_written_while_the_session_ended_comes_back_unsent_and_goes_out_once(
    visit: Visit, stage: Stage, width: int, javascript: bool
) -> None:
    no = taken_up(stage)
    officer, account = arrives(visit, stage, officer_post("giu"), width, javascript=javascript)
    officer.opens(f"/feedback/ban/{no}?viec=tra-loi")
    box = officer.page.get_by_label("Trả lời người dân")
    box.fill("Câu mở đầu, được lưu khi phiên còn.")
    officer.page.wait_for_timeout(2000)
    leaves_alone(stage, officer)
    box.fill(ANSWER)
    officer.page.get_by_role("button", name="Trình duyệt").click()
    officer.page.wait_for_url(re.compile("/accounts/het-phien"))
    signs_in_again(officer, account)
    officer.page.wait_for_url(lambda url: url.endswith(f"/ban/{no}?viec=tra-loi"))
    officer.page.get_by_text("Chưa gửi.").wait_for()
    assert box.input_value() == ANSWER
    officer.sees("m-answer-back")
    assert stage.desk("approver", "79").opens(no)["status"] == "routed", "nothing was sent meanwhile"
    officer.page.get_by_role("button", name="Trình duyệt").click()
    officer.page.get_by_text("Đã trình dự thảo số 1").first.wait_for()
    officer.opens(f"/feedback/ban/{no}?viec=chuyen")
    assert officer.page.get_by_text("Chưa gửi.").count() == 0, "what was sent is not held any longer"


@SCRIPTS
def test_a_call_taken_down_while_the_session_ended_is_all_there_after_signing_in(
    visit: Visit, stage: Stage, width: int, javascript: bool
) -> None:
    caller = stage.human()
    hotline, account = arrives(visit, stage, Post("support", login="tiep"), width, javascript=javascript)
    typed = {
        "body": TEXT,
        "subject_line": SUBJECT,
        "contact.phone": f"0{caller.phone[3:]}",
        "contact.full_name": caller.full_name,
        "bhxh_code": caller.bhxh_code,
    }
    hotline.opens("/feedback/tiep-nhan")
    for name, words in typed.items():
        hotline.page.locator(f"[name='{name}']").fill(words)
    hotline.page.locator("[name=office_code]").select_option("01")
    leaves_alone(stage, hotline)
    hotline.page.get_by_role("button", name="Ghi nhận phản ánh").click()
    hotline.page.wait_for_url(re.compile("/accounts/het-phien"))
    signs_in_again(hotline, account)
    hotline.page.get_by_text("Chưa gửi.").wait_for()
    assert {name: hotline.page.locator(f"[name='{name}']").input_value() for name in typed} == typed
    assert hotline.page.locator("[name=office_code]").input_value() == "01"
    hotline.sees("m-intake-back")
    hotline.page.get_by_role("button", name="Ghi nhận phản ánh").click()
    hotline.page.wait_for_url(re.compile("/tiep-nhan/PA-"))
    assert caller.full_name not in hotline.page.url


def test_a_held_form_is_not_shown_to_the_next_person_at_the_same_browser(visit: Visit, stage: Stage) -> None:
    no = taken_up(stage)
    officer, _account = arrives(visit, stage, officer_post("ca-sang"), DESK)
    officer.opens(f"/feedback/ban/{no}?viec=tra-loi")
    leaves_alone(stage, officer)
    officer.page.get_by_label("Trả lời người dân").fill(ANSWER)
    officer.page.get_by_role("button", name="Trình duyệt").click()
    officer.page.wait_for_url(re.compile("/accounts/het-phien"))
    officer.page.get_by_role("button", name="Đăng nhập lại").click()
    pages.proves_who(officer, at_home(stage, officer_post("ca-chieu")), lambda _name: None)
    officer.opens(f"/feedback/ban/{no}?viec=tra-loi")
    assert officer.page.get_by_label("Trả lời người dân").input_value() == ""
    assert officer.page.get_by_text("Chưa gửi.").count() == 0


@pytest.mark.rule("F3")
def test_of_two_people_at_one_complaint_the_second_sees_who_and_keeps_what_was_typed(
    visit: Visit, stage: Stage, width: int
) -> None:
    no = taken_up(stage)
    first = enters(visit, stage, officer_post("truoc", "Trần Thị Trước"), width)
    second = enters(visit, stage, officer_post("sau", "Lê Văn Sau"), width)
    first.opens(f"/feedback/ban/{no}")
    first.page.get_by_role("button", name="Nhận giải quyết").click()
    first.page.get_by_text("Đã nhận giải quyết phản ánh này.").wait_for()
    first.opens(f"/feedback/ban/{no}?viec=tra-loi")
    first.page.get_by_label("Trả lời người dân").press_sequentially(ANSWER[:40])
    first.page.get_by_text("Đã lưu bản nháp lúc").wait_for()

    second.opens(f"/feedback/ban/{no}?viec=tra-loi")
    assert "Đang do Trần Thị Trước giải quyết" in second.page.inner_text("#nguoi-giai-quyet")
    second.page.get_by_text("Trần Thị Trước đang soạn trả lời, lưu lúc").wait_for()
    box, words = second.page.get_by_label("Trả lời người dân"), "Bản của người đến sau."
    assert box.input_value() == "", "nobody writes into another's text"
    box.press_sequentially(words)
    second.page.get_by_text("Trần Thị Trước cũng đang soạn").wait_for()
    second.sees("two-people")

    pages.drafts(first, no, ANSWER, first.sees)
    director = enters(visit, stage, Post("director", "79", "79", login="giam-doc"), width)
    pages.approves(director, no, director.sees)
    second.page.get_by_role("button", name="Trình duyệt").click()
    second.page.locator(".govuk-error-summary").wait_for()
    assert box.input_value() == words
    second.sees("two-people-too-late")
