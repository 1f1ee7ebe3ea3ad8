"""What makes a device or an address known to an account, for how long, and what that is worth (A13)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from services.accounts.known.recognition import KnownAddress, KnownDevice
from services.accounts.otp.rules import Otp
from services.accounts.passwords import hashing
from services.accounts.sessions.rules import DeviceSession
from services.accounts.staff import rules as staff
from services.accounts.staff.rights import Grant
from tests.integration.accounts.desk import CODE, Desk
from tests.integration.accounts.running import NEW_PASSWORD
from tests.integration.accounts.strangers import (
    ELSEWHERE,
    HOME,
    NEWEST,
    STRANGERS,
    at,
    confirm,
    owner,
    reset,
    signed_in_once,
)

pytestmark = pytest.mark.rule("A13")


def test_a_device_has_tries_of_its_own_and_locks_only_itself(lite: Desk):
    lite.configure(lockout_tries=3)
    token = owner(lite)
    for _ in range(3):
        assert lite.sign_in("wrong password", **at(ELSEWHERE, token)).status_code == 401
    assert lite.sign_in(**at(ELSEWHERE, token)).status_code == 429
    assert lite.sign_in(**at(ELSEWHERE)).status_code == 201
    assert lite.sign_in(**at(HOME)).status_code == 201


def test_a_token_is_good_for_its_account_alone(house: Desk):
    house.configure(stranger_tries=1)
    token = owner(house)
    house.settled(dossier_no="261122-000002-6", subject_bhxh_code="0120000001", subject_id_number="001087000001")
    house.sign_in("wrong password", "0120000001", **at(STRANGERS[0]))
    assert house.sign_in(username="0120000001", **at(HOME, token)).status_code == 429
    assert house.sign_in(**at(STRANGERS[0], "not-" + token)).status_code == 201, "an invented one is none"


def test_a_device_keeps_its_token_and_gets_another_only_when_it_shows_none(lite: Desk):
    token = owner(lite)
    assert lite.sign_in(**at(HOME, token)).json["device_token"] == token
    assert lite.sign_in(**at(HOME)).json["device_token"] != token
    answer = lite.ask("POST", "/sessions/current/refresh", token=lite.token(**at(HOME)))
    assert answer.json["device_token"] is None
    with lite.db.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(KnownDevice)) == 1, "one device, one row"


@pytest.mark.rule("A7")
def test_the_second_device_is_known_once_its_code_is_confirmed(house: Desk):
    house.configure(stranger_tries=1)
    house.settled()
    house.token(**at(HOME))
    warned = house.sign_in(device_id="tablet", **at(ELSEWHERE))
    assert "device_token" not in warned.json
    body = {"challenge": warned.json["challenge"], "otp": house.code()}
    token = house.ask("POST", "/sessions/takeover", body, **at(ELSEWHERE)).json["device_token"]
    house.sign_in("wrong password", **at(STRANGERS[0]))
    assert house.sign_in(device_id="tablet", **at("203.0.113.77", token)).status_code == 201
    assert house.sign_in(device_id="tablet", **at(ELSEWHERE)).status_code == 201


def known(house: Desk) -> tuple[int, int]:
    with house.db.read() as session:
        counts = [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (KnownDevice, KnownAddress)]
    return counts[0] or 0, counts[1] or 0


@pytest.mark.rule("A8")
def test_a_reset_makes_every_other_device_and_address_unknown(house: Desk):
    house.configure(stranger_tries=1)
    phone = owner(house)
    tablet = signed_in_once(house, device_id="tablet", address=ELSEWHERE)
    asked = reset(house, HOME, phone)
    assert confirm(house, asked.json["challenge"], house.code(), HOME, phone).status_code == 204
    assert known(house) == (1, 1), "where the phone was proved"
    house.sign_in("wrong password", **at(STRANGERS[0]))
    assert house.sign_in(NEWEST, device_id="tablet", **at(ELSEWHERE, tablet)).status_code == 429
    assert house.sign_in(NEWEST, **at("203.0.113.77", phone)).status_code == 201


@pytest.mark.rule("A9")
def test_a_stopped_account_and_one_whose_password_an_operator_sets_know_no_device(lite: Desk):
    owner(lite)
    lite.told("261122-000002-6", kind="stop", subject_bhxh_code=CODE)
    assert known(lite) == (0, 0)
    lite.staff("lan.nt", "support")
    assert known(lite) == (1, 1)
    new_hash = hashing.hash_password(NEWEST)
    with lite.db.write() as session:
        account = staff.by_name(session, "lan.nt")
        assert account is not None
        staff.set_password(account, new_hash, Grant("vss:tester", "Thử nghiệm"))
    assert known(lite) == (0, 0)


@pytest.mark.rule("A5")
def test_a_change_of_the_password_makes_the_other_devices_unknown(lite: Desk):
    lite.settled()
    signed_in_once(lite, device_id="tablet", address=ELSEWHERE)
    token = lite.token(**at(HOME))
    change = {"current_password": NEW_PASSWORD, "new_password": NEWEST}
    challenge = lite.ask("POST", "/password/change", change, token, **at(HOME)).json["challenge"]
    lite.ask("POST", "/password/confirm", {"challenge": challenge, "otp": lite.code()}, token, **at(HOME))
    assert known(lite) == (1, 1)


def test_devices_and_addresses_are_known_for_a_time_and_only_the_latest(lite: Desk, later):
    lite.configure(known_device_days=60, known_address_days=30, stranger_tries=1)
    token = owner(lite)
    later(days=31)
    lite.sign_in("wrong password", **at(STRANGERS[0]))
    assert lite.sign_in(**at(HOME)).status_code == 429
    lite.configure()
    signed_in = lite.sign_in(**at(HOME, token))
    assert lite.ask("DELETE", "/sessions/current", token=signed_in.json["token"]).status_code == 204
    for number in range(12):
        later(seconds=1)
        signed_in_once(lite, device_id=f"browser-{number}", address=f"192.0.2.{number}")
    assert known(lite) == (10, 5)
    later(days=181)
    lite.sweep()
    assert known(lite) == (0, 0)


def test_neither_tokens_nor_addresses_are_kept(house: Desk):
    token = owner(house)
    reset(house, STRANGERS[0])
    with house.db.read() as session:
        rows = [
            str(list(session.execute(sa.select(table.__table__))))
            for table in (KnownDevice, KnownAddress, Otp, DeviceSession)
        ]
    assert not [row for row in rows if token in row or HOME in row or STRANGERS[0] in row]
