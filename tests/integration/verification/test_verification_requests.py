"""A guardian's dossier without its pictures: the officer asks for them (702 app. 1 step 8; V4, I6). Both databases."""

from datetime import datetime
from typing import Any

import pytest
import time_machine

from tests.integration.verification.desk import NO, Desk, attachment

CERTIFICATE = ["birth_certificate"]


@pytest.fixture
def asked(bureau: Desk) -> Desk:
    """A child's dossier without a birth certificate, which an officer has asked for."""
    bureau.submit_child(attachments=[attachment("portrait")])
    answer = request(bureau)
    assert (answer.status_code, answer.json["missing"]) == (202, CERTIFICATE)
    return bureau


def request(desk: Desk, who: str = "officer:mai:79") -> Any:
    return desk.ask("POST", f"/{NO}/pictures/request", who)


def awaited(desk: Desk, expires_at: str = "2026-12-15T00:00:00+07:00") -> None:
    desk.tell("pictures_awaited", {"dossier_no": NO, "pictures": CERTIFICATE, "expires_at": expires_at})


@pytest.mark.rule("V4", "I6")
def test_the_request_names_what_is_missing_and_asking_again_asks_nobody(asked: Desk) -> None:
    assert request(asked).status_code == 202
    [told] = asked.told("pictures_requested")
    assert (told["dossier_no"], told["pictures"]) == (NO, CERTIFICATE)
    assert asked.case()["awaited"] == CERTIFICATE
    assert asked.actions().count("pictures_requested") == 1


@pytest.mark.rule("V4", "I6")
def test_the_picture_that_the_guardian_sends_ends_the_waiting_and_the_dossier_can_be_approved(asked: Desk) -> None:
    awaited(asked)
    assert asked.case()["last_day"] == "2026-12-14"
    asked.add(NO, "birth_certificate")
    case = asked.case()
    assert (case["awaited"], case["expires_at"], case["missing"]) == (None, None, [])
    asked.ask("POST", f"/{NO}/release", "officer:mai:79")
    assert asked.decide().status_code == 202
    assert asked.told("case_received") == []


@pytest.mark.rule("V2", "V4", "I6")
def test_any_office_may_take_the_picture_and_that_stops_the_clock(asked: Desk) -> None:
    awaited(asked)
    asked.ask("POST", f"/{NO}/release", "officer:mai:79")
    assert asked.put("birth_certificate", who="officer:hoa:48").status_code == 200
    [told] = asked.told("case_received")
    assert told["office_code"] == "48"
    case = asked.case()
    assert (case["status"], case["awaited"], case["expires_at"]) == ("received", None, None)


@pytest.mark.rule("I6")
def test_news_of_the_last_day_that_come_after_the_picture_change_nothing(asked: Desk) -> None:
    asked.add(NO, "birth_certificate")
    awaited(asked)
    assert asked.case()["expires_at"] is None


@pytest.mark.rule("I6")
def test_after_the_last_day_no_officer_goes_on_and_the_expiry_deletes_the_data(asked: Desk) -> None:
    awaited(asked)
    with time_machine.travel(datetime.fromisoformat("2026-12-15T00:00:00+07:00")):
        assert asked.put("birth_certificate").json["type"] == "urn:vss:problem:past-expiry"
        assert request(asked).json["type"] == "urn:vss:problem:past-expiry"
        asked.expire()
        case = asked.case()
        assert (case["status"], case["subject"], case["awaited"]) == ("expired", None, None)


@pytest.mark.rule("V4")
def test_only_a_guardian_is_asked_and_only_for_what_is_missing(quick: Desk) -> None:
    quick.submit()
    assert request(quick).json["type"] == "urn:vss:problem:nothing-to-ask-for"
    other = "261121-000002-4"
    quick.submit_child(other)
    answer = quick.ask("POST", f"/{other}/pictures/request")
    assert (answer.status_code, answer.json["type"]) == (409, "urn:vss:problem:nothing-to-ask-for")
    assert quick.told("pictures_requested") == []
