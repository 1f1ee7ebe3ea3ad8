"""The legal clock of a case (N, V8): warned of, told to the office, then to the director; once each, whoever slept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.verification.cases.rules import Case
from services.verification.directory.port import Answer
from services.verification.officers.addresses import StaffAddress
from tests.integration.verification.desk import BORN, CODE, NAME, NO, Desk, dossier_no

#: Monday; Tuesday the 24th is a holiday, Wednesday the 25th the first counted day of a clock that starts on Monday
MONDAY = datetime(2026, 11, 23, 9, tzinfo=VIETNAM)
APPROVER, OFFICER, DIRECTOR = "approver:lan:79", "officer:mai:79", "director:binh:79"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


class Now:
    """The services' time, which stands until it is moved; the machine's own goes on, as sweeps compare it with the database's."""

    def __init__(self) -> None:
        self.moment = MONDAY

    def shift(self, by: timedelta) -> None:
        self.moment += by

    def move_to(self, moment: datetime) -> None:
        self.moment = moment


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    standing = Now()
    monkeypatch.setattr(clock, "now", lambda: standing.moment.astimezone(UTC))
    return standing


def employ(desk: Desk, who: str, *, revision: int | None = None, **changes: Any) -> None:
    """A member of staff, as accounts tells of them."""
    role, account_id, office = who.split(":")
    told = {"role": role, "account_id": account_id, "office_code": office, "province_code": office[:2], "active": True}
    told |= {
        "full_name": f"Ông/Bà {account_id}",
        "email": f"{account_id}@vss.example",
        "valid_from": None,
        "valid_until": None,
    }
    desk.tell("staff_assigned", told | changes, revision=revision)


def employ_all(desk: Desk) -> None:
    for who in (APPROVER, OFFICER, DIRECTOR, "approver:cuc:01", "director:dung:01"):
        employ(desk, who)


def alerts(desk: Desk, no: str = NO) -> list[tuple[str, int | None, list[str]]]:
    """What was told of the clock: the fact, its level, and to whom."""
    return [
        (each["_fact"], each.get("level"), sorted(one["code"] for one in each["staff"]))
        for each in desk.told()
        if each["_fact"] in ("case_due_soon", "case_overdue") and each["dossier_no"] == no
    ]


def unaddressed() -> float:
    return REGISTRY.get_sample_value("vss_case_alerts_unaddressed_total") or 0.0


WARNING, TO_OFFICE, TO_DIRECTOR = (
    ("case_due_soon", None, ["lan", "mai"]),
    ("case_overdue", 1, ["lan", "mai"]),
    ("case_overdue", 2, ["binh"]),
)


@pytest.mark.rule("N3", "N11")
def test_a_complete_dossier_left_lying_is_told_to_the_office_before_and_after_and_then_to_the_director(
    bureau: Desk, now: Now
) -> None:
    employ_all(bureau)
    bureau.submit()
    bureau.complete()
    bureau.sweep()
    assert alerts(bureau) == []
    now.shift(timedelta(minutes=7, seconds=30))
    bureau.sweep()
    assert alerts(bureau) == [WARNING]
    now.shift(timedelta(minutes=7, seconds=29))
    bureau.sweep()
    assert not bureau.case()["late"]
    assert alerts(bureau) == [WARNING]
    now.shift(timedelta(seconds=1))
    bureau.sweep()
    assert bureau.case()["late"]
    assert alerts(bureau) == [WARNING, TO_OFFICE]
    now.shift(timedelta(minutes=15))
    for _ in range(3):
        bureau.sweep()
        now.shift(timedelta(days=1))
    assert alerts(bureau) == [WARNING, TO_OFFICE, TO_DIRECTOR]
    assert [each for each in bureau.actions() if each in ("due_soon", "overdue")] == ["due_soon", "overdue", "overdue"]


@pytest.mark.rule("N11")
def test_what_is_told_of_a_late_dossier_says_nothing_about_the_person(bureau: Desk, now: Now) -> None:
    employ_all(bureau)
    bureau.submit()
    bureau.complete()
    now.shift(timedelta(hours=1))
    bureau.sweep()
    told = [each for each in bureau.told() if each["_fact"] == "case_overdue"]
    assert len(told) == 2
    for each in told:
        assert each["_public"] == ""
        assert datetime.fromisoformat(each["due_at"]) == MONDAY + timedelta(minutes=15)
        assert not {"subject", "contact", "guardian"} & each.keys()


