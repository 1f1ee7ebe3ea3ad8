"""A desk by tabs, who has taken what, what is being written, and the names of those who did it (G5). Both databases."""

import pytest

from services.feedback.directory import duty
from services.feedback.directory.duty import OnDuty
from tests.integration.feedback.desk import ANSWER, CENTRE, DIRECTOR, ELSEWHERE, OFFICER, THU

LAN, HOA = "officer:lan:79:79::Trần Thị Lan", "officer:hoa-2:79:79::Lê Văn Hòa"
URGENT = "bi-tu-choi"


def tab(desk, name, token=OFFICER, **filters):
    query = "&".join([f"tab={name}", *(f"{key}={value}" for key, value in filters.items())])
    answer = desk.call("GET", f"/desk?{query}", token=token)
    assert answer.status_code == 200, answer.text
    return [each["complaint_no"] for each in answer.json["items"]]


def counts(desk, token=OFFICER):
    shown = desk.call("GET", "/desk/counts", token=token).json["tabs"]
    return {name: each["all"] for name, each in shown.items() if each["all"]}


def write(desk, complaint, text, version=0, token=LAN):
    return desk.call("PUT", f"/complaints/{complaint.no}/draft", token=token, json={"text": text, "version": version})


def drafts(desk, complaint, token=LAN):
    return desk.call("GET", f"/complaints/{complaint.no}/draft", token=token).json


# ------------------------------------------------------------ tabs


@pytest.mark.rule("F3", "F7")
def test_each_complaint_stands_in_the_tab_of_whoever_acts_next(desk):
    new, working, waiting, asking, drafted, returned = (desk.filed() for _ in range(6))
    for each in (working, waiting, asking, drafted, returned):
        desk.do(each, "route", {"unit": "Phòng Quản lý Thu"})
    desk.do(waiting, "ask", {"question": "Tên đơn vị cũ?"})
    desk.do(asking, "coordinate", {"office_code": "01", "question": "Đề nghị đối chiếu."})
    for each in (drafted, returned):
        desk.do(each, "answer", {"text": ANSWER})
    desk.do(returned, "answer/return", {"remark": "Nêu rõ căn cứ."}, token=DIRECTOR)
    answered = desk.answered()
    assert tab(desk, "to_acknowledge") == [new.no]
    assert set(tab(desk, "in_progress")) == {working.no, returned.no}
    assert tab(desk, "with_citizen") == [waiting.no]
    assert tab(desk, "with_others") == [asking.no]
    assert tab(desk, "to_approve") == [drafted.no]
    assert tab(desk, "answered") == [answered.no]
    assert counts(desk) == {
        "to_acknowledge": 1,
        "in_progress": 2,
        "with_citizen": 1,
        "with_others": 1,
        "to_approve": 1,
        "answered": 1,
    }


@pytest.mark.rule("F10", "F7")
def test_people_turned_away_come_first_then_late_ones(desk, later):
    early = desk.filed()
    later.on(days=3)
    new, urgent = desk.filed(), desk.filed(category_code=URGENT)
    assert tab(desk, "to_acknowledge") == [urgent.no, early.no, new.no]
    assert tab(desk, "to_acknowledge", late="true") == [early.no]
    assert desk.call("GET", "/desk/counts", token=OFFICER).json["tabs"]["to_acknowledge"]["late"] == 1


@pytest.mark.rule("F3", "F5", "F9")
def test_a_tab_holds_only_what_its_desk_may_see(desk):
    plain, about = desk.filed(category_code=desk.category_of("thu-so-the")), desk.filed(about="officer")
    assert tab(desk, "to_acknowledge", ELSEWHERE) == []
    assert tab(desk, "to_acknowledge") == [plain.no]
    assert set(tab(desk, "to_acknowledge", DIRECTOR)) == {plain.no, about.no}
    assert tab(desk, "to_acknowledge", THU) == [plain.no]
    assert counts(desk, ELSEWHERE) == {}
    assert counts(desk, CENTRE) == {"to_acknowledge": 2}


@pytest.mark.rule("F10")
def test_the_duty_list_shows_who_is_on_duty_and_who_is_turned_away_now(desk):
    with desk.db.write() as session:
        duty.put(session, [OnDuty("79", "Trực ban TP. Hồ Chí Minh", "+84901234567")])
    desk.filed()
    urgent = desk.filed(category_code=URGENT)
    shown = desk.call("GET", "/desk/duty", token=OFFICER).json
    assert shown["on_duty"] == [{"name": "Trực ban TP. Hồ Chí Minh", "phone": "+84901234567"}]
    assert [(each["complaint_no"], each["urgent"]) for each in shown["complaints"]] == [(urgent.no, True)]
    assert desk.call("GET", "/desk/duty", token=ELSEWHERE).json == {"on_duty": [], "complaints": []}


# ------------------------------------------------------------ whose work


