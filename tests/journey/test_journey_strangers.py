"""What a stranger can do with somebody's code from afar, and what not (I8, I11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground.citizen import PICTURES, Citizen, form
from playground.stage import Stage


@pytest.mark.rule("I8")
def test_the_owner_at_a_counter_gets_the_account_although_a_stranger_was_quicker(stage: Stage) -> None:
    owner = stage.citizen()
    stranger = Citizen(stage.web, replace(owner.human, phone=stage.human().phone))
    squatting = stranger.files(form(stranger.human))
    officer = stage.staff("approver", "79")
    officer.until_here(squatting.no)
    body = form(owner.human, route="counter", channel="office")
    dossier = owner.files(body, pictures=(*PICTURES, "signed_form"), token=officer.token)
    squatting.until("withdrawn")
    officer.until(squatting.no, "withdrawn")
    told = stranger.inbox.until(squatting.no, "da ket thuc")
    assert dossier.no not in told.text
    officer.receives(dossier.no)
    officer.decides(dossier.no, id_shown=True)
    dossier.until("activated")
    assert owner.inbox.first_password(dossier.no)


@pytest.mark.rule("I11")
def test_a_phone_that_nobody_proved_gets_the_number_and_the_password_goes_where_the_officer_was_told(stage: Stage) -> None:
    person = stage.citizen()
    typed = Citizen(stage.web, replace(person.human, phone=stage.human().phone))  # a digit wrong, say
    dossier = typed.files(form(typed.human), proving=False)
    assert dossier.look()["phone_proved"] is False
    typed.inbox.until(dossier.no)
    officer = stage.staff("approver", "79")
    officer.until_here(dossier.no)
    officer.call("POST", f"/{dossier.no}/receive", json={"id_shown": True})
    officer.decides(dossier.no, id_shown=True, expect=409)
    officer.confirms_phone(dossier.no, person.human.phone)
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no, id_shown=True)
    dossier.until("activated")
    assert person.inbox.first_password(dossier.no)
    assert typed.inbox.count() == 1


@pytest.mark.rule("I11", "I8", "V12")
def test_a_holder_who_filed_a_registration_all_the_same_has_the_account_adjusted_at_the_counter(stage: Stage) -> None:
    account = stage.registered(password="Quên-là-đã-có-1")
    old = stage.citizen_of(account)
    moved = Citizen(stage.web, replace(old.human, phone=stage.human().phone))
    dossier = moved.files(form(moved.human))
    officer = stage.staff("approver", "79")
    officer.until_here(dossier.no)
    stage.web.until(lambda: officer.opens(dossier.no)["has_account"], bool, "verification has heard of the account")
    officer.receives(dossier.no)
    officer.corrects(dossier.no, kind="adjust")
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no, id_shown=True)
    dossier.until("adjusted")
    old.inbox.until(dossier.no, "da doi so dien thoai")
    assert account.me()["phone"] == moved.human.phone