@pytest.mark.rule("N3", "N11", "V9")
def test_a_guardians_dossier_that_nobody_opened_is_warned_of_on_its_last_working_day(bureau: Desk, now: Now) -> None:
    employ_all(bureau)
    bureau.submit_child(office={"code": "79", "province_code": "79"})
    for moment, expected in (
        ("2026-11-27T07:59", []),
        ("2026-11-27T08:00", [WARNING]),
        ("2026-11-27T23:59", [WARNING]),
        ("2026-11-28T00:00", [WARNING, TO_OFFICE]),
        ("2026-11-28T00:15", [WARNING, TO_OFFICE, TO_DIRECTOR]),
    ):
        now.move_to(at(moment))
        bureau.sweep()
        assert alerts(bureau) == expected, moment


@pytest.mark.rule("N3", "W1")
def test_tet_is_not_counted(quick: Desk, now: Now) -> None:
    now.move_to(at("2026-02-13T09:00"))  # Friday; offices open again on Monday the 23rd
    quick.submit(route="counter", filing="counter")
    quick.complete()
    assert quick.case()["due_at"] == at("2026-02-26T00:00").isoformat()


@pytest.mark.rule("W1")
def test_a_day_off_that_feedback_tells_of_is_not_counted_and_moves_no_clock_that_runs(bureau: Desk, now: Now) -> None:
    running, later = dossier_no(1), dossier_no(2)
    bureau.submit_child(running)
    storm = {"day": "2026-11-26", "kind": "off", "why": "Bão số 9"}
    bureau.tell("calendar_changed", {"corrections": [storm]})
    bureau.submit_child(later)
    assert bureau.case(running)["due_at"] == at("2026-11-28T00:00").isoformat()
    assert bureau.case(later)["due_at"] == at("2026-12-01T00:00").isoformat()
    bureau.sweep()
    bureau.case(running)  # taking stock again moves nothing
    assert bureau.case(running)["due_at"] == at("2026-11-28T00:00").isoformat()


@pytest.mark.rule("N11")
@pytest.mark.parametrize("outcome", ["approved", "rejected", "withdrawn"])
def test_whatever_ends_the_dossier_stops_its_clock(bureau: Desk, now: Now, outcome: str) -> None:
    employ_all(bureau)
    bureau.submit()
    bureau.complete()
    if outcome == "approved":
        bureau.decide()
        bureau.look_up()
    elif outcome == "rejected":
        assert bureau.decide(outcome="invalid", reason_code="id_differs").status_code == 202
    else:
        bureau.withdraw()
    case = bureau.case()
    assert (case["status"], case["due_at"], case["late"]) == (outcome, None, False)
    now.shift(timedelta(days=1))
    bureau.sweep()
    assert alerts(bureau) == []


@pytest.mark.rule("N11", "V7")
def test_a_valid_dossier_that_waits_for_hgd_becomes_late_all_the_same(bureau: Desk, now: Now) -> None:
    employ_all(bureau)
    bureau.submit()
    bureau.complete()
    bureau.decide()
    now.shift(timedelta(minutes=8))
    bureau.sweep()
    now.shift(timedelta(minutes=8))
    bureau.sweep()
    assert bureau.case()["status"] == "checking"
    assert alerts(bureau) == [WARNING, TO_OFFICE]


@pytest.mark.rule("N11", "I6")
def test_time_in_which_papers_are_missing_does_not_count(bureau: Desk, now: Now) -> None:
    employ_all(bureau)
    bureau.submit()
    assert bureau.see_id().status_code == 200
    now.shift(timedelta(days=2))
    bureau.sweep()
    assert bureau.case()["due_at"] is None
    bureau.complete()
    assert bureau.case()["due_at"] == (MONDAY + timedelta(days=2, minutes=15)).isoformat()
    bureau.sweep()
    assert alerts(bureau) == []


@pytest.mark.rule("N11", "V7")
def test_while_the_person_is_asked_the_clock_stands_and_it_starts_anew_with_the_correction(bureau: Desk, now: Now) -> None:
    employ_all(bureau)
    bureau.hgd.people = {CODE: Answer(found=True, full_name="Nguyễn Thành Biển", birth=BORN)}
    bureau.submit()
    bureau.complete()
    bureau.decide()
    bureau.look_up()
    assert (bureau.case()["status"], bureau.case()["due_at"]) == ("name_near", None)
    now.shift(timedelta(days=1))
    bureau.sweep()
    assert alerts(bureau) == []
    corrected = bureau.ask("POST", f"/{NO}/correction", APPROVER, json={"full_name": "Nguyễn Thành Biển"})
    assert corrected.status_code == 200
    assert bureau.case()["due_at"] is None, "the new form is not signed"
    assert bureau.put("signed_form", who=APPROVER).status_code == 200
    assert bureau.case()["due_at"] == (MONDAY + timedelta(days=1, minutes=15)).isoformat()
    now.shift(timedelta(minutes=15))
    bureau.sweep()
    assert alerts(bureau) == [TO_OFFICE]


