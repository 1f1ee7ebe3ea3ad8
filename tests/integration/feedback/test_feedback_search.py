"""A desk finds a complaint by whatever a caller remembers, and only in its own list (F3, F9, G5). Both databases."""

import pytest
import sqlalchemy as sa

from services.chassis.history import history_entries
from services.feedback.complaints.rules import Complaint
from services.feedback.finding.rules import SearchWords
from tests.integration.feedback.desk import BHYT, CENTRE, DIRECTOR, ELSEWHERE, OFFICER, THU

OTHER = {
    "subject_line": "Thể thức cấp lại sổ",
    "body": "Tôi muốn hỏi về thể thức cấp lại sổ bảo hiểm đã mất.",
    "contact": {"full_name": "Lê Thị Hoà", "phone": "0912345678", "email": "hoa.le@example.com"},
    "bhxh_code": "7912345678",
}


def ask(desk, query, token=OFFICER):
    return desk.call("POST", "/desk/search", token=token, json={"query": query})


def numbers(desk, query, token=OFFICER):
    answer = ask(desk, query, token)
    assert answer.status_code == 200, answer.text
    return {each["complaint_no"] for each in answer.json["items"]}


@pytest.mark.rule("F3")
@pytest.mark.parametrize(
    "query",
    ["0983 847 986", "+84983847986", "BIENNT@vss.gov.vn", "0113099841", "0113 099 841", "nguyen thanh bien", "Nguyễn Thành Biên", "biên"],
)  # fmt: skip
def test_a_caller_is_found_by_phone_address_code_and_name(desk, query):
    complaint = desk.filed()
    desk.filed(**OTHER)
    [found] = ask(desk, query).json["items"]
    assert (found["complaint_no"], found["full_name"]) == (complaint.no, "Nguyễn Thành Biên")


def test_a_complaint_is_found_by_its_number_with_or_without_its_letters(desk):
    complaint = desk.filed()
    desk.filed(**OTHER)
    for query in (complaint.no, complaint.no.lower(), complaint.no.removeprefix("PA-")):
        assert numbers(desk, query) == {complaint.no}


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("the thuc", {"thể"}),
        ("thể thức", {"thể"}),
        ("thẻ thức", set()),
        ("the sai ten", {"thẻ", "the"}),
        ("thẻ sai tên", {"thẻ", "the"}),
        ("thế sai tên", {"the"}),
        ("Lê Thị Hòa", {"thể"}),
        ("the", {"thể", "thẻ", "the"}),
        ("BHYT sai", {"thẻ", "the"}),
    ],
)
def test_words_are_found_with_and_without_diacritics_and_never_with_others(desk, query, finds):
    filed = {
        "thể": desk.filed(**OTHER),
        "thẻ": desk.filed(subject_line="Thẻ sai tên", body="Thẻ bảo hiểm y tế của tôi sai tên.", contact={"phone": "0912345670"}),
        "the": desk.filed(subject_line="The sai ten", body="The bao hiem y te cua toi sai ten.", contact={"phone": "0912345671"}),
    }  # fmt: skip
    assert numbers(desk, query) == {filed[each].no for each in finds}


@pytest.mark.rule("F3", "F9")
def test_another_province_finds_nothing_and_those_concerned_do_not_either(desk):
    complaint = desk.filed()
    assert numbers(desk, "Nguyễn Thành Biên", ELSEWHERE) == set()
    assert numbers(desk, complaint.no, ELSEWHERE) == set()
    desk.do(complaint, "about", {"about": "officer", "reason": "Nói về cán bộ tiếp nhận."})
    for query in ("Nguyễn Thành Biên", complaint.no, "0983847986", "quá trình tham gia"):
        assert numbers(desk, query) == set()
        assert numbers(desk, query, DIRECTOR) == {complaint.no}


@pytest.mark.rule("F5")
def test_a_board_finds_what_it_watches_by_words_and_never_by_the_person(desk):
    complaint = desk.filed(category_code=desk.category_of("thu-so-the"))
    [found] = ask(desk, "quá trình tham gia", THU).json["items"]
    assert (found["complaint_no"], found["full_name"]) == (complaint.no, None)
    assert numbers(desk, "quá trình tham gia", BHYT) == set()
    assert numbers(desk, "quá trình tham gia", CENTRE) == {complaint.no}
    assert numbers(desk, "Nguyễn Thành Biên", THU) == set()
    refused = ask(desk, "0983847986", THU)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:vss:problem:not-by-person")


@pytest.mark.rule("V16")
def test_a_search_leaves_a_look_without_what_was_typed(desk):
    complaint = desk.filed()
    ask(desk, "0983847986")
    with desk.db.read() as session:
        [entry] = session.execute(sa.select(history_entries).where(history_entries.c.action == "listed")).all()
    assert (entry.purpose, entry.details["numbers"]) == ("search", [complaint.no])
    assert "983847986" not in str(entry)


@pytest.mark.parametrize("query", ["'; drop", "%%", "a' | 'b", "\\\\", "& | !", "<->", "🙂🙂", "the:*"])
def test_signs_of_query_languages_are_words_or_nothing(desk, query):
    desk.filed()
    assert numbers(desk, query) == set()


def test_an_empty_query_is_refused_by_its_field(desk):
    answer = ask(desk, " ")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "query")


def test_more_than_fifty_are_said_to_be_more(make_lite):
    lite = make_lite(similar_days=1)
    for _ in range(51):
        lite.filed()
    answer = ask(lite, "quá trình").json
    assert (len(answer["items"]), answer["more"]) == (50, True)


def test_what_an_earlier_release_filed_is_found_after_the_next_round(desk):
    complaint = desk.filed()
    with desk.db.write() as session:
        session.execute(sa.delete(SearchWords))
        session.execute(sa.update(Complaint).values(searchable=False))
    assert numbers(desk, "Biên") == set()
    desk.sweep()
    assert numbers(desk, "Biên") == {complaint.no}


def test_what_is_forgotten_is_found_no_more(make_desk, later):
    desk = make_desk(complaint_keep_days=90)
    desk.answered(desk.filed())
    for days in (40, 120):
        later.on(days=days)
        desk.sweep()
    assert numbers(desk, "Nguyễn Thành Biên") == numbers(desk, "0983847986") == set()
    with desk.db.read() as session:
        assert session.scalars(sa.select(SearchWords.words)).all() == []
