"""Nobody decides their own dossier, nor that of a child they are guardian of (V14)."""

from typing import Any

import pytest

from services.chassis import clock
from tests.integration.verification.desk import CODE, GUARDIAN, NAME, NO, Desk, dossier_no

OWN_ID, LAN, OTHER = "111349876090", "approver:lan:79", "approver:binh:79"


def is_lan(quick: Desk, own_id: str = OWN_ID, revision: int | None = None) -> None:
    quick.tell("staff_identified", {"account_id": "lan", "own_id": own_id}, revision=revision)


def refused(answer: Any) -> bool:
    return (answer.status_code, answer.json["type"]) == (403, "urn:vss:problem:own-dossier")


@pytest.mark.rule("V14")
def test_an_officer_takes_no_step_in_the_own_dossier_and_may_look_at_it(bureau: Desk) -> None:
    bureau.submit()
    is_lan(bureau)
    assert refused(bureau.ask("POST", f"/{NO}/claim", LAN))
    assert refused(bureau.ask("POST", f"/{NO}/receive", LAN, json={"id_shown": True}))
    assert refused(bureau.put("portrait", who=LAN))
    bureau.complete(who=OTHER)
    assert bureau.ask("POST", f"/{NO}/release", OTHER).status_code == 200
    assert refused(bureau.decide(who=LAN))
    assert refused(bureau.decide(who=LAN, outcome="invalid", reason_code="id_not_valid"))
    assert bureau.case(who=LAN)["status"] == "received"
    # a colleague does
    assert bureau.decide(who=OTHER).status_code == 202
    bureau.look_up()
    assert bureau.case()["status"] == "approved"


@pytest.mark.rule("V14")
def test_a_correction_of_the_own_dossier_is_refused(quick: Desk) -> None:
    quick.hgd.people.clear()
    quick.submit()
    quick.complete(who=OTHER)
    quick.decide(who=OTHER)
    quick.look_up()
    is_lan(quick)
    assert refused(quick.ask("POST", f"/{NO}/correction", LAN, json={"full_name": "Nguyễn Văn Khác"}))


def account(quick: Desk, account_id: str, personal_id: str) -> None:
    told = {"account_id": account_id, "dossier_no": dossier_no(9), "bhxh_code": CODE, "full_name": NAME}
    person = {"contact": {"phone": "+84983847986"}, "person": {"personal_id": personal_id}}
    quick.tell("account_activated", told | person | {"activated_at": clock.now().isoformat()})


@pytest.mark.rule("V14")
def test_a_guardian_does_not_decide_the_childs_dossier(bureau: Desk) -> None:
    bureau.submit_child()
    is_lan(bureau)
    assert bureau.ask("POST", f"/{NO}/claim", LAN).status_code == 200
    bureau.ask("POST", f"/{NO}/release", LAN)
    account(bureau, str(GUARDIAN["account_id"]), OWN_ID)
    assert refused(bureau.decide(who=LAN))
    assert bureau.decide(who=OTHER).status_code == 202


@pytest.mark.rule("V14")
def test_the_own_account_gives_the_own_dossier_away_where_the_form_names_another_paper(quick: Desk) -> None:
    quick.submit(kind="stop", subject={"id_type": "passport", "id_number": "C1234567"})
    is_lan(quick)
    account(quick, "019aa5b5-c0de-7000-a000-00000000000b", OWN_ID)
    assert refused(quick.ask("POST", f"/{NO}/claim", LAN))


@pytest.mark.rule("V14")
def test_the_newest_id_counts_whatever_comes_late(quick: Desk) -> None:
    quick.submit()
    is_lan(quick, "001087000001", revision=7)
    is_lan(quick, OWN_ID, revision=6)
    assert quick.ask("POST", f"/{NO}/claim", LAN).status_code == 200
