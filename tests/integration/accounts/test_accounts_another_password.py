"""Another first password, on an officer's word, for somebody whom the first one did not reach (A2)."""

from __future__ import annotations

from typing import Any

import pytest

from services.accounts.passwords import hashing
from services.accounts.readers import PasswordRequested
from services.verification import events as verification
from tests.integration.accounts.desk import Desk

pytestmark = pytest.mark.rule("A2")
NO = "261121-000001-8"


def ask(
    house: Desk, phone: str | None = None, request_id: str = "019aa5b5-c0de-7000-a000-00000000000e", **changes: Any
) -> None:
    body = {**verification.PasswordRequested.example, "dossier_no": NO, "phone": phone, "request_id": request_id, **changes}
    house.handle(PasswordRequested, body)
    house.run_jobs()


def test_the_new_one_opens_the_account_and_the_old_one_no_longer(house: Desk) -> None:
    old = house.citizen()
    ask(house)
    [fact] = house.bodies("first_password_renewed")
    new = house.first_password(fact)
    [account] = house.accounts()
    assert (fact["dossier_no"], fact["contact"]["phone"]) == (NO, account.phone)
    assert account.password_hash is not None
    assert hashing.matches(new, account.password_hash)
    assert not hashing.matches(old, account.password_hash)
    assert account.must_change


def test_a_corrected_phone_is_the_accounts_and_the_old_one_is_told(house: Desk) -> None:
    house.citizen()
    before = house.accounts()[0].phone
    ask(house, "+84900000077")
    assert house.accounts()[0].phone == "+84900000077"
    [adjusted] = house.bodies("account_adjusted")
    assert (adjusted["changed"], adjusted["previous_contact"]["phone"]) == (["phone"], before)
    assert house.bodies("first_password_renewed")[0]["contact"]["phone"] == "+84900000077"


def test_asked_twice_by_one_message_there_is_one(house: Desk) -> None:
    house.citizen()
    ask(house)
    ask(house)
    assert len(house.bodies("first_password_renewed")) == 1
    ask(house, request_id="019aa5b5-c0de-7000-a000-00000000000f")
    assert len(house.bodies("first_password_renewed")) == 2


def test_whoever_has_chosen_a_password_keeps_it(house: Desk) -> None:
    house.settled()
    before = house.accounts()[0].password_hash
    ask(house, "+84900000077")
    assert house.bodies("first_password_renewed") == []
    assert house.accounts()[0].password_hash == before
    assert house.accounts()[0].phone != "+84900000077"


def test_for_a_dossier_that_opened_no_account_nothing_happens(house: Desk) -> None:
    ask(house)
    assert house.names() == []
