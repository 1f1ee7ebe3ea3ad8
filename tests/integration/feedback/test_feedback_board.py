"""What a board does: it sees its categories nation-wide, late first, urges, takes note (F2, F5)."""

import pytest

from services.feedback.categories.boards import BOARDS as NAMES
from services.feedback.complaints.rules import Complaint
from tests.integration.feedback.desk import BHXH, BHYT, CENTRE, DIRECTOR, ELSEWHERE, OFFICER, THU

pytestmark = pytest.mark.rule("F5")

#: each board, a category that it watches (3717 §5b, c, d), and one that another watches
BOARDS = [
    pytest.param(THU, "du-lieu-the", "luong-huu", id="thu-so-the"),
    pytest.param(BHXH, "luong-huu", "kham-chua-benh", id="chinh-sach-bhxh"),
    pytest.param(BHYT, "kham-chua-benh", "du-lieu-the", id="chinh-sach-bhyt"),
]


def listed(desk, token, query=""):
    answer = desk.call("GET", f"/complaints{query}", token=token)
    assert answer.status_code == 200, answer.text
    return [each["complaint_no"] for each in answer.json["items"]]


@pytest.fixture
def thu(lite):
    return lite.category_of("thu-so-the")


@pytest.mark.parametrize(("token", "category", "of_another"), BOARDS)
def test_a_board_sees_its_categories_of_every_province_and_no_others(desk, token, category, of_another):
    one, other = desk.filed(category_code=category), desk.filed(category_code=category, office_code="01")
    third = desk.filed(category_code=of_another)
    assert set(listed(desk, token)) == {one.no, other.no}
    assert set(listed(desk, CENTRE)) == {one.no, other.no, third.no}


def test_what_is_late_comes_first(desk, later):
    thu = desk.category_of("thu-so-the")
    routed = desk.routed(category_code=thu)
    later.on(days=1)
    second = desk.filed(category_code=thu)
    third = desk.routed(category_code=thu)
    later.on(days=2)
    fourth = desk.filed(category_code=thu)
    assert listed(desk, THU) == [second.no, fourth.no, routed.no, third.no]
    assert listed(desk, THU, "?late=true") == [second.no]
    assert listed(desk, THU, "?late=false") == [fourth.no, routed.no, third.no]


def test_the_list_goes_on_page_by_page_in_the_same_order(desk, later):
    numbers = []
    for _ in range(5):
        numbers.append(desk.filed().no)
        later.on(hours=1)
    first = desk.call("GET", "/complaints?limit=2", token=OFFICER).json
    second = desk.call("GET", f"/complaints?limit=2&cursor={first['next_cursor']}", token=OFFICER).json
    third = desk.call("GET", f"/complaints?limit=2&cursor={second['next_cursor']}", token=OFFICER).json
    pages = [each["complaint_no"] for page in (first, second, third) for each in page["items"]]
    assert pages == numbers
    assert third["next_cursor"] is None


def test_filters_narrow_the_list(lite, thu, later):
    here, there = lite.filed(category_code=thu), lite.filed(category_code=thu, office_code="01", channel="app")
    lite.do(here, "acknowledge", token=THU)
    lite.do(there, "route", {"unit": "Phòng Quản lý Thu"}, token=ELSEWHERE)
    later.on(days=1)
    for query, expected in (
        ("?province=01", [there.no]),
        ("?status=routed", [there.no]),
        ("?channel=app", [there.no]),
        (f"?category={thu}", [here.no, there.no]),
        ("?seen=true", [here.no]),
        ("?seen=false", [there.no]),
        ("?from=2026-11-03", []),
        ("?to=2026-11-02", [here.no, there.no]),
        ("?level=1", []),
        ("?board=cntt", []),
        ("?state=settled", []),
    ):
        assert sorted(listed(lite, THU, query)) == sorted(expected), query


def test_what_is_settled_is_listed_newest_first(lite, later):
    first = lite.answered()
    later.on(days=1)
    second = lite.answered()
    assert listed(lite, OFFICER) == []
    assert listed(lite, OFFICER, "?state=settled") == [second.no, first.no]


def test_a_line_of_the_list_holds_no_data_of_the_citizen(lite, thu):
    lite.filed(category_code=thu)
    text = lite.call("GET", "/complaints", token=THU).text
    for word in ("Biên", "983847986", "biennt", "0113099841"):
        assert word not in text


@pytest.mark.parametrize(("token", "category", "of_another"), BOARDS)
def test_one_call_urges_the_accountable_director_and_is_counted(desk, token, category, of_another):
    complaint = desk.filed(category_code=category)
    for expected in (1, 2):
        assert desk.do(complaint, "remind", {"words": "Đề nghị trả lời sớm."}, token=token).status_code == 200
        assert desk.row(complaint).reminders == expected
    told = desk.facts("complaint_reminded")[-1]
    code = token.rpartition(":")[2]
    assert told.body["by_board"] == {"code": code, "name": NAMES[code]}
    assert desk.do(desk.filed(category_code=of_another), "remind", token=token).status_code == 403
    assert [(each["role"], each["code"]) for each in told.body["staff"]] == [("director", "79")]
    assert "sớm" not in told.public


