"""A person, one account (V15): a personal ID is in one open account, whatever races and whatever an old database holds."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from services.accounts.accounts.probes import probes
from services.accounts.accounts.rules import Account
from services.chassis.errors import Transient
from services.chassis.probes import Unwell
from tests.integration.accounts.desk import CODE, Desk

OTHER, CCCD = "7912345678", "111349876090"


def forget_claims(house: Desk) -> None:
    """As accounts look that the previous release opened."""
    with house.db.write() as session:
        session.execute(sa.update(Account).values(unique_id=None))


@pytest.mark.rule("V15", "A1")
def test_a_second_code_with_the_same_personal_id_opens_nothing_and_goes_back_to_verification(house: Desk):
    house.settled()
    house.told("261122-000002-6", subject_bhxh_code=OTHER, decided_at="2026-11-24T10:00:00+07:00")
    assert [account.bhxh_code for account in house.accounts()] == [CODE]
    [fact] = house.bodies("identity_taken")
    assert (fact["dossier_no"], fact["bhxh_code"]) == ("261122-000002-6", CODE)
    assert fact["decided_at"].startswith("2026-11-24T")
    # the first holder signs in with it as before
    assert house.sign_in(username=CCCD).status_code == 201


@pytest.mark.rule("V15")
def test_nor_does_a_third_and_the_first_holder_signs_in_with_the_id_all_the_while(house: Desk):
    house.settled()
    for number, code in (("261122-000002-6", OTHER), ("261122-000003-4", "7900000003")):
        house.told(number, subject_bhxh_code=code)
        house.run_jobs()
        answer = house.sign_in(username=CCCD)
        assert answer.status_code == 201
        assert house.ask("GET", "/me", token=answer.json["token"]).json["bhxh_code"] == CODE
    assert len(house.accounts()) == 1
    assert len(house.bodies("identity_taken")) == 2


@pytest.mark.rule("V15")
def test_a_personal_id_is_taken_whether_it_is_typed_as_cccd_or_as_personal_id(house: Desk):
    house.settled()
    typed = {"subject_id_type": "passport", "subject_id_number": "C1234567", "subject_personal_id": CCCD}
    house.told("261122-000002-6", subject_bhxh_code=OTHER, **typed)
    assert len(house.accounts()) == 1
    assert len(house.bodies("identity_taken")) == 1


@pytest.mark.rule("V15")
def test_of_two_codes_with_one_personal_id_decided_at_once_one_gets_the_account(house: Desk):
    codes = [f"79{n:08d}" for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: house.told(f"261121-{n:06d}-0", subject_bhxh_code=codes[n]), range(6)))
    assert len(house.accounts()) == 1
    assert len(house.bodies("identity_taken")) == 5


@pytest.mark.rule("V15")
def test_the_database_itself_opens_no_second_account_with_an_id_that_a_look_up_missed(
    house: Desk, monkeypatch: pytest.MonkeyPatch
):
    house.settled()
    monkeypatch.setattr("services.accounts.accounts.provisioning.other_holder", lambda *_: None)
    with pytest.raises(Transient):
        house.told("261122-000002-6", subject_bhxh_code=OTHER)
    assert [account.bhxh_code for account in house.accounts()] == [CODE]


@pytest.mark.rule("V15")
def test_the_dossier_opens_an_account_once_its_number_is_corrected(house: Desk):
    house.settled()
    house.told("261122-000002-6", subject_bhxh_code=OTHER)
    corrected = {"subject_bhxh_code": OTHER, "subject_id_number": "001087000001"}
    house.told("261122-000002-6", **corrected, decided_at="2026-11-25T10:00:00+07:00")
    assert [account.personal_id for account in house.accounts()] == [CCCD, "001087000001"]


@pytest.mark.rule("V15", "V12")
def test_an_adjust_to_a_personal_id_of_another_account_changes_nothing(house: Desk):
    house.settled()
    house.told("261122-000002-6", subject_bhxh_code=OTHER, subject_id_number="001087000001")
    house.told("261122-000003-4", kind="adjust", subject_bhxh_code=OTHER, contact_phone="+84900000000")
    second = house.accounts()[1]
    assert (second.personal_id, second.phone) == ("001087000001", "+84983847986")
    assert house.bodies("identity_taken")[0]["dossier_no"] == "261122-000003-4"


@pytest.mark.rule("V15")
def test_a_closed_account_sets_its_personal_id_free(house: Desk):
    house.settled()
    house.told("261122-000002-6", kind="stop")
    house.told("261122-000003-4", subject_bhxh_code=OTHER)
    assert [account.status for account in house.accounts()] == ["stopped", "pending"]


@pytest.mark.rule("V15")
def test_accounts_from_before_the_rule_claim_their_ids_and_duplicates_are_reported(house: Desk):
    house.settled()
    house.told("261122-000002-6", subject_bhxh_code=OTHER, subject_id_number="001087000001")
    house.told("261122-000003-4", subject_bhxh_code="7900000003", subject_id_number="001087000003")
    forget_claims(house)
    with house.db.write() as session:
        session.execute(sa.update(Account).where(Account.bhxh_code == OTHER).values(personal_id=CCCD))
    house.sweep()
    assert [account.unique_id for account in house.accounts()] == [None, None, "001087000003"]
    with pytest.raises(Unwell) as unwell:
        probes[0].ask(house.resources)
    assert "dossiers 261121-000001-8 and 261122-000002-6" in unwell.value.problem
    assert CCCD not in unwell.value.problem
    # a third person with that number does not get in; once one of the two is closed, the other has it
    house.told("261122-000004-2", subject_bhxh_code="7900000004")
    assert len(house.accounts()) == 3
    house.told("261122-000005-9", kind="stop", subject_bhxh_code=OTHER, decided_at="2026-11-26T10:00:00+07:00")
    house.sweep()
    assert house.accounts()[0].unique_id == CCCD
    assert probes[0].ask(house.resources) == "no personal ID is in two open accounts"
