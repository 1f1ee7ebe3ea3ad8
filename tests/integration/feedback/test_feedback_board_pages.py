"""Directors and boards in a browser: approval, the matrix, urging, reports (pages 73 to 76)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.chassis import clock
from tests.integration.feedback.desk import (
    ADMIN,
    ANSWER,
    APPROVER,
    BHYT,
    CENTRE,
    DIRECTOR,
    ELSEWHERE_DIRECTOR,
    OFFICER,
    SUPPORT,
    THU,
    Desk,
)
from tests.stand.pages import Browser

AWAY = "Sổ do nơi khác cấp, đề nghị ông/bà liên hệ BHXH tỉnh Cao Bằng để được giải quyết."
NAME, PHONE = "Nguyễn Thành Biên", "983847986"


@pytest.fixture
def browser(desk: Desk) -> Callable[[str], Browser]:
    def open_as(token: str) -> Browser:
        made = Browser(desk.app)
        made.sign_in(token)
        return made

    return open_as


def page(browser: Browser, path: str, status: int = 200) -> str:
    answer = browser.look(f"/feedback{path}")
    assert answer.status_code == status, (answer.status_code, words(browser.page)[:2000])
    return browser.page


def post(browser: Browser, path: str, data: dict[str, Any], status: int = 303) -> Any:
    answer = browser.send(f"/feedback{path}", data)
    assert answer.status_code == status, (answer.status_code, words(browser.page)[:2000])
    return answer


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def drafted(desk: Desk, text: str = ANSWER, **changes: Any) -> Any:
    complaint = desk.routed(**changes)
    assert desk.do(complaint, "answer", {"text": text}).status_code == 202
    return complaint


# ------------------------------------------------------------ approval


@pytest.mark.rule("F3")
def test_a_director_reads_the_question_beside_the_answer_and_sends_it(desk: Desk, browser: Any) -> None:
    complaint, director = drafted(desk), browser(DIRECTOR)
    assert complaint.no in page(director, "/duyet")
    shown = words(page(director, f"/duyet/{complaint.no}"))
    assert "Người dân viết" in shown
    assert "sổ BHXH không ghi nhận các tháng này" in shown
    assert ANSWER in shown
    post(director, f"/duyet/{complaint.no}", {"_form": "duyet"})
    assert desk.row(complaint).status == "answered"
    assert f"Đã duyệt và gửi trả lời phản ánh {complaint.no}." in words(page(director, "/duyet"))
    assert "Không có dự thảo nào chờ duyệt." in words(director.page)


@pytest.mark.rule("F3")
def test_a_draft_is_returned_with_a_remark_that_the_writer_and_the_next_reader_see(desk: Desk, browser: Any) -> None:
    complaint, director = drafted(desk), browser(DIRECTOR)
    page(director, f"/duyet/{complaint.no}")
    post(director, f"/duyet/{complaint.no}", {"_form": "tra-lai", "remark": ""}, 422)
    assert "Viết điều cần sửa để người soạn biết." in words(director.page)
    post(director, f"/duyet/{complaint.no}", {"_form": "tra-lai", "remark": "Nêu rõ căn cứ."})
    desk.do(complaint, "answer", {"text": ANSWER + " Căn cứ: Quyết định 595."})
    shown = words(page(director, f"/duyet/{complaint.no}"))
    assert "Bản số 1: đã trả lại" in shown
    assert "Nêu rõ căn cứ." in shown


@pytest.mark.rule("F3")
def test_a_newer_draft_voids_the_approval_openly(desk: Desk, browser: Any) -> None:
    complaint, director = drafted(desk), browser(DIRECTOR)
    page(director, f"/duyet/{complaint.no}")
    desk.do(complaint, "answer", {"text": ANSWER + " Bản mới."})
    post(director, f"/duyet/{complaint.no}", {"_form": "duyet"}, 422)
    assert desk.row(complaint).status == "routed"
    shown = words(director.page)
    assert "Đã có dự thảo mới hơn; lần duyệt này không tính." in shown
    assert "Bản mới." in shown
    post(director, f"/duyet/{complaint.no}", {"_form": "duyet"})
    assert desk.row(complaint).status == "answered"


@pytest.mark.rule("F4")
def test_words_that_send_away_are_marked_and_only_a_director_keeps_them_with_a_reason(make_desk: Any, browser: Any) -> None:
    desk = make_desk(answer_approval="approver")
    complaint = drafted(desk, AWAY)
    approver, director = Browser(desk.app), Browser(desk.app)
    approver.sign_in(APPROVER)
    director.sign_in(DIRECTOR)
    assert "Hướng dẫn sang nơi khác" in words(page(approver, "/duyet"))
    shown = page(approver, f"/duyet/{complaint.no}")
    assert "<mark>liên hệ BHXH tỉnh Cao Bằng để</mark>" in shown
    assert "Chỉ Giám đốc được giữ nguyên câu chữ này" in words(shown)
    post(approver, f"/duyet/{complaint.no}", {"_form": "duyet"}, 409)
    page(director, f"/duyet/{complaint.no}")
    post(director, f"/duyet/{complaint.no}", {"_form": "duyet"}, 409)
    reason = "Người dân đã chuyển về Cao Bằng và tự đề nghị."
    post(director, f"/duyet/{complaint.no}", {"_form": "duyet", "insists_because": reason})
    assert desk.row(complaint).status == "answered"


@pytest.mark.rule("F3", "F9")
def test_another_province_an_officer_and_a_board_approve_nothing(desk: Desk, browser: Any) -> None:
    complaint = drafted(desk)
    page(browser(OFFICER), "/duyet", 403)
    page(browser(THU), "/duyet", 403)
    page(browser(ELSEWHERE_DIRECTOR), f"/duyet/{complaint.no}", 403)
    assert complaint.no not in page(browser(ELSEWHERE_DIRECTOR), "/duyet")


# ------------------------------------------------------------ the boards


@pytest.mark.rule("F5")
def test_the_matrix_counts_open_late_and_unseen_and_leads_to_the_list(desk: Desk, browser: Any, later: Any) -> None:
    category = desk.category_of("thu-so-the")
    here, there = desk.filed(category_code=category), desk.filed(category_code=category, office_code="01")
    board = browser(THU)
    shown = words(page(board, "/theo-doi"))
    assert "Đang mở 2, quá hạn 0, Ban chưa xem 2." in shown
    page(board, "/theo-doi?tinh=79&cot=chua-xem")
    assert here.no in board.page
    assert there.no not in board.page
    assert NAME not in board.page
    later.to(clock.now() + timedelta(days=10))
    assert "quá hạn 2" in words(page(board, "/theo-doi"))


@pytest.mark.rule("F5")
def test_a_board_takes_note_of_several_and_urges_one_with_words(desk: Desk, browser: Any) -> None:
    category = desk.category_of("thu-so-the")
    one, two = desk.filed(category_code=category), desk.filed(category_code=category)
    board = browser(THU)
    page(board, "/theo-doi")
    post(board, "/theo-doi", {"_form": "da-xem"}, 422)
    assert "Chọn ít nhất một phản ánh." in words(board.page)
    post(board, "/theo-doi", {"_form": "da-xem", "complaint_nos": [one.no, two.no]})
    assert "Ban chưa xem 0." in words(page(board, "/theo-doi"))
    page(board, f"/theo-doi/{one.no}")
    assert NAME not in board.page
    assert PHONE not in board.page
    post(board, f"/theo-doi/{one.no}", {"_form": "don-doc", "words": "Đề nghị trả lời trong tuần."})
    assert "Đã đôn đốc 1 lần." in words(page(board, f"/theo-doi/{one.no}"))
    assert desk.facts("complaint_reminded")[0].body["words"] == "Đề nghị trả lời trong tuần."


@pytest.mark.rule("F2")
def test_a_board_sees_its_own_complaints_and_the_centre_those_of_every_board(desk: Desk, browser: Any) -> None:
    complaint = desk.filed(category_code=desk.category_of("thu-so-the"))
    assert complaint.no not in page(browser(BHYT), "/theo-doi")
    page(browser(BHYT), f"/theo-doi/{complaint.no}", 403)
    centre = browser(CENTRE)
    assert complaint.no in page(centre, "/theo-doi")
    assert complaint.no not in page(centre, "/theo-doi?ban=chinh-sach-bhyt")
    for token in (OFFICER, DIRECTOR, SUPPORT, ADMIN):
        page(browser(token), "/theo-doi", 403)


def test_an_address_that_was_changed_by_hand_shows_the_list_from_its_beginning(desk: Desk, browser: Any) -> None:
    page(browser(THU), "/theo-doi?cot=gi-do&tinh=abc&ban=x")


# ------------------------------------------------------------ reports


@pytest.mark.rule("F6")
def test_a_report_says_its_totals_in_a_sentence_with_tables_a_chart_and_files(desk: Desk, browser: Any) -> None:
    desk.answered()
    desk.filed(office_code="01")
    centre = browser(CENTRE)
    shown = words(page(centre, "/bao-cao"))
    assert "Tiếp nhận 2 phản ánh, đã trả lời 1, trong đó đúng hạn 100,0 %." in shown
    assert "Còn 1 đang giải quyết, 0 quá hạn." in shown
    assert "BHXH Thành phố Hồ Chí Minh" in shown
    for file, kind in (
        ("provinces.csv", "text/csv"),
        ("bao-cao.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("weeks.svg", "image/svg+xml"),
    ):
        answer = centre.client.get(f"/feedback/bao-cao/tep/{file}")
        assert (answer.status_code, answer.content_type.partition(";")[0]) == (200, kind)
        assert len(answer.data) > 500
    assert centre.look("/feedback/bao-cao/tep/gi-do.svg").status_code == 404


@pytest.mark.rule("F6")
def test_a_director_reads_the_own_province_and_a_board_its_own_categories(desk: Desk, browser: Any) -> None:
    desk.filed(category_code=desk.category_of("thu-so-the"), office_code="01")
    assert "Tiếp nhận 0 phản ánh" in words(page(browser(DIRECTOR), "/bao-cao"))
    assert "Tiếp nhận 1 phản ánh" in words(page(browser(THU), "/bao-cao"))
    assert "Tiếp nhận 0 phản ánh" in words(page(browser(BHYT), "/bao-cao"))
    page(browser(DIRECTOR), "/bao-cao?province=01", 403)
    page(browser(OFFICER), "/bao-cao", 403)


def test_days_that_are_none_are_said_at_their_field_and_the_rest_stays(desk: Desk, browser: Any) -> None:
    centre = browser(CENTRE)
    page(centre, "/bao-cao?from=31/02/2026&to=2026-11-28", 422)
    assert "Có 1 chỗ cần sửa" in words(centre.page)
    assert 'value="2026-11-28"' in centre.page


@pytest.mark.rule("F6")
def test_the_weekly_reports_are_there_as_they_were_made(later: Any, desk: Desk, browser: Any) -> None:
    desk.answered()
    later.to(clock.now() + timedelta(days=8))
    desk.sweep()
    desk.run_jobs()
    centre = browser(CENTRE)
    shown = page(centre, "/bao-cao/dinh-ky")
    href = re.search(r'href="/feedback(/bao-cao/dinh-ky/weekly/[^"]+)"', shown)
    assert href is not None
    assert "số liệu không đổi sau đó" in words(page(centre, href[1]))
    files = re.findall(r'href="/feedback(/bao-cao/dinh-ky/weekly/[^"]+\.\w+)"', centre.page)
    assert files
    assert all(centre.client.get(f"/feedback{file}").status_code == 200 for file in files)
    page(browser(DIRECTOR), "/bao-cao/dinh-ky", 403)
