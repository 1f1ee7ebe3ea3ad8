"""A new first password for somebody whose first one never arrived: `vss facts resend --new-secrets`."""

import pytest

from services.accounts.passwords.renewal import renew_first_password
from tests.integration.accounts.desk import Desk


@pytest.fixture
def sealing(house: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("ACCOUNTS_SEAL_PUBLIC_KEY", house.keys.public_key)
    return house


def test_the_new_password_signs_in_and_the_old_one_no_longer_does(sealing: Desk) -> None:
    old = sealing.citizen()
    [told] = sealing.bodies("account_activated")
    renewed = renew_first_password(sealing.db, {name: told[name] for name in told if name != "sealed_credential"})
    assert renewed is not None
    context = f"first-password:{told['account_id']}"
    new = sealing.opener.open(renewed["sealed_credential"], context=context)["password"]
    assert sealing.sign_in(old).status_code == 401
    answer = sealing.sign_in(new)
    assert (answer.status_code, answer.json["must_change_password"]) == (201, True)


def test_a_password_that_its_holder_has_chosen_is_not_replaced(sealing: Desk) -> None:
    sealing.settled()
    [told] = sealing.bodies("account_activated")
    assert renew_first_password(sealing.db, told) is None
    assert sealing.sign_in().status_code == 201
