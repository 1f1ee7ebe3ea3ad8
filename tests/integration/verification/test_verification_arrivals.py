"""Messages of registration in any order; what expires is forgotten (I6)."""

import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from PIL import Image

from services.chassis import clock
from services.chassis.errors import OtherPerson
from services.verification.attachments import jobs as attachments_jobs
from tests.integration.verification.desk import CODE, NAME, NO, Desk, attachment, picture, submitted


def kinds(bureau: Desk) -> dict[str, str]:
    return {each["kind"]: each["sha256"][0] for each in bureau.case()["attachments"]}


def everything(bureau: Desk) -> str:
    """All that the database holds, as text."""
    with bureau.db.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        return "\n".join(str(row) for table in tables for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'))


def test_a_declaration_told_twice_is_one_case(bureau: Desk) -> None:
    bureau.submit()
    bureau.submit(subject={"full_name": "Ai Khác"})
    assert bureau.case()["subject"]["full_name"] == NAME
    assert len(bureau.ask("GET", "").json["items"]) == 1


def test_a_number_that_is_given_to_a_second_person_is_refused_and_the_first_case_stays(bureau: Desk) -> None:
    bureau.submit()
    other = submitted()["subject"] | {
        "bhxh_code": "7912345678",
        "full_name": "Ai Khác",
        "personal_id": None,
        "id_number": "079001002003",
    }
    with pytest.raises(OtherPerson) as refused:
        bureau.submit(subject=other, submitted_at=(clock.now() + timedelta(minutes=5)).isoformat())
    assert str(refused.value) == "this dossier number is known here, for another person"
    assert bureau.case()["subject"]["full_name"] == NAME


def test_a_person_whom_a_restored_registration_has_submit_again_is_the_same_case(bureau: Desk) -> None:
    bureau.submit()
    bureau.submit(submitted_at=(clock.now() + timedelta(minutes=5)).isoformat())
    assert len(bureau.ask("GET", "").json["items"]) == 1


def test_a_copy_that_comes_after_the_data_were_erased_is_still_a_copy(bureau: Desk) -> None:
    body = submitted()
    bureau.tell("declaration_submitted", body)
    bureau.withdraw()
    bureau.tell("declaration_submitted", body)
    assert bureau.case()["status"] == "withdrawn"


@pytest.mark.parametrize("order", list(permutations(("submit", "form", "portrait"))))
def test_documents_are_there_whichever_message_comes_first(quick: Desk, order: tuple[str, ...]) -> None:
    later = clock.now() + timedelta(seconds=5)
    steps: dict[str, Callable[[], object]] = {
        "submit": lambda: quick.submit(attachments=[attachment("portrait", "a")]),
        "form": lambda: quick.add(NO, "form_pdf", "f"),
        "portrait": lambda: quick.add(NO, "portrait", "b", later),
    }
    for name in order:
        steps[name]()
    assert kinds(quick) == {"form_pdf": "f", "portrait": "b"}, "the newer picture stays"


@pytest.mark.rule("V4")
def test_what_an_officer_has_put_is_not_replaced_by_a_message(quick: Desk) -> None:
    quick.submit()
    sha256 = quick.put("portrait").json["sha256"]
    quick.add(NO, "portrait", "c", clock.now() + timedelta(minutes=1))
    (portrait,) = quick.case()["attachments"]
    assert (portrait["sha256"], portrait["by_office"]) == (sha256, True)


def test_after_an_assessment_only_the_form_still_comes_in(quick: Desk) -> None:
    quick.submit(attachments=[attachment("portrait", "a")])
    assert quick.reject().status_code == 202
    quick.add(NO, "portrait", "b")
    quick.add(NO, "form_pdf", "f")
    assert kinds(quick) == {"form_pdf": "f", "portrait": "a"}


@pytest.mark.parametrize("early", [True, False])
def test_an_expired_declaration_leaves_no_personal_data(bureau: Desk, early: bool) -> None:
    if early:
        bureau.add(NO, "portrait", "d")
        bureau.expire()
        bureau.submit()
    else:
        bureau.submit(attachments=[attachment("portrait", "d")])
        bureau.expire()
    bureau.add(NO, "form_pdf", "d")
    case = bureau.case()
    assert case["status"] == "expired"
    assert (case["subject"], case["contact"], case["attachments"], case["missing"]) == (None, None, [], case["missing"])
    kept = everything(bureau)
    for personal in (CODE, NAME, "983847986", "biennt", "Thụ Trai", "111349876090", "d" * 32):
        assert personal not in kept
    assert bureau.ask("POST", f"/{NO}/receive", json={}).json["case_status"] == "expired"
    assert bureau.ask("GET", "", headers={"X-Bhxh-Code": CODE}).json["items"] == []
    assert bureau.ask("GET", "?state=cancelled").json["items"][0]["full_name"] is None


def test_documents_that_an_office_has_put_are_deleted_with_an_expired_declaration(bureau: Desk) -> None:
    bureau.submit()
    bureau.put("portrait")
    assert len(bureau.documents) == 1
    bureau.expire()
    (kind,) = attachments_jobs.kinds(bureau.resources)
    for row in bureau.waiting("delete_document"):
        kind.call(_job(row))
    assert len(bureau.documents) == 0


@pytest.mark.rule("V5")
def test_a_replaced_document_of_an_office_is_deleted_and_the_clock_stays(quick: Desk) -> None:
    quick.submit()
    quick.complete()
    at = quick.case()["complete_at"]
    before = quick.ask("GET", f"/{NO}/attachments/portrait").data
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert quick.put("portrait", who="approver:lan:79", content=picture("pink")).status_code == 200
    assert quick.case()["complete_at"] == at
    (row,) = quick.waiting("delete_document")
    attachments_jobs.kinds(quick.resources)[0].call(_job(row))
    assert len(quick.documents) == 4
    after = quick.ask("GET", f"/{NO}/attachments/portrait")
    assert after.status_code == 200
    with Image.open(io.BytesIO(after.data)) as shown, Image.open(io.BytesIO(picture("pink"))) as given:
        assert shown.convert("RGB").getpixel((5, 5)) == given.convert("RGB").getpixel((5, 5))
    assert after.data != before


@pytest.mark.parametrize("status", ["received", "checking", "approved", "rejected"])
def test_an_expiry_that_comes_after_the_person_was_received_changes_nothing(bureau: Desk, status: str) -> None:
    bureau.submit()
    bureau.complete()
    if status == "rejected":
        assert bureau.reject().status_code == 202
    elif status != "received":
        bureau.decide()
    if status == "approved":
        bureau.look_up()
    bureau.expire()
    case = bureau.case()
    assert (case["status"], case["subject"]["full_name"]) == (status, NAME)
    assert "expired_too_late" in bureau.actions()


@pytest.mark.parametrize("status", ["new", "received", "checking"])
def test_a_withdrawal_holds_until_the_decision(bureau: Desk, status: str) -> None:
    bureau.submit()
    if status != "new":
        bureau.complete()
    if status == "checking":
        bureau.decide()
    bureau.withdraw()
    bureau.look_up()
    case = bureau.case()
    assert (case["status"], case["subject"]) == ("withdrawn", None)
    assert bureau.told("identity_verified") == []
    assert bureau.hgd.asked == [], "HGĐ is not asked about somebody who has gone"


@pytest.mark.rule("I8")
def test_the_history_of_a_superseded_case_names_the_one_that_took_its_place(bureau: Desk) -> None:
    bureau.submit()
    data = {"dossier_no": NO, "withdrawn_at": clock.now().isoformat(), "superseded_by": "261121-000002-4"}
    bureau.tell("declaration_withdrawn", data)
    assert (bureau.case()["status"], bureau.case()["subject"]) == ("withdrawn", None)
    [entry] = [entry for entry in bureau.history() if entry.action == "withdrawn"]
    assert entry.details["superseded_by"] == "261121-000002-4"


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_a_withdrawal_after_the_decision_changes_nothing(quick: Desk, status: str) -> None:
    quick.submit()
    if status == "approved":
        quick.approve()
    else:
        assert quick.reject().status_code == 202
    quick.withdraw()
    assert quick.case()["status"] == status


def test_a_withdrawal_that_overtakes_its_declaration_holds(bureau: Desk) -> None:
    bureau.withdraw()
    bureau.withdraw()
    bureau.submit()
    assert bureau.case()["status"] == "withdrawn"


def test_nobody_is_received_after_the_ten_days_even_before_registration_says_so(quick: Desk) -> None:
    quick.submit()
    with time_machine.travel(clock.now() + timedelta(days=10, seconds=1)):
        for answer in (quick.ask("POST", f"/{NO}/receive", json={}), quick.decide(id_shown=True), quick.put("portrait")):
            assert (answer.status_code, answer.json["type"]) == (409, "urn:vss:problem:past-expiry")


@pytest.mark.rule("I6", "W1")
def test_the_person_may_come_until_the_moment_that_registration_names_and_is_refused_with_the_last_day(quick: Desk) -> None:
    quick.submit(expires_at="2026-12-11T00:00:00+07:00")
    assert quick.case()["last_day"] == "2026-12-10"
    with time_machine.travel(datetime.fromisoformat("2026-12-11T00:00:00+07:00")):
        answer = quick.ask("POST", f"/{NO}/receive", json={})
        assert (answer.status_code, answer.json["last_day"]) == (409, "2026-12-10")
        assert "hết ngày 10/12/2026" in answer.json["detail"]
    with time_machine.travel(datetime.fromisoformat("2026-12-10T23:59:00+07:00")):
        assert quick.ask("POST", f"/{NO}/receive", json={}).status_code == 200


@pytest.mark.rule("I6", "W1")
def test_a_later_last_day_is_taken_over_and_an_earlier_one_is_not(quick: Desk) -> None:
    quick.submit(expires_at="2026-12-11T00:00:00+07:00")
    for moment in ("2026-12-12T00:00:00+07:00", "2026-12-11T00:00:00+07:00"):
        quick.tell("declaration_extended", {"dossier_no": NO, "expires_at": moment})
    assert quick.case()["last_day"] == "2026-12-11"
    assert quick.actions().count("extended") == 1


def test_who_was_received_in_time_may_be_decided_later(quick: Desk) -> None:
    quick.submit()
    quick.complete()
    with time_machine.travel(clock.now() + timedelta(days=20)):
        assert quick.decide().status_code == 202


def _job(row: Any) -> Any:
    """As much of a job as its call looks at."""
    return SimpleNamespace(payload=json.loads(row.payload))


@pytest.mark.rule("I1", "I13")
def test_contact_person_organisation_and_start_date_reach_the_officer(bureau: Desk) -> None:
    said = {"registered_with": "ivan", "ivan_name": "TS24", "start_date": "2026-12-01"}
    bureau.submit(contact_person="Lê Thị Lan", **said)
    case = bureau.case()
    assert {name: case[name] for name in said} == said
    assert case["contact_person"] == "Lê Thị Lan"


@pytest.mark.rule("I1")
def test_the_contact_person_is_the_person_unless_the_form_says_otherwise(quick: Desk) -> None:
    quick.submit()
    assert quick.case()["contact_person"] == NAME
    quick.withdraw()
    assert quick.case()["contact_person"] is None
