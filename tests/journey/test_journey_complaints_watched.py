"""Those who watch over complaints: boards, the IT centre, directors with their reports (F2, F5, F6)."""

import pytest

from playground.complaint import Desk
from playground.stage import Stage
from tests.journey.test_journey_complaints import answered


@pytest.mark.rule("F2", "F5")
def test_another_category_moves_the_board_and_never_the_province(stage: Stage) -> None:
    complaint = stage.complains(stage.human())
    first, second = stage.desk("board", board="thu-so-the"), stage.desk("board", board="chinh-sach-bhxh")
    assert complaint.no in first.finds()
    assert complaint.no not in second.finds()
    clerk = stage.desk("officer", "79")
    clerk.recategorises(complaint.no, "luong-huu", "Nội dung là mức hưởng lương hưu.")
    assert complaint.no in second.finds()
    assert complaint.no not in first.finds()
    stage.mailbox_of("board", "chinh-sach-bhxh").until("thuộc lĩnh vực theo dõi", complaint.no, channel="email")
    first.reminds(complaint.no, expect=403)
    seen = complaint.follow()
    assert (seen["board"]["code"], seen["accountable"]["office"]["province_code"]) == ("chinh-sach-bhxh", "79")


@pytest.mark.rule("F5")
def test_the_board_takes_note_of_many_at_once_and_offices_see_their_own(stage: Stage) -> None:
    complaints = [stage.complains(stage.human(), office=office) for office in ("79", "01", "48")]
    numbers = [complaint.no for complaint in complaints]
    board: Desk = stage.desk("board", board="thu-so-the")
    centre = stage.desk("board", board="cntt")
    for watcher in (board, centre):
        assert set(numbers) <= set(watcher.finds())
    done = board.call("POST", "/feedback/complaints/acknowledge", json={"complaint_nos": numbers})
    assert done == {"done": sorted(numbers), "refused": []}
    assert set(numbers) <= set(board.finds(seen="true"))
    mine = stage.desk("officer", "48").finds()
    assert numbers[2] in mine
    assert not {numbers[0], numbers[1]} & set(mine)


@pytest.mark.rule("F6")
def test_the_it_centre_reports_on_the_country_and_a_director_on_the_own_province(stage: Stage) -> None:
    complaint = stage.complains(stage.human())
    answered(stage, complaint)
    complaint.rates(5)
    centre, director = stage.desk("board", board="cntt"), stage.desk("director", "79")
    report = centre.call("GET", "/feedback/reports/complaints")
    totals = report["totals"]
    assert totals["carried_over"] + totals["received"] == totals["settled"] + totals["open"]
    assert totals["settled"] >= 1
    mine = director.call("GET", "/feedback/reports/complaints")
    assert {line["code"] for line in mine["provinces"] if line["received"]} == {"79"}
    director.call("GET", "/feedback/reports/complaints", params={"province": "01"}, expect=403)
    stage.desk("officer", "79").call("GET", "/feedback/reports/complaints", expect=403)
    assert "BHXH Thành phố Hồ Chí Minh" in centre.call("GET", "/feedback/reports/complaints.csv").decode("utf-8-sig")
    assert centre.call("GET", "/feedback/reports/complaints.xlsx").startswith(b"PK")
    assert b"<svg" in centre.call("GET", "/feedback/reports/complaints.svg", params={"chart": "provinces"})
