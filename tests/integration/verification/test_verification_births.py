"""HGĐ's date of birth, asked on arrival and at the decision (V7)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.chassis import clock
from services.chassis.calendar import today_in_vietnam
from services.chassis.errors import Permanent
from services.verification.directory.births import UNKNOWN, Birth
from services.verification.directory.hgd import HttpDirectory
from services.verification.directory.port import Answer
from tests.integration.verification.desk import BORN, CHILD, CODE, NAME, NO, PARENT, Desk, dossier_no
from tests.integration.verification.hgd_server import KEY, HgdServer

pytestmark = pytest.mark.rule("V7")

CHILD_CODE, CHILD_NAME = str(CHILD["bhxh_code"]), str(CHILD["full_name"])


def held_for(desk: Desk, birth: Birth, no: str = NO, **changes: Any) -> Any:
    """The case after HGĐ answered that it knows the person under this birth."""
    desk.hgd.people[CODE] = Answer(found=True, full_name=NAME, birth=birth)
    desk.submit(no, **changes)
    desk.complete(no)
    assert desk.decide(no).status_code == 202
    desk.look_up()
    return desk.case(no)


def test_another_date_of_birth_holds_the_case_and_the_officer_sees_both(bureau: Desk) -> None:
    case = held_for(bureau, Birth.exact(date(1978, 5, 19)))
    assert (case["status"], case["hgd"]["outcome"]) == ("birth_differs", "birth_differs")
    assert (case["subject"]["date_of_birth"], case["hgd"]["date_of_birth"]) == ("1987-05-19", "1978-05-19")
    assert bureau.told("identity_verified") == []
    assert [each["dossier_no"] for each in bureau.ask("GET", "?status=birth_differs").json["items"]] == [NO]


@pytest.mark.parametrize(
    ("birth", "status", "shown"),
    [
        (Birth(1987), "approved", "1987"),
        (Birth(1986), "birth_differs", "1986"),
        (UNKNOWN, "approved", None),
        (BORN, "approved", "1987-05-19"),
    ],
)
def test_of_a_year_only_the_year_is_compared_and_an_unknown_birth_holds_nobody_up(
    bureau: Desk, birth: Birth, status: str, shown: str | None
) -> None:
    case = held_for(bureau, birth)
    assert (case["status"], case["hgd"]["date_of_birth"]) == (status, shown)


def test_a_birth_that_was_typed_wrong_is_corrected_and_then_approved(bureau: Desk) -> None:
    held_for(bureau, BORN, subject={"date_of_birth": "1978-05-19"})
    for wrong in ({"date_of_birth": "2999-01-01"}, {"date_of_birth": "1987-02-31"}, {"date_of_birth": None}):
        assert bureau.ask("POST", f"/{NO}/correction", json=wrong).status_code == 422
    assert bureau.ask("POST", f"/{NO}/correction", json={"date_of_birth": "1987-05-19"}).status_code == 200
    assert "birth_not_in_hgd" not in bureau.reasons(), "what HGĐ said was about another date"
    bureau.complete()
    bureau.decide()
    bureau.look_up()
    assert bureau.case()["status"] == "approved"
    assert bureau.told("identity_verified")[0]["subject"]["date_of_birth"] == "1987-05-19"


def test_a_held_case_can_be_asked_about_again_or_rejected_with_its_reason(quick: Desk) -> None:
    held_for(quick, Birth(1986))
    quick.hgd.people[CODE] = Answer(found=True, full_name=NAME, birth=BORN)  # HGĐ has mended its record
    assert quick.decide().status_code == 202
    quick.look_up()
    assert quick.case()["status"] == "approved"

    held_for(quick, Birth(1986), dossier_no(2))
    assert "birth_not_in_hgd" in quick.reasons(dossier_no(2))
    assert quick.decide(dossier_no(2), outcome="invalid", reason_code="birth_not_in_hgd").status_code == 202
    (told,) = quick.told("declaration_rejected")
    assert told["reason"] == "Ngày sinh trên tờ khai không khớp với dữ liệu của cơ quan BHXH."


@pytest.fixture
def hgd() -> Iterator[HgdServer]:
    server = HgdServer()
    yield server
    server.close()


@pytest.mark.parametrize("born", ['"00/00/1987"', '"31/02/1987"', "1987", "[]", '"không rõ"'])
def test_an_odd_record_is_that_persons_matter_and_never_counts_as_hgd_being_down(
    bureau: Desk, hgd: HgdServer, monkeypatch: pytest.MonkeyPatch, born: str
) -> None:
    monkeypatch.setattr(bureau, "hgd", HttpDirectory(hgd.url, KEY, failures=2))
    hgd.say(200, f'{{"found": true, "full_name": "{NAME}", "date_of_birth": {born}, "sex": 7}}'.encode())
    for no in (NO, dossier_no(2), dossier_no(3)):  # the circuit would open with the second failure
        bureau.submit(no, subject={"id_number": f"00108700000{no[12]}"})
        bureau.complete(no)
        assert bureau.decide(no).status_code == 202
        bureau.look_up()
        assert bureau.case(no)["status"] == "approved", born


@pytest.mark.rule("V9")
def test_a_person_born_in_1959_is_not_registered_as_a_child_of_2015(bureau: Desk) -> None:
    bureau.hgd.people[CHILD_CODE] = Answer(found=True, full_name=CHILD_NAME, birth=Birth.exact(date(1959, 3, 2)))
    bureau.submit_child()
    bureau.decide()
    bureau.look_up()
    case = bureau.case()
    assert (case["status"], case["hgd"]["outcome"], case["hgd"]["adult"]) == ("birth_differs", "adult", True)
    # nor once the form says what HGĐ says
    assert bureau.ask("POST", f"/{NO}/correction", json={"date_of_birth": "1959-03-02"}).status_code == 200
    bureau.decide()
    bureau.look_up()
    assert bureau.case()["status"] == "birth_differs"
    assert bureau.told("identity_verified") == []
    assert bureau.decide(outcome="invalid", reason_code="not_a_child").status_code == 202


def test_a_child_on_the_portal_whom_hgd_knows_as_an_adult_is_held_too(bureau: Desk) -> None:
    bureau.hgd.people[CHILD_CODE] = Answer(found=True, full_name=CHILD_NAME, birth=Birth(1959))
    bureau.submit(subject=CHILD, parent=PARENT)
    for kind in ("portrait", "birth_certificate", "signed_form"):
        bureau.put(kind, who="approver:lan:79")
    assert bureau.decide(parent_id_shown=True).status_code == 202
    bureau.look_up()
    assert (bureau.case()["status"], bureau.case()["hgd"]["outcome"]) == ("birth_differs", "adult")


@pytest.mark.rule("V9")
def test_a_child_who_is_eighteen_only_this_year_by_a_year_alone_is_the_officer_s_matter(quick: Desk) -> None:
    this_year = today_in_vietnam().year
    quick.hgd.people[CHILD_CODE] = Answer(found=True, full_name=CHILD_NAME, birth=Birth(this_year - 18))
    quick.submit_child()
    quick.decide()
    quick.look_up()
    assert quick.case()["hgd"]["outcome"] == "birth_differs", "HGĐ does not know that the person is of age"


def test_hgd_is_asked_when_the_dossier_arrives_and_the_officer_sees_it_before_deciding(bureau: Desk) -> None:
    bureau.hgd.people[CODE] = Answer(found=True, full_name="Trần Văn Khác", birth=Birth(1960))
    bureau.submit()
    assert bureau.case()["hgd_advice"] is None
    before = clock.now()
    bureau.advise()
    case = bureau.case()
    advice = case["hgd_advice"]
    assert (advice["outcome"], advice["full_name"], advice["date_of_birth"]) == ("differs", "Trần Văn Khác", "1960")
    assert advice["birth"] == "differs"
    assert advice["at"] >= before.astimezone().isoformat()[:10]
    assert (case["status"], case["hgd"]) == ("new", None), "advice decides nothing"
    assert bureau.told() == [], "and nobody is told"
    (row,) = (each for each in bureau.history() if each.action == "hgd_advised")
    assert row.details == {"outcome": "differs"}

    # what counts is HGĐ's answer at the decision
    bureau.hgd.people[CODE] = Answer(found=True, full_name=NAME, birth=BORN)
    bureau.complete()
    bureau.decide()
    bureau.look_up()
    assert bureau.case()["status"] == "approved"
    assert bureau.hgd.asked == [CODE, CODE]


def test_the_job_that_asks_for_advice_names_nobody_and_asks_about_nobody_who_has_gone(quick: Desk) -> None:
    quick.submit()
    (row,) = quick.waiting("hgd_advise")
    assert CODE not in str(row)
    quick.withdraw()
    quick.advise()
    assert quick.hgd.asked == []
    assert quick.case()["hgd_advice"] is None


def test_advice_about_a_code_that_was_corrected_is_void_and_asked_for_anew(quick: Desk) -> None:
    quick.submit(subject={"bhxh_code": "0113099840"})
    quick.advise()
    assert quick.case()["hgd_advice"]["outcome"] == "unknown_code"
    quick.complete()
    quick.decide()
    quick.look_up()
    assert quick.ask("POST", f"/{NO}/correction", json={"bhxh_code": CODE}).status_code == 200
    assert quick.case()["hgd_advice"] is None
    assert "code_not_in_hgd" not in quick.reasons()
    quick.advise()
    assert quick.case()["hgd_advice"]["outcome"] == "match"


def test_a_record_that_cannot_be_read_gives_no_advice_and_no_job_for_an_operator(quick: Desk) -> None:
    quick.hgd.fail_with = Permanent("hgd: the record has no name that can be read")
    quick.submit()
    quick.advise()
    assert quick.case()["hgd_advice"] is None
    assert quick.waiting("hgd_advise") == []


def test_a_declaration_that_had_ended_before_it_arrived_is_not_asked_about(quick: Desk) -> None:
    quick.withdraw()
    quick.submit()
    assert quick.waiting("hgd_advise") == []


def test_the_advice_goes_with_the_person_s_data(quick: Desk) -> None:
    quick.submit()
    quick.advise()
    quick.expire()
    case = quick.case()
    assert (case["status"], case["hgd_advice"]["full_name"]) == ("expired", None)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (Answer(found=True, full_name="Trần Văn Khác", birth=BORN), "name_differs"),
        (Answer(found=True, full_name="Nguyen Thanh Bien", birth=BORN), "name_differs"),
        (Answer(found=True, full_name=NAME, birth=Birth(1960)), "birth_differs"),
    ],
)
def test_the_person_is_told_once_of_a_difference(bureau: Desk, answer: Answer, what: str) -> None:
    bureau.hgd.people[CODE] = answer
    bureau.submit()
    bureau.complete()
    for _ in range(2):  # asked again, HGĐ says the same
        bureau.decide()
        bureau.look_up()
    (told,) = bureau.told("identity_questioned")
    assert (told["what"], told["full_name"], told["contact"]["phone"]) == (what, NAME, "+84983847986")
    assert told["_public"] == "", "no other agency hears of it"
    assert answer.full_name == NAME or answer.full_name not in str(told), "whose code it is, is nobody's business"


def test_of_one_difference_after_another_the_person_hears_of_both(quick: Desk) -> None:
    quick.hgd.people[CODE] = Answer(found=True, full_name="Nguyễn Thành Biển", birth=Birth(1960))
    quick.submit()
    quick.complete()
    quick.decide()
    quick.look_up()
    assert quick.case()["status"] == "name_near"
    quick.ask("POST", f"/{NO}/correction", json={"full_name": "Nguyễn Thành Biển"})
    quick.put("signed_form", who="approver:lan:79")
    quick.decide()
    quick.look_up()
    assert quick.case()["status"] == "birth_differs"
    assert [told["what"] for told in quick.told("identity_questioned")] == ["name_differs", "birth_differs"]