def test_a_second_person_is_told_who_has_taken_it_and_may_take_over(desk):
    complaint = desk.routed()
    assert desk.do(complaint, "take", token=LAN).json["owner_name"] == "Trần Thị Lan"
    assert desk.do(complaint, "take", token=LAN).status_code == 200
    refused = desk.do(complaint, "take", token=HOA)
    assert (refused.status_code, refused.json["owner"]) == (409, "Trần Thị Lan")
    assert "Trần Thị Lan" in refused.json["detail"]
    assert desk.do(complaint, "take", {"instead": True}, token=HOA).json["owner_name"] == "Lê Văn Hòa"
    assert tab(desk, "in_progress", HOA, mine="true") == [complaint.no]
    assert tab(desk, "in_progress", LAN, mine="true") == []
    steps = [each for each in desk.show(complaint, token=HOA)["work"]["history"] if each["kind"] == "taken"]
    assert [each["details"] for each in steps] == [{}, {"from": "lan"}]


def test_what_is_taken_is_given_back_by_whoever_has_it_or_the_director(desk):
    complaint = desk.routed()
    desk.do(complaint, "take", token=LAN)
    refused = desk.do(complaint, "give-back", token=HOA)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:vss:problem:not-taken")
    assert desk.do(complaint, "give-back", token=LAN).json["owner_id"] is None
    desk.do(complaint, "take", token=LAN)
    assert desk.do(complaint, "give-back", token=DIRECTOR).json["owner_id"] is None
    assert desk.do(complaint, "give-back", token=DIRECTOR).status_code == 403


def test_nobody_takes_what_is_settled(desk):
    assert desk.do(desk.answered(), "take", token=LAN).json["type"] == "urn:vss:problem:wrong-status"


def test_staff_read_names_and_not_accounts(desk):
    complaint = desk.filed()
    desk.do(complaint, "route", {"unit": "Phòng Quản lý Thu"}, token=LAN)
    desk.do(complaint, "coordinate", {"office_code": "01", "question": "Đề nghị đối chiếu."}, token=HOA)
    work = desk.show(complaint, token=OFFICER)["work"]
    assert work["names"] == {"lan": "Trần Thị Lan", "hoa-2": "Lê Văn Hòa"}
    desk.do(complaint, "route", {"unit": "Phòng Chế độ"}, token="officer:lan:79:79::Trần Thị Ngọc Lan")
    assert desk.show(complaint, token=OFFICER)["work"]["names"]["lan"] == "Trần Thị Ngọc Lan"
    assert "Lan" not in str(desk.show(complaint)), "the citizen reads roles"


# ------------------------------------------------------------ what is being written


def test_what_is_written_is_kept_until_it_is_handed_in(desk):
    complaint = desk.routed()
    saved = write(desk, complaint, "Kính gửi ông").json
    assert (saved["version"], saved["others"], saved["warnings"]) == (1, [], [])
    assert write(desk, complaint, "Kính gửi ông Biên", 1).json["version"] == 2
    assert drafts(desk, complaint)["own"]["text"] == "Kính gửi ông Biên"
    desk.do(complaint, "answer", {"text": ANSWER}, token=LAN)
    assert drafts(desk, complaint) == {"own": None, "others": [], "warnings": []}


def test_two_people_write_at_once_see_each_other_and_lose_nothing(desk):
    complaint = desk.routed()
    write(desk, complaint, "Bản của Lan")
    saved = write(desk, complaint, "Bản của Hòa", token=HOA).json
    assert [each["writer_name"] for each in saved["others"]] == ["Trần Thị Lan"]
    shown = drafts(desk, complaint)
    assert (shown["own"]["text"], shown["others"][0]["text"]) == ("Bản của Lan", "Bản của Hòa")
    desk.do(complaint, "answer", {"text": ANSWER}, token=LAN)
    assert drafts(desk, complaint, HOA)["own"]["text"] == "Bản của Hòa"
    assert [each["writer"] for each in desk.show(complaint, token=LAN)["work"]["writing"]] == ["hoa-2"]


def test_a_second_window_is_told_of_the_newer_version_and_overwrites_nothing(desk):
    complaint = desk.routed()
    write(desk, complaint, "Bản một")
    assert write(desk, complaint, "Bản hai", 1).status_code == 200
    refused = write(desk, complaint, "Bản khác", 1)
    assert (refused.status_code, refused.json["type"]) == (409, "urn:vss:problem:draft-changed")
    assert (refused.json["by"], refused.json["draft_version"]) == ("Trần Thị Lan", 2)
    assert drafts(desk, complaint)["own"]["text"] == "Bản hai"
    assert write(desk, complaint, "Bản hai", 1).json["version"] == 2, "the same words again are no conflict"


@pytest.mark.rule("F4")
def test_words_that_send_the_citizen_elsewhere_are_named_while_they_are_written(desk):
    complaint = desk.routed()
    saved = write(desk, complaint, "Đề nghị ông liên hệ BHXH thành phố Hà Nội để được giải quyết.").json
    assert saved["warnings"]
    assert drafts(desk, complaint)["warnings"] == saved["warnings"]


@pytest.mark.rule("P1")
def test_what_was_being_written_is_forgotten_with_the_complaint(make_desk, later):
    desk = make_desk(complaint_keep_days=90)
    complaint = desk.routed()
    write(desk, complaint, "Kính gửi ông Biên", token=HOA)
    desk.answered(complaint)
    for days in (40, 120):
        later.on(days=days)
        desk.sweep()
    assert drafts(desk, complaint, HOA)["own"] is None
