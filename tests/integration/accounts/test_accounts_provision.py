"""What follows from a verified identity: one account a person, whatever comes how often and in which order."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import amqp
import pytest

from services.accounts.passwords import hashing
from services.accounts.passwords.jobs import kinds
from services.chassis import clock, jobs
from services.chassis.bus.held import failed, hold
from services.chassis.bus.parking import Reason
from services.chassis.bus.provenance import Way
from services.chassis.errors import OtherPerson, Permanent, Transient
from services.chassis.ids import uuid7
from services.chassis.testing.processes import wait_until
from tests.integration.accounts.desk import CODE, Desk
from tests.integration.accounts.running import verified


@pytest.mark.rule("A1", "A2")
def test_a_verified_register_opens_an_account_and_tells_its_sealed_first_password(house: Desk):
    password = house.citizen()
    [fact] = house.bodies("account_activated")
    assert (fact["bhxh_code"], fact["dossier_no"], fact["route"]) == (CODE, "261121-000001-8", "portal")
    # the legal clock began when the dossier was complete
    assert datetime.fromisoformat(fact["complete_at"]) == datetime.fromisoformat("2026-11-23T10:05:00+07:00")
    [account] = house.accounts()
    assert hashing.matches(password, account.password_hash)
    assert account.password_hash is not None
    assert account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert account.must_change


@pytest.mark.rule("A1")
def test_the_same_dossier_told_twice_is_acted_on_once(house: Desk):
    house.told()
    house.told()
    house.run_jobs()
    house.told()
    assert house.names() == ["account_activated"]
    assert len(house.accounts()) == 1


@pytest.mark.rule("A1")
def test_a_dossier_number_that_comes_for_a_second_person_is_refused(house: Desk):
    house.told()
    with pytest.raises(OtherPerson) as refused:
        house.told(subject_bhxh_code="7912345678", subject_full_name="Ai Khác")
    assert str(refused.value) == "this dossier number is known here, for another person"
    assert [account.bhxh_code for account in house.accounts()] == [CODE]


@pytest.mark.rule("A1")
def test_a_second_register_of_one_person_gives_no_second_account_and_no_second_password(house: Desk):
    house.citizen()
    before = house.accounts()[0]
    house.told("261122-000002-6", contact_phone="+84900000000")
    [account] = house.accounts()
    assert (account.password_hash, account.phone) == (before.password_hash, "+84983847986")
    assert house.names() == ["account_activated", "account_adjusted"]
    # the holder hears of it at the number that the account has
    fact = house.bodies("account_adjusted")[0]
    assert (fact["dossier_no"], fact["contact"]["phone"]) == ("261122-000002-6", "+84983847986")
    with house.db.read() as session:
        assert len(jobs.list_jobs(session, kind="first_password")) == 1


@pytest.mark.rule("A1")
def test_ten_registers_of_one_person_at_once_open_one_account(house: Desk):
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda n: house.told(f"261121-{n:06d}-0"), range(10)))
    house.run_jobs()
    assert len(house.accounts()) == 1
    assert sorted(house.names()) == ["account_activated"] + ["account_adjusted"] * 9


@pytest.mark.rule("A9", "V12")
def test_an_adjust_changes_all_that_was_confirmed_and_tells_what_it_was_before(house: Desk):
    house.settled()
    house.told(
        "261122-000002-6",
        kind="adjust",
        contact_phone="+84912345678",
        subject_full_name="Nguyễn Thành Biển",
        subject_id_number="001087000001",
    )
    [account] = house.accounts()
    assert (account.phone, account.full_name) == ("+84912345678", "Nguyễn Thành Biển")
    assert (account.id_number, account.personal_id, account.unique_id) == ("001087000001",) * 3
    [fact] = house.bodies("account_adjusted")
    assert fact["contact"] == {"phone": "+84912345678", "email": "biennt@vss.gov.vn"}
    assert fact["previous_contact"] == {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}
    assert sorted(fact["changed"]) == ["full_name", "id_number", "personal_id", "phone"]
    assert fact["person"]["personal_id"] == "001087000001"
    # what is signed in with from now on
    assert house.sign_in(username="001087000001").status_code == 201
    assert house.sign_in(username="111349876090").status_code == 401


@pytest.mark.rule("V12")
def test_what_an_adjust_leaves_out_stays_and_an_email_goes_only_by_an_express_wish(house: Desk):
    house.settled()
    nothing = {"contact_email": None, "contact_address": None, "subject_date_of_birth": None}
    house.told("261122-000002-6", kind="adjust", **nothing, subject_id_type=None, subject_id_number=None)
    [account] = house.accounts()
    assert (account.email, account.id_number, account.personal_id) == ("biennt@vss.gov.vn", "111349876090", "111349876090")
    assert account.date_of_birth is not None
    assert account.address is not None
    assert house.bodies("account_adjusted")[-1]["changed"] == []
    house.told("261122-000003-4", kind="adjust", contact_email=None, contact_remove_email=True)
    assert house.accounts()[0].email is None
    fact = house.bodies("account_adjusted")[-1]
    assert (fact["changed"], fact["previous_contact"]["email"]) == (["email"], "biennt@vss.gov.vn")


@pytest.mark.rule("A9")
def test_an_adjust_that_comes_late_does_not_undo_a_newer_one(house: Desk):
    house.settled()
    for number, phone, decided_at in (
        (2, "+84912345678", "2026-11-25T10:00:00+07:00"),
        (3, "+84933333333", "2026-11-24T10:00:00+07:00"),
    ):
        house.told(f"261122-00000{number}-0", kind="adjust", contact_phone=phone, decided_at=decided_at)
    assert house.accounts()[0].phone == "+84912345678"
    assert [fact["dossier_no"] for fact in house.bodies("account_adjusted")] == ["261122-000002-0", "261122-000003-0"]


@pytest.mark.rule("A9")
def test_an_adjust_that_overtakes_its_register_waits_for_it(house: Desk):
    just_now = clock.now().isoformat()
    with pytest.raises(Transient):
        house.told("261122-000002-6", kind="adjust", decided_at=just_now)
    house.told()
    house.told("261122-000002-6", kind="adjust", contact_phone="+84912345678", decided_at=just_now)
    house.run_jobs()
    assert house.bodies("account_activated")[0]["contact"]["phone"] == "+84912345678"


@pytest.mark.rule("V12")
@pytest.mark.parametrize("kind", ["adjust", "stop"])
def test_an_adjust_or_stop_without_an_open_account_is_settled_and_told_once(house: Desk, kind: str):
    house.settled()
    house.told("261122-000002-6", kind="stop")
    for _ in range(2):
        house.told("261122-000003-4", kind=kind, contact_phone="+84912345678")
    [fact] = house.bodies("declaration_without_effect")
    assert (fact["dossier_no"], fact["kind"], fact["contact"]["phone"]) == ("261122-000003-4", kind, "+84912345678")
    # whoever registers later is not adjusted by it, however often it is told again
    house.told("261122-000004-2", decided_at="2026-11-26T10:00:00+07:00")
    house.told("261122-000003-4", kind=kind, contact_phone="+84912345678")
    assert [account.status for account in house.accounts()] == ["stopped", "pending"]
    assert house.accounts()[1].phone == "+84983847986"


@pytest.mark.rule("V12")
def test_an_adjust_waits_while_the_register_of_its_code_is_held_back(house: Desk):
    body = json.dumps(verified()).encode()
    with house.db.write() as session:
        message = amqp.Message(body, application_headers={"cloudEvents:type": "vn.vss.verification.identity_verified.v1"})
        failure = failed(Reason.RETRIES_EXHAUSTED, "database", attempts=1, due_at=clock.now())
        hold(session, uuid7(), message, Way("verification.to.accounts", "identity_verified"), failure)
    with pytest.raises(Transient):
        house.told("261122-000002-6", kind="adjust")
    # another person's does not wait
    house.told("261122-000003-4", kind="adjust", subject_bhxh_code="7912345678")
    assert [fact["bhxh_code"] for fact in house.bodies("declaration_without_effect")] == ["7912345678"]


@pytest.mark.rule("A9")
def test_a_stop_closes_the_account_and_ends_its_session(house: Desk):
    house.settled()
    token = house.token()
    house.told("261122-000002-6", kind="stop")
    assert house.accounts()[0].status == "stopped"
    assert house.accounts()[0].password_hash is None
    assert house.names()[-2:] == ["session_revoked", "account_stopped"]
    assert house.bodies("session_revoked")[0]["reason"] == "account_stopped"
    assert house.ask("GET", "/me", token=token).status_code == 401
    assert house.sign_in().status_code == 401


@pytest.mark.rule("A9")
def test_who_stopped_may_register_anew_and_gets_another_account(house: Desk):
    house.settled()
    house.told("261122-000002-6", kind="stop")
    house.told("261123-000003-4", decided_at="2026-11-26T10:00:00+07:00")
    house.run_jobs()
    assert [account.status for account in house.accounts()] == ["stopped", "active"]
    assert house.sign_in(house.first_password()).status_code == 201


@pytest.mark.rule("A9")
def test_a_stop_that_a_newer_register_has_overtaken_closes_nothing(house: Desk):
    house.settled()
    house.told("261123-000003-4", decided_at="2026-11-26T10:00:00+07:00")
    house.told("261122-000002-6", kind="stop", decided_at="2026-11-25T10:00:00+07:00")
    assert house.accounts()[0].status == "active"
    assert "account_stopped" not in house.names()


def test_an_account_stopped_before_its_password_was_made_gets_none(house: Desk):
    house.told()
    house.told("261122-000002-6", kind="stop")
    runner = jobs.JobRunner(house.db, kinds(house.resources), service="accounts", poll_seconds=0.05)
    runner.start()

    def finished() -> bool:
        with house.db.read() as session:
            return [job.state for job in jobs.list_jobs(session)] == ["finished"]

    assert wait_until(finished, 20, interval_seconds=0.02)
    runner.stop()
    assert house.accounts()[0].password_hash is None
    assert house.names() == ["account_stopped"]


def test_a_kind_of_declaration_that_nobody_knows_yet_touches_no_account(lite: Desk):
    lite.settled()
    with pytest.raises(Permanent):
        lite.told("261122-000002-6", kind="merge")
    assert lite.accounts()[0].status == "active"


@pytest.mark.rule("A10")
def test_a_guardian_sees_the_children_registered_from_the_own_account(house: Desk):
    guardian_id = house.settled()
    child = {"account_id": guardian_id, "full_name": "Nguyễn Thành Biên", "relationship": "father", "phone": "+84983847986"}
    born = {"subject_bhxh_code": "0120000001", "subject_full_name": "Nguyễn Minh Anh", "subject_date_of_birth": "2015-02-03"}
    house.told("261122-000002-6", route="guardian", guardian=child, subject_id_type=None, subject_id_number=None, **born)
    house.run_jobs()
    assert house.bodies("account_activated")[-1]["guardian_account_id"] == guardian_id
    [seen] = house.ask("GET", "/me/children", token=house.token()).json["items"]
    assert (seen["full_name"], seen["relationship"], seen["status"]) == ("Nguyễn Minh Anh", "father", "active")
    assert seen["date_of_birth"] == "2015-02-03"


@pytest.mark.rule("A10")
def test_the_children_stay_when_the_guardian_stops_and_registers_anew(house: Desk):
    guardian_id = house.settled()
    child = {"account_id": guardian_id, "full_name": "Nguyễn Thành Biên", "relationship": "father", "phone": "+84983847986"}
    born = {"subject_bhxh_code": "0120000001", "subject_full_name": "Nguyễn Minh Anh", "subject_date_of_birth": "2015-02-03"}
    house.told("261122-000002-6", route="guardian", guardian=child, subject_id_type=None, subject_id_number=None, **born)
    house.run_jobs()  # or the child's account could be the last that is told of
    house.told("261122-000003-4", kind="stop")
    new_id = house.settled(dossier_no="261122-000004-2", decided_at="2026-11-25T10:00:00+07:00")
    assert new_id != guardian_id
    [seen] = house.ask("GET", "/me/children", token=house.token()).json["items"]
    assert seen["full_name"] == "Nguyễn Minh Anh"
    # nobody else's
    house.settled(dossier_no="261122-000005-9", subject_bhxh_code="7900000009", subject_id_number="001087000009")
    assert house.ask("GET", "/me/children", token=house.token(username="7900000009")).json["items"] == []


@pytest.mark.rule("A10")
def test_a_guardian_whom_nobody_knows_does_not_keep_a_child_from_its_account(house: Desk):
    house.told(guardian={"account_id": "nobody", "full_name": "N", "relationship": "mother", "phone": "+84983847986"})
    house.run_jobs()
    assert house.bodies("account_activated")[0]["guardian_account_id"] is None
