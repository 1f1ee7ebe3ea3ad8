"""I11: nobody is approved to a phone that neither a code nor an officer has proved."""

import pytest

from tests.integration.verification.desk import Desk

pytestmark = pytest.mark.rule("I11")


def test_valid_waits_for_the_phone_and_then_goes_to_the_confirmed_one(bureau: Desk) -> None:
    bureau.submit(phone_proved=False)
    bureau.complete()
    assert bureau.case()["phone_proved"] is False
    refused = bureau.decide()
    assert (refused.status_code, refused.json["type"]) == (409, "urn:vss:problem:phone-unproved")
    assert bureau.ask("POST", "/261121-000001-6/phone", json={}).status_code == 200
    assert bureau.case()["phone_proved"] is True
    assert bureau.decide().status_code == 202
    bureau.look_up()
    assert bureau.case()["status"] == "approved"
    [told] = bureau.told("phone_confirmed")
    assert told["phone"] == bureau.told("identity_verified")[0]["contact"]["phone"]


def test_a_corrected_phone_goes_on_and_the_form_is_signed_anew(quick: Desk) -> None:
    quick.submit(phone_proved=False)
    quick.complete()
    answer = quick.ask("POST", "/261121-000001-6/phone", json={"phone": "0912 345 678"})
    assert answer.json["missing"] == ["signed_form"]
    assert quick.told("phone_confirmed")[0]["phone"] == quick.case()["contact"]["phone"] == "+84912345678"
    assert "912345678" not in str([entry.details for entry in quick.history()])
    assert quick.decide().status_code == 409
    quick.put("signed_form", who="approver:lan:79")
    assert quick.decide().status_code == 202


def test_a_phone_that_is_none_is_refused_and_an_older_declaration_counts_as_proved(quick: Desk) -> None:
    quick.submit()
    assert quick.case()["phone_proved"] is True
    wrong = quick.ask("POST", "/261121-000001-6/phone", json={"phone": "024 3723 6555"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "phone")


@pytest.mark.rule("V8", "I11")
@pytest.mark.parametrize("proved", [True, False])
def test_the_officer_learns_at_a_rejection_whether_anybody_hears_of_it(quick: Desk, proved: bool) -> None:
    quick.submit(phone_proved=proved)
    answer = quick.reject()
    assert (answer.status_code, answer.json["status"], answer.json["told"]) == (202, "rejected", proved)
    assert quick.told("declaration_rejected")[0]["phone_proved"] is proved
