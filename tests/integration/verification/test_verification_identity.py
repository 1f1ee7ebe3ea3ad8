"""A person, one account (V15): a personal ID that is in use holds the dossier until a provincial approver ends it."""

import pytest

from services.chassis import clock
from services.verification.directory.port import Answer
from tests.integration.verification.desk import CODE, NAME, NO, Desk, dossier_no

OTHER, CCCD, HOLDER = "7912345678", "111349876090", "019aa5b5-c0de-7000-a000-00000000000b"
PROVINCIAL, LOCAL = "approver:lan:79", "approver:binh:7901"


def holds(bureau: Desk, code: str = OTHER, personal_id: str = CCCD, *, revision: int | None = None) -> None:
    """Accounts tells of an open account."""
    bureau.tell(
        "account_activated",
        {
            "account_id": HOLDER,
            "dossier_no": dossier_no(99),
            "bhxh_code": code,
            "full_name": "Nguyễn Thành Biên",
            "contact": {"phone": "+84900000001"},
            "activated_at": clock.now().isoformat(),
            "person": {"personal_id": personal_id},
        },
        revision=revision,
    )


def held(bureau: Desk) -> None:
    """A dossier that HGĐ confirms, and whose personal ID another account has."""
    holds(bureau)
    bureau.submit()
    bureau.complete()
    assert bureau.decide().status_code == 202
    bureau.look_up()
    assert bureau.case()["status"] == "identity_in_use"


@pytest.mark.rule("V15")
def test_a_personal_id_in_use_holds_the_dossier_shows_both_numbers_and_tells_the_person(bureau: Desk):
    held(bureau)
    shown = bureau.case()["identity_check"]
    assert (shown["personal_id"], shown["bhxh_code"]) == (CCCD, CODE)
    assert shown["in_use_under"] == [{"bhxh_code": OTHER, "full_name": NAME}]
    assert bureau.told("identity_verified") == []
    [fact] = bureau.told("identity_questioned")
    assert (fact["dossier_no"], fact["what"], fact["_public"]) == (NO, "identity_in_use", "")
    assert fact["contact"]["phone"] == "+84983847986"


@pytest.mark.rule("V15")
def test_officers_see_it_before_anybody_decides(bureau: Desk):
    bureau.submit()
    assert bureau.case()["identity_check"] is None
    holds(bureau)
    assert bureau.case()["identity_check"]["in_use_under"][0]["bhxh_code"] == OTHER


@pytest.mark.rule("V15")
def test_only_an_approver_of_a_provincial_office_ends_it(bureau: Desk):
    held(bureau)
    for answer in (
        bureau.decide(who=LOCAL),
        bureau.decide(who=LOCAL, outcome="invalid", reason_code="same_person"),
        bureau.ask("POST", f"/{NO}/correction", LOCAL, json={"id_type": "cccd", "id_number": "001087000001"}),
    ):
        assert (answer.status_code, answer.json["type"].rsplit(":")[-1]) == (403, "provincial-only")
    answer = bureau.decide(who=PROVINCIAL, outcome="invalid", reason_code="same_person")
    assert answer.status_code == 202, answer.json
    [fact] = bureau.told("declaration_rejected")
    assert fact["reason_code"] == "same_person"
    assert "gộp sổ" in fact["reason"]


@pytest.mark.rule("V15")
def test_the_same_person_is_no_reason_where_nobody_else_has_the_id(bureau: Desk):
    bureau.submit()
    bureau.complete()
    assert bureau.decide(outcome="invalid", reason_code="same_person").status_code == 409


@pytest.mark.rule("V15")
def test_a_mistaken_number_is_corrected_and_then_approved(bureau: Desk):
    held(bureau)
    other = {"id_type": "cccd", "id_number": "001087000001"}
    assert bureau.ask("POST", f"/{NO}/correction", PROVINCIAL, json=other).status_code == 200
    bureau.put("signed_form", who=PROVINCIAL)
    assert bureau.decide().status_code == 202
    bureau.look_up()
    assert bureau.case()["status"] == "approved"
    assert bureau.told("identity_verified")[0]["subject"]["id_number"] == "001087000001"


@pytest.mark.rule("V15")
def test_it_is_approved_once_the_other_account_has_been_corrected_or_closed(bureau: Desk):
    held(bureau)
    assert bureau.decide().status_code == 202
    bureau.look_up()
    assert bureau.case()["status"] == "identity_in_use"
    stopped = {"account_id": HOLDER, "dossier_no": dossier_no(98), "bhxh_code": OTHER}
    bureau.tell("account_stopped", stopped)
    assert bureau.decide().status_code == 202
    bureau.look_up()
    assert bureau.case()["status"] == "approved"


@pytest.mark.rule("V15")
def test_the_own_account_and_a_stop_are_no_matter(bureau: Desk):
    holds(bureau, code=CODE)
    bureau.submit(kind="adjust")
    bureau.ask("POST", f"/{NO}/receive", json={"id_shown": True})
    bureau.put("signed_form", who=PROVINCIAL)
    bureau.decide()
    bureau.look_up()
    assert bureau.case()["status"] == "approved"


@pytest.mark.rule("V15")
def test_a_case_that_accounts_sends_back_is_held_and_tells_the_person(bureau: Desk):
    bureau.submit()
    bureau.approve()
    fact = bureau.told("identity_verified")[0]
    body = {"dossier_no": NO, "decided_at": fact["decided_at"], "account_id": HOLDER, "bhxh_code": OTHER}
    bureau.tell("identity_taken", body)
    case = bureau.case()
    assert (case["status"], case["decided_at"]) == ("identity_in_use", None)
    assert case["identity_check"]["in_use_under"][0]["bhxh_code"] == OTHER
    assert len(bureau.told("identity_questioned")) == 1
    # a copy changes nothing, nor does it after the next decision
    bureau.ask("POST", f"/{NO}/correction", json={"id_type": "cccd", "id_number": "001087000001"})
    bureau.put("signed_form", who=PROVINCIAL)
    bureau.decide()
    bureau.look_up()
    bureau.tell("identity_taken", body)
    assert bureau.case()["status"] == "approved"


@pytest.mark.rule("V15", "I6")
def test_a_case_taken_back_while_it_was_being_approved_ends_where_accounts_sends_it_back(bureau: Desk):
    bureau.submit()
    bureau.approve()
    bureau.withdraw()
    assert bureau.case()["status"] == "approved", "the decision was first"
    fact = bureau.told("identity_verified")[0]
    body = {"dossier_no": NO, "decided_at": fact["decided_at"], "account_id": HOLDER, "bhxh_code": OTHER}
    bureau.tell("identity_taken", body)
    case = bureau.case()
    assert (case["status"], case["subject"], case["contact"]) == ("withdrawn", None, None)
    assert bureau.told("identity_questioned") == [], "nobody is asked about what was taken back"


@pytest.mark.rule("V15")
def test_facts_of_accounts_out_of_order_leave_the_newest(bureau: Desk):
    holds(bureau)
    bureau.tell("account_stopped", {"account_id": HOLDER, "dossier_no": dossier_no(98), "bhxh_code": OTHER})
    holds(bureau, revision=1)
    bureau.hgd.people[CODE] = Answer(found=True, full_name=NAME)
    bureau.submit()
    assert bureau.case()["identity_check"] is None