def test_the_it_centre_urges_everywhere_and_another_board_nowhere(lite, thu):
    complaint = lite.filed(category_code=thu)
    assert lite.do(complaint, "remind", token=CENTRE).status_code == 200
    refused = lite.do(complaint, "remind", token=BHYT)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:vss:problem:not-your-board")


def test_what_is_answered_is_not_urged(lite):
    complaint = lite.answered()
    assert lite.do(complaint, "remind", token=CENTRE).status_code == 409


def test_a_board_takes_note_of_many_at_once_and_moves_no_clock(desk):
    thu = desk.category_of("thu-so-the")
    mine = [desk.filed(category_code=thu).no for _ in range(3)]
    other = desk.filed(category_code=desk.category_of("chinh-sach-bhyt")).no
    answer = desk.call(
        "POST", "/complaints/acknowledge", token=THU, json={"complaint_nos": [*mine, other, "PA-261102-999999-9"]}
    )
    assert answer.status_code == 200
    assert answer.json["done"] == mine
    assert {each["reason"] for each in answer.json["refused"]} == {"not-your-board", "wrong-complaint-number"}
    assert listed(desk, THU, "?seen=false") == []
    with desk.db.read() as session:
        assert {found.status for no in mine if (found := Complaint.of(session, no))} == {"received"}


def test_an_office_takes_note_of_many_at_once(desk):
    mine = [desk.filed().no for _ in range(3)]
    done = desk.routed().no
    theirs = desk.filed(office_code="01").no
    answer = desk.call("POST", "/complaints/acknowledge", token=OFFICER, json={"complaint_nos": [*mine, done, theirs]})
    assert answer.json["done"] == mine
    assert {each["complaint_no"]: each["reason"] for each in answer.json["refused"]} == {
        done: "wrong-status",
        theirs: "not-your-province",
    }
    assert len(desk.facts("complaint_acknowledged")) == 4


class TestAnotherKind:
    """Re-categorising moves who watches, never who accounts (F2, F4)."""

    pytestmark = pytest.mark.rule("F2", "F4")
    REASON = "Nội dung là quá trình đóng BHXH, không phải lỗi ứng dụng."

    def test_another_board_watches_and_the_same_province_accounts(self, desk):
        complaint = desk.filed()
        thu = desk.category_of("thu-so-the")
        moved = desk.do(complaint, "recategorise", {"category_code": thu, "reason": self.REASON})
        assert (moved.json["board_code"], moved.json["province_code"]) == ("thu-so-the", "79")
        assert desk.row(complaint).recategorised == 1
        (told,) = desk.facts("complaint_recategorised")
        assert (told.body["previous_board_code"], told.body["board_code"]) == ("cntt", "thu-so-the")
        assert [each["code"] for each in told.body["staff"]] == ["thu-so-the"]
        assert listed(desk, THU) == [complaint.no]

    def test_within_one_board_nobody_new_is_told(self, lite):
        codes = lite.categories_of("thu-so-the")
        complaint = lite.filed(category_code=codes[0])
        lite.do(complaint, "recategorise", {"category_code": codes[1], "reason": self.REASON})
        assert lite.facts("complaint_recategorised")[0].body["staff"] == []

    def test_a_board_hands_on_what_is_not_its_kind_and_then_does_not_watch_it(self, lite, thu):
        complaint = lite.filed(category_code=thu)
        data = {"category_code": lite.category_of("chinh-sach-bhyt"), "reason": self.REASON}
        assert lite.do(complaint, "recategorise", data, token=THU).status_code == 200
        assert lite.do(complaint, "remind", token=THU).status_code == 403
        assert lite.do(complaint, "remind", token=BHYT).status_code == 200

    def test_it_needs_a_reason_and_another_category_that_is_there(self, lite):
        complaint = lite.filed()
        for data, field in (
            ({"category_code": "khac", "reason": self.REASON}, "category_code"),
            ({"category_code": "khong-co", "reason": self.REASON}, "category_code"),
            ({"category_code": lite.category_of("thu-so-the"), "reason": "x"}, "reason"),
        ):
            refused = lite.do(complaint, "recategorise", data)
            assert refused.status_code == 422
            assert refused.json["errors"][0]["field"] == field

    def test_clocks_do_not_move_with_it(self, lite):
        complaint = lite.filed()
        before = lite.row(complaint)
        lite.do(complaint, "recategorise", {"category_code": lite.category_of("thu-so-the"), "reason": self.REASON})
        after = lite.row(complaint)
        assert (after.acknowledge_due, after.routed_due, after.answer_due) == (
            before.acknowledge_due,
            before.routed_due,
            before.answer_due,
        )

    def test_who_did_it_and_why_stays_in_the_history(self, lite):
        complaint = lite.filed()
        lite.do(complaint, "recategorise", {"category_code": lite.category_of("thu-so-the"), "reason": self.REASON})
        step = lite.show(complaint, token=DIRECTOR)["work"]["history"][-1]
        assert (step["actor"], step["details"]["reason"]) == ("lan", self.REASON)
        assert self.REASON not in str(lite.show(complaint))
