"""Somebody is turned away at this hour (F10): hours instead of days, the duty list is told, first on every desk. Both databases."""

import io
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from services.chassis.probes import Unwell
from services.chassis.text.csv_lists import BadList
from services.feedback.directory import duty
from services.feedback.directory.duty import OnDuty
from services.feedback.directory.probes import probes
from tests.integration.feedback.desk import CENTRE, DIRECTOR, OFFICER

URGENT = "bi-tu-choi"


def unaddressed():
    return REGISTRY.get_sample_value("vss_duty_unaddressed_total") or 0.0


@pytest.fixture
def watched(desk):
    """A desk with people on duty in Hồ Chí Minh City, in Hà Nội and for the whole country."""
    lines = (("79", "Trực ban TP. Hồ Chí Minh", "+84901234567"), ("01", "Trực ban Hà Nội", "+84901234568"))
    with desk.db.write() as session:
        duty.put(session, [*(OnDuty(*line) for line in lines), OnDuty("*", "Trực ban BHXH Việt Nam", "+84901234569")])
    return desk


@pytest.mark.rule("F10", "F7")
def test_its_clocks_are_hours_by_day_and_night(desk):
    complaint = desk.filed(category_code=URGENT)
    row = desk.row(complaint)
    after = (row.acknowledge_due - row.received_at, row.routed_due - row.received_at, row.answer_due - row.received_at)
    assert after == (timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))


@pytest.mark.rule("F10")
def test_whoever_is_on_duty_in_the_province_or_the_country_is_told(watched):
    complaint = watched.filed(category_code=URGENT)
    [told] = watched.facts("urgent_complaint")
    assert told.body["complaint_no"] == complaint.no
    assert {each["phone"] for each in told.body["duty"]} == {"+84901234567", "+84901234569"}
    assert "Nguyễn Thành Biên" not in told.public + str(told.body)
    watched.filed()
    assert len(watched.facts("urgent_complaint")) == 1


@pytest.mark.rule("F10")
def test_a_province_with_nobody_on_duty_is_named_counted_and_well_again_with_one_line(desk):
    (probe,) = probes
    with pytest.raises(Unwell, match=r"nobody is on duty for 34 province\(s\): 01, 04") as unwell:
        probe.ask(desk.resources)
    assert "vss complaints duty import" in unwell.value.remedy
    before = unaddressed()
    desk.filed(category_code=URGENT)
    assert unaddressed() == before + 1
    with desk.db.write() as session:
        duty.put(session, [OnDuty("79", "Trực ban TP. Hồ Chí Minh", "+84901234567")])
    desk.filed(category_code=URGENT)
    assert unaddressed() == before + 1
    with pytest.raises(Unwell, match="33 province"):
        probe.ask(desk.resources)
    with desk.db.write() as session:
        duty.put(session, [OnDuty("*", "Trực ban BHXH Việt Nam", "+84901234569")])
    assert probe.ask(desk.resources) == "somebody is on duty for every province"


@pytest.mark.rule("F10")
def test_a_card_that_is_refused_now_is_urgent_by_the_shipped_words(watched):
    text = "Bệnh viện từ chối khám vì tôi chỉ có thẻ trên VssID."
    suggested = watched.call("POST", "/categories/suggestions", token=OFFICER, json={"text": text}).json["items"]
    assert suggested[0]["code"] == URGENT
    watched.filed(category_code=suggested[0]["code"], body=text)
    assert len(watched.facts("urgent_complaint")) == 1


@pytest.mark.rule("F10")
def test_it_is_first_on_every_desk_though_others_are_late(desk, later):
    late = [desk.filed().no for _ in range(2)]
    later.on(days=30)
    urgent = desk.filed(category_code=URGENT).no
    for token in (OFFICER, DIRECTOR, CENTRE):
        listed = [line["complaint_no"] for line in desk.call("GET", "/complaints", token=token).json["items"]]
        assert listed == [urgent, *late]
    pages = desk.call("GET", "/complaints?limit=1", token=OFFICER).json
    following = desk.call("GET", f"/complaints?limit=2&cursor={pages['next_cursor']}", token=OFFICER).json
    assert [line["complaint_no"] for line in following["items"]] == late


@pytest.mark.rule("F10", "F7")
def test_the_director_the_board_and_the_centre_hear_of_a_late_one_within_hours(desk, later):
    desk.filed(category_code=URGENT)
    for minutes, level in ((61, 1), (60, 2), (60, 3)):
        later.on(minutes=minutes)
        desk.sweep()
        acknowledged = [each for each in desk.facts("complaint_overdue") if each.body["step"] == "acknowledge"]
        assert acknowledged[-1].body["level"] == level


@pytest.mark.rule("F10", "F7")
def test_waiting_for_the_citizen_moves_its_end_by_the_time_waited(desk, later):
    complaint = desk.filed(category_code=URGENT)
    before = desk.row(complaint).answer_due
    assert desk.do(complaint, "ask", {"question": "Ông/Bà đang ở khoa nào?"}).status_code == 200
    later.on(minutes=20)
    assert desk.say(complaint, "reply", {"words": "Khoa Cấp cứu."}).status_code == 200
    moved = desk.row(complaint).answer_due - before
    assert timedelta(minutes=19) < moved < timedelta(minutes=22)


@pytest.mark.rule("F10", "F2")
def test_one_that_an_office_finds_to_be_urgent_comes_first_and_is_told_though_its_dates_stay(watched):
    earlier, complaint = watched.filed(), watched.filed()
    due = watched.row(complaint).answer_due
    urgent = {"category_code": URGENT, "reason": "Bệnh viện vừa từ chối, người bệnh đang chờ."}
    assert watched.do(complaint, "recategorise", urgent).status_code == 200
    assert [fact.body["complaint_no"] for fact in watched.facts("urgent_complaint")] == [complaint.no]
    assert watched.row(complaint).answer_due == due
    listed = [line["complaint_no"] for line in watched.call("GET", "/complaints", token=OFFICER).json["items"]]
    assert listed == [complaint.no, earlier.no]
    other = {"category_code": "khac", "reason": "Không phải việc khẩn."}
    assert watched.do(complaint, "recategorise", other).status_code == 200
    listed = [line["complaint_no"] for line in watched.call("GET", "/complaints", token=OFFICER).json["items"]]
    assert listed == [earlier.no, complaint.no]
    assert len(watched.facts("urgent_complaint")) == 1


@pytest.mark.rule("F10")
def test_a_phone_written_twice_in_the_duty_list_is_refused_and_nothing_is_imported(desk):
    file = io.StringIO("province_code,name,phone\n79,Trực ban,0901 234 567\n01,Trực ban khác,0901234567\n")
    with pytest.raises(BadList, match="appears twice"), desk.db.write() as session:
        duty.put(session, duty.read_csv(file))
    with desk.db.read() as session:
        assert duty.list_all(session) == []


@pytest.mark.rule("F10")
def test_a_deployment_sets_its_own_hours_and_category(make_desk):
    desk = make_desk(urgent_hours=2, urgent_category="khac")
    row = desk.row(desk.filed(category_code="khac"))
    assert row.answer_due - row.received_at == timedelta(hours=2)
    assert len(desk.facts("urgent_complaint")) == 1
