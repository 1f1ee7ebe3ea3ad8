"""After a restored backup: nothing of it lets anybody in who should not come in."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.accounts.accounts.giving_back import give_back
from services.accounts.accounts.rules import PASSWORD_SET, Account
from services.accounts.signing.keys import keys_of
from services.chassis import clock
from services.chassis.recovery import ledger
from tests.integration.accounts.desk import CODE, Desk
from tests.integration.accounts.running import NEW_PASSWORD
from tests.stand.backups import Backup

OTHER_PASSWORD = "quyen-sach-mau-xanh-2"


BEFORE_ALL = datetime(2020, 1, 1, tzinfo=UTC)


def test_no_session_code_or_token_of_the_backup_is_good_any_more(house: Desk) -> None:
    house.settled()
    token = house.token()
    backup = Backup(house.db)
    backup.restore()
    changed = house.repair().changed
    assert (changed["sessions ended"], changed["signing keys replaced"], changed["devices forgotten"]) == (1, 1, 1)
    keys_of(house.resources).reread()
    assert house.ask("GET", "/me", token=token).status_code == 401
    assert house.sign_in().status_code == 201, "the password is the one of the backup"


def test_a_password_replaced_after_the_backup_does_not_come_back(house: Desk) -> None:
    house.settled()
    account = str(house.accounts()[0].id)
    house.run_jobs()  # writes the ledger
    backup = Backup(house.db)
    house.give_password(account, OTHER_PASSWORD)
    with house.db.write() as session:
        ledger.note(session, PASSWORD_SET, account)
    house.run_jobs()  # writes the ledger
    backup.restore()
    assert house.repair().changed["passwords to be reset"] == 1
    assert house.sign_in(NEW_PASSWORD).status_code == 401, "it may have been replaced because somebody else knew it"
    assert house.sign_in(OTHER_PASSWORD).status_code == 401, "nobody knows its hash any more"


def test_a_password_that_the_backup_knows_stays(house: Desk) -> None:
    house.settled()
    house.run_jobs()  # writes the ledger
    backup = Backup(house.db)
    backup.restore()
    assert house.repair().changed["passwords to be reset"] == 0
    assert house.sign_in().status_code == 201


def test_staff_whose_rights_changed_after_the_backup_wait_for_an_administrator(house: Desk) -> None:
    house.staff("quan.tri", "admin")
    house.staff("can.bo", "officer", office="79", province="79")
    house.run_jobs()  # writes the ledger
    backup = Backup(house.db)
    found = next(account for account in house.accounts() if account.username == "can.bo")
    answer = house.ask(
        "PATCH", f"/staff/{found.id}", {"active": False, "reason": "nghỉ việc"}, token=house.token(username="quan.tri")
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    house.run_jobs()  # writes the ledger
    backup.restore()
    assert house.repair().changed["staff disabled"] == 1
    house.sweep()
    told = [body for body in house.bodies("staff_assigned") if body["account_id"] == str(found.id)]
    assert told[-1]["active"] is False, "verification writes to them no more"
    assert house.sign_in(username="can.bo").status_code == 401
    assert house.sign_in(username="quan.tri").status_code == 201


def test_an_account_opened_after_the_backup_gets_its_id_again(house: Desk) -> None:
    house.told()
    first = house.accounts()[0].id
    house.run_jobs()
    with house.db.write() as session:
        for table in ("dossiers", "accounts"):
            session.connection().exec_driver_sql(f"DELETE FROM {table}")
        session.connection().exec_driver_sql("DELETE FROM jobs")
    house.told()
    [account] = house.accounts()
    assert (account.id, account.bhxh_code) == (first, CODE)
    assert isinstance(account.id, uuid.UUID)
    assert account.id.version == 7


@pytest.mark.rule("I11")
def test_open_accounts_are_given_back_with_their_holders_and_closed_ones_are_not(house: Desk):
    house.settled()
    [account] = house.accounts()
    assert sum(give_back(house.db, BEFORE_ALL)) == 1
    [told] = house.facts("account_given_back")
    assert (told.body["account_id"], told.body["contact"]["phone"]) == (str(account.id), account.phone)
    assert told.headers["cloudEvents:revision"] == account.revision
    assert told.public == ""
    assert sum(give_back(house.db, clock.now() + timedelta(days=1))) == 0
    with house.db.write() as session:
        session.execute(sa.update(Account).values(status="stopped"))
    assert sum(give_back(house.db, BEFORE_ALL)) == 0
