"""A first password that did not arrive: the officer sees it, corrects the phone with the person, and it arrives (A2)."""

from __future__ import annotations

import pytest

from playground.account import Account
from playground.stage import Stage

#: the SMS provider of the sandbox refuses it for good: no mobile phone has this number
_NOBODYS = "0900000009"


@pytest.mark.rule("A2", "N14")
def test_whoever_approved_corrects_the_phone_and_the_person_gets_a_password_that_opens_the_account(stage: Stage) -> None:
    person = stage.citizen()
    dossier = person.files()
    officer = stage.staff("approver", "79")
    officer.receives(dossier.no)
    officer.confirms_phone(dossier.no, _NOBODYS)  # a digit wrong
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no, id_shown=True)
    dossier.until("activated")
    seen = stage.web.until(lambda: officer.opens(dossier.no), lambda case: case["password_failure"], "the password astray")
    assert (seen["password_failure"]["code"], seen["password_failure"]["held"]) == ("invalid_number", False)
    assert dossier.no in {case["dossier_no"] for case in officer.finds(password_failed="true")}
    body = {"id_shown": True, "phone": person.human.phone}
    officer.call("POST", f"/{dossier.no}/password", json=body)
    password = person.inbox.first_password(dossier.no)
    assert officer.opens(dossier.no)["password_failure"] is None
    account = Account(stage.web, person.human.bhxh_code, person.inbox)
    assert account.sign_in(password)["must_change_password"] is True
    actions = [entry["action"] for entry in officer.history(dossier.no)]
    assert actions.index("password_not_delivered") < actions.index("password_requested")
