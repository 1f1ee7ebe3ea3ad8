"""Filed by post: the posting date counts, and nobody comes unless nothing proves who sent the letter (I12)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.verification.directory.port import Answer
from tests.integration.verification.desk import CODE, NAME, NO, Desk

PHONE = "+84983847986"
COPIES = ("id_front", "id_back", "portrait", "signed_form")
pytestmark = pytest.mark.rule("I12")


def files(desk: Desk, **changes: Any) -> datetime:
    """File by post, now; the end of the ten days."""
    end = clock.now() + timedelta(days=10)
    until = end + timedelta(days=10)
    dates = {"expires_at": end.isoformat(), "letters_until": until.isoformat()}
    desk.submit(**{"filing": "post"} | dates | changes)
    return end


def day(days: float = 0) -> str:
    return f"{clock.now().astimezone(VIETNAM) + timedelta(days=days):%Y-%m-%d}"


def opens(desk: Desk, posted_on: str | None = None, **more: Any) -> Any:
    body = {"posted_on": posted_on or day(), "consignment_no": "EA123456789VN", **more}
    return desk.ask("POST", f"/{NO}/letter", "officer:mai:48", json=body)


def scans(desk: Desk, kinds: tuple[str, ...] = COPIES) -> Any:
    for kind in kinds:
        answer = desk.put(kind, who="officer:mai:48")
    desk.ask("POST", f"/{NO}/release", "officer:mai:48")
    return answer


def hgd_has(desk: Desk, phone: str | None) -> None:
    desk.hgd.people[CODE] = Answer(found=True, full_name=NAME, phone=phone)


def test_a_letter_whose_sender_the_postal_clerk_has_checked_is_approved_without_a_visit(bureau: Desk) -> None:
    files(bureau)
    answer = opens(bureau, identity_checked=True)
    assert (answer.status_code, answer.json["status"]) == (200, "received")
    assert "id_shown" not in answer.json["missing"], "nobody is asked to come"
    assert scans(bureau).json["missing"] == []
    case = bureau.case()
    assert case["letter"]["posted_on"] == day()
    assert case["letter"]["consignment_no"] == "EA123456789VN"
    assert bureau.decide().status_code == 202
    bureau.look_up()
    assert bureau.case()["status"] == "approved"
    (verified,) = bureau.told("identity_verified")
    assert verified["filing"] == "post", "three working days, not fifteen minutes"


def test_the_phone_that_hgd_has_proves_who_sent_the_letter(quick: Desk) -> None:
    hgd_has(quick, PHONE)
    files(quick)
    opens(quick)
    scans(quick)
    quick.decide()
    quick.look_up()
    assert (quick.case()["status"], quick.case()["hgd"]["phone_matches"]) == ("approved", True)
    assert quick.told("visit_requested") == []


@pytest.mark.parametrize("phone", [None, "+84912345678"])
def test_a_letter_without_a_proof_is_held_for_a_visit_at_any_office(bureau: Desk, phone: str | None) -> None:
    hgd_has(bureau, phone)
    files(bureau)
    opens(bureau)
    scans(bureau)
    bureau.decide()
    bureau.look_up()
    case = bureau.case()
    assert (case["status"], case["missing"], case["hgd"]["phone_matches"]) == ("identity_unproved", ["id_shown"], False)
    (told,) = bureau.told("visit_requested")
    assert (told["contact"]["phone"], told["_public"]) == (PHONE, "")
    assert bureau.told("identity_verified") == []
    assert bureau.decide().json["missing"] == ["id_shown"]

    assert bureau.ask("POST", f"/{NO}/receive", "officer:hoa:01", json={"id_shown": True}).status_code == 200
    bureau.ask("POST", f"/{NO}/release", "officer:hoa:01")
    assert bureau.decide().status_code == 202
    bureau.look_up()
    assert bureau.case()["status"] == "approved"


def test_the_posting_date_is_when_it_was_received_though_the_letter_comes_after_the_end(bureau: Desk) -> None:
    end = files(bureau)
    last_day = f"{end.astimezone(VIETNAM):%Y-%m-%d}"
    with time_machine.travel(end + timedelta(days=9)):
        assert opens(bureau, last_day).status_code == 200
        (received,) = bureau.told("case_received")
    assert received["received_at"].startswith(last_day)
    assert datetime.fromisoformat(received["received_at"]) <= end
    assert [entry.details["posted_on"] for entry in bureau.history() if entry.action == "letter_opened"] == [last_day]


def test_a_letter_posted_after_the_last_day_or_before_the_form_was_filed_is_not_in_time(quick: Desk) -> None:
    end = files(quick)
    after = f"{end.astimezone(VIETNAM) + timedelta(days=1):%Y-%m-%d}"
    with time_machine.travel(end + timedelta(days=5)):
        for wrong in (after, day(-30), day(1)):
            answer = opens(quick, wrong)
            assert (answer.status_code, answer.json["type"]) == (422, "urn:vss:problem:posted-wrongly")
            assert answer.json["errors"][0]["field"] == "posted_on"
    assert quick.case()["status"] == "new"


def test_ten_days_after_the_end_no_letter_is_taken_any_more(quick: Desk) -> None:
    end = files(quick)
    with time_machine.travel(end + timedelta(days=10, seconds=1)):
        assert opens(quick, f"{end:%Y-%m-%d}").json["type"] == "urn:vss:problem:past-expiry"


def test_a_period_that_ends_at_midnight_has_its_last_day_the_day_before(quick: Desk) -> None:
    midnight = (clock.now().astimezone(VIETNAM) + timedelta(days=11)).replace(hour=0, minute=0, second=0, microsecond=0)
    files(quick, expires_at=midnight.isoformat(), letters_until=(midnight + timedelta(days=10)).isoformat())
    with time_machine.travel(midnight + timedelta(days=1)):
        assert opens(quick, f"{midnight:%Y-%m-%d}").status_code == 422
        assert opens(quick, f"{midnight - timedelta(days=1):%Y-%m-%d}").status_code == 200


def test_nothing_sent_by_post_is_decided_before_the_letter_has_come(quick: Desk) -> None:
    files(quick)
    scans(quick)
    for decision in ({"outcome": "valid"}, {"outcome": "invalid", "reason_code": "id_differs"}):
        assert quick.ask("POST", f"/{NO}/decision", json=decision).json["type"] == "urn:vss:problem:not-received"


def test_whoever_filed_by_post_may_come_all_the_same(quick: Desk) -> None:
    files(quick)
    answer = quick.ask("POST", f"/{NO}/receive", json={"id_shown": True})
    assert answer.status_code == 200
    quick.ask("POST", f"/{NO}/release")
    assert scans(quick).json["missing"] == []
    quick.decide()
    quick.look_up()
    assert quick.case()["status"] == "approved"


def test_whoever_comes_in_place_of_a_letter_shows_the_id(quick: Desk) -> None:
    files(quick)
    quick.ask("POST", f"/{NO}/receive", json={})
    quick.ask("POST", f"/{NO}/release")
    assert scans(quick).json["missing"] == ["id_shown"]


@pytest.mark.rule("N11", "V1")
def test_who_comes_after_copies_were_scanned_lacks_the_id_and_no_clock_runs_until_it_is_shown(bureau: Desk) -> None:
    files(bureau)
    assert scans(bureau).json["missing"] == []
    assert bureau.ask("POST", f"/{NO}/receive", json={}).json["missing"] == ["id_shown"]
    case = bureau.case()
    assert (case["state"], case["due_at"]) == ("incomplete", None)
    bureau.ask("POST", f"/{NO}/receive", json={"id_shown": True})
    case = bureau.case()
    assert case["state"] == "complete"
    assert case["due_at"] is not None


def test_a_passport_is_copied_on_one_page(quick: Desk) -> None:
    files(quick, subject={"id_type": "passport", "id_number": "C1234567"})
    opens(quick, identity_checked=True)
    assert scans(quick, ("id_front", "portrait", "signed_form")).json["missing"] == []


def test_adjusting_by_post_needs_a_copy_of_the_id_and_the_signed_form(quick: Desk) -> None:
    files(quick, kind="adjust")
    assert opens(quick, identity_checked=True).json["missing"] == ["id_front", "id_back", "signed_form"]


def test_a_letter_is_recorded_once_and_only_where_one_is_expected(quick: Desk) -> None:
    files(quick)
    assert opens(quick).status_code == 200
    assert opens(quick).json["type"] == "urn:vss:problem:letter-known"


def test_a_declaration_whose_person_comes_takes_no_letter(quick: Desk) -> None:
    quick.submit()
    assert opens(quick).json["type"] == "urn:vss:problem:not-by-post"
    assert quick.case()["letter"] is None
