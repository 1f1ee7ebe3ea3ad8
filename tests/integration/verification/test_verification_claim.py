"""Two officers never decide one case (V2, V6)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine

from services.chassis import clock
from tests.integration.verification.desk import NO, Desk

LAN, MAI = "approver:lan:79", "approver:mai:01"


@pytest.mark.rule("V2")
def test_whoever_comes_second_is_told_who_holds_the_case_and_until_when(bureau: Desk) -> None:
    bureau.submit()
    held = bureau.ask("POST", f"/{NO}/claim", LAN).json
    for answer in (
        bureau.ask("POST", f"/{NO}/claim", MAI),
        bureau.ask("POST", f"/{NO}/receive", MAI, json={}),
        bureau.ask("POST", f"/{NO}/release", MAI),
        bureau.put("portrait", who=MAI),
        bureau.decide(who=MAI),
        bureau.decide(who=MAI, outcome="invalid", reason_code="id_differs"),
    ):
        assert (answer.status_code, answer.json["type"]) == (409, "urn:vss:problem:case-held")
        assert (answer.json["holder"], answer.json["holder_office_code"]) == ("lan", "79")
        assert answer.json["lease_until"] == held["lease_until"]
    assert bureau.case()["status"] == "new"
    assert bureau.told() == []
    assert len(bureau.documents) == 0, "the document of a refused upload is not kept"


def test_a_case_that_is_given_back_can_be_taken(quick: Desk) -> None:
    quick.submit()
    quick.ask("POST", f"/{NO}/claim", LAN)
    assert quick.case()["claim"]["holder"] == "lan"
    quick.ask("POST", f"/{NO}/release", LAN)
    assert quick.case()["claim"] is None
    assert quick.ask("POST", f"/{NO}/claim", MAI).status_code == 200


def test_a_lease_that_has_run_out_can_be_taken_over(quick: Desk) -> None:
    quick.submit()
    quick.ask("POST", f"/{NO}/claim", LAN)
    with time_machine.travel(clock.now() + timedelta(seconds=quick.resources.settings.claim_lease_seconds + 1)):
        assert quick.case()["claim"] is None
        assert quick.ask("POST", f"/{NO}/claim", MAI).json["holder"] == "mai"
        assert quick.ask("POST", f"/{NO}/claim", LAN).status_code == 409


def test_working_on_a_case_lengthens_the_lease(quick: Desk) -> None:
    quick.submit()
    first = quick.ask("POST", f"/{NO}/claim", LAN).json["lease_until"]
    with time_machine.travel(clock.now() + timedelta(seconds=60)):
        quick.put("portrait", who=LAN)
        assert quick.case()["claim"]["lease_until"] > first


def test_a_case_that_nobody_holds_is_claimed_by_deciding_and_free_afterwards(quick: Desk) -> None:
    quick.submit()
    quick.see_id(who="officer:mai:79")
    quick.ask("POST", f"/{NO}/release", "officer:mai:79")
    assert quick.reject().status_code == 202
    assert quick.case()["claim"] is None
    assert quick.actions()[-2:] == ["claimed", "rejected"]


@pytest.mark.rule("V6")
def test_of_many_who_decide_at_the_same_moment_one_does(bureau: Desk) -> None:
    bureau.submit()
    bureau.complete(who="officer:mai:79")
    assert bureau.ask("POST", f"/{NO}/release", "officer:mai:79").status_code == 200
    barrier = Barrier(6)

    def decide(number: int) -> int:
        barrier.wait()
        if number % 2:
            return int(bureau.decide(who=f"approver:a{number}:79").status_code)
        return int(bureau.decide(who=f"approver:a{number}:79", outcome="invalid", reason_code="id_differs").status_code)

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(decide, range(6)))
    assert statuses == [202, 409, 409, 409, 409, 409]
    assert len(bureau.told("declaration_rejected")) + len(bureau.waiting("hgd_look_up")) == 1


@pytest.mark.rule("V2")
def test_any_office_may_finish_what_the_form_addressed_to_another(quick: Desk) -> None:
    quick.submit()
    quick.complete(who="officer:mai:48")
    quick.ask("POST", f"/{NO}/release", "officer:mai:48")
    quick.decide(who="approver:lan:79")
    quick.look_up()
    (received,), (verified,) = quick.told("case_received"), quick.told("identity_verified")
    assert (received["office_code"], verified["office"]["code"], verified["decided_office_code"]) == ("48", "01", "79")