@pytest.mark.rule("N11", "V2")
def test_the_office_that_received_the_person_is_told_and_not_the_one_that_the_form_names(bureau: Desk, now: Now) -> None:
    employ_all(bureau)
    bureau.submit()  # the form names 01
    bureau.complete(who="approver:lan:79")
    now.shift(timedelta(minutes=30))
    bureau.sweep()
    assert alerts(bureau) == [TO_OFFICE, TO_DIRECTOR]


@pytest.mark.rule("N11", "V11")
def test_where_nobody_at_the_office_has_an_address_the_director_is_told_at_once(bureau: Desk, now: Now) -> None:
    employ(bureau, APPROVER, email=None)
    employ(bureau, "officer:left:79", valid_until="2026-11-22")
    employ(bureau, "officer:later:79", valid_from="2026-12-01")
    employ(bureau, OFFICER)
    employ(bureau, OFFICER, active=False)
    employ(bureau, DIRECTOR)
    bureau.submit()
    bureau.complete()
    for _ in range(2):
        now.shift(timedelta(minutes=7, seconds=30))
        bureau.sweep()
    assert alerts(bureau) == [("case_due_soon", None, ["binh"]), TO_DIRECTOR]


@pytest.mark.rule("N11")
def test_whoever_runs_the_system_sees_that_nobody_could_be_told(bureau: Desk, now: Now) -> None:
    bureau.submit()
    bureau.complete()
    now.shift(timedelta(hours=1))
    before = unaddressed()
    bureau.sweep()
    assert alerts(bureau) == [("case_overdue", 2, [])]
    assert unaddressed() == before + 1


@pytest.mark.rule("N11")
def test_an_office_in_no_province_has_the_director_of_the_province_that_the_form_names(bureau: Desk, now: Now) -> None:
    employ(bureau, "director:dung:01")
    employ(bureau, "officer:hoa:CSKH", province_code="00")
    bureau.submit(office={"code": "0105", "province_code": "01"})
    bureau.complete(who="approver:vy:CSKH")
    now.shift(timedelta(hours=1))
    bureau.sweep()
    assert alerts(bureau) == [("case_overdue", 1, ["hoa"]), ("case_overdue", 2, ["dung"])]


@pytest.mark.rule("N11")
def test_of_those_who_have_left_nothing_is_kept_and_an_older_word_does_not_bring_them_back(bureau: Desk, now: Now) -> None:
    employ(bureau, APPROVER, revision=5, valid_until="2026-11-23")
    employ(bureau, OFFICER, revision=5)
    employ(bureau, OFFICER, revision=6, active=False)
    employ(bureau, OFFICER, revision=4)
    now.shift(timedelta(days=1))
    bureau.sweep()
    with bureau.db.read() as session:
        kept = {
            (each.account_id, each.email, each.full_name, each.role) for each in session.scalars(sa.select(StaffAddress))
        }
    assert kept == {("lan", None, None, None), ("mai", None, None, None)}


@pytest.mark.rule("V1", "N11")
def test_the_work_list_shows_when_each_is_due_and_finds_what_is_late(bureau: Desk, now: Now) -> None:
    late, lying = dossier_no(1), dossier_no(2)
    bureau.submit(late)
    bureau.complete(late)
    bureau.submit(lying)
    now.shift(timedelta(minutes=20))
    items = {each["dossier_no"]: each for each in bureau.ask("GET", "").json["items"]}
    assert (items[late]["due_at"], items[late]["late"]) == ((MONDAY + timedelta(minutes=15)).isoformat(), True)
    assert (items[lying]["due_at"], items[lying]["late"]) == (None, False)
    assert [each["dossier_no"] for each in bureau.ask("GET", "?late=true").json["items"]] == [late]


@pytest.mark.rule("N11")
def test_the_clock_of_a_case_that_an_earlier_release_wrote_runs_too(bureau: Desk, now: Now) -> None:
    employ_all(bureau)
    bureau.submit_child(office={"code": "79", "province_code": "79"})
    bureau.submit(dossier_no(2))
    with bureau.db.write() as session:
        unknown = ("clock_started_at", "due_at", "alert_at", "alert_level", "province_code")
        session.execute(sa.update(Case).values(dict.fromkeys(unknown)))
    bureau.sweep()
    assert bureau.case()["due_at"] == at("2026-11-28T00:00").isoformat()
    now.move_to(at("2026-11-28T00:00"))
    bureau.sweep()
    assert alerts(bureau)[-1] == TO_OFFICE


@pytest.mark.rule("V15")
def test_a_name_that_hgd_confirms_leaves_no_clock(quick: Desk, now: Now) -> None:
    assert quick.hgd.people[CODE].full_name == NAME
    quick.submit()
    quick.approve()
    assert quick.case()["due_at"] is None
