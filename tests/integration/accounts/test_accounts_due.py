"""What time brings: reminders, and rows that are forgotten."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from services.accounts.otp.rules import Otp
from services.accounts.sessions.rules import DeviceSession
from services.accounts.throttles.limits import Throttle
from tests.integration.accounts.desk import CODE, Desk


@pytest.mark.rule("A4")
def test_a_password_nearly_six_months_old_is_reminded_of_once(house: Desk, later):
    house.settled()
    set_at = house.accounts()[0].password_set_at
    later(days=166)
    house.sweep()
    assert house.bodies("password_expiring") == []
    later(days=2)
    house.sweep()
    house.sweep()
    [fact] = house.bodies("password_expiring")
    assert set_at is not None
    assert datetime.fromisoformat(fact["expires_at"]) == set_at + timedelta(days=181)
    assert fact["contact"]["phone"] == "+84983847986"


@pytest.mark.rule("A4")
def test_another_password_is_reminded_of_in_its_own_time(lite: Desk, later):
    account_id = lite.settled()
    later(days=170)
    lite.sweep()
    lite.give_password(account_id, "Ruộng bậc thang mùa lúa")
    later(days=100)
    lite.sweep()
    assert len(lite.bodies("password_expiring")) == 1
    later(days=70)
    lite.sweep()
    assert len(lite.bodies("password_expiring")) == 2


@pytest.mark.rule("A4")
def test_who_has_never_changed_the_first_password_and_who_has_stopped_is_not_reminded(lite: Desk, later):
    lite.citizen()
    lite.settled(dossier_no="261122-000002-6", subject_bhxh_code="0120000001", subject_id_number="001087000001")
    lite.told("261122-000003-6", kind="stop", subject_bhxh_code="0120000001")
    later(days=200)
    lite.sweep()
    assert lite.bodies("password_expiring") == []


def test_old_codes_counts_and_sessions_are_forgotten(house: Desk, later):
    house.settled()
    house.token()
    house.ask("POST", "/password/reset", {"username": CODE})
    house.ask("POST", "/password/reset", {"username": "0199999999"})
    rows = lambda: [house.value(sa.select(sa.func.count()).select_from(table)) for table in (Otp, Throttle, DeviceSession)]  # noqa: E731
    house.sweep()
    assert rows()[0] == 2
    later(days=31)
    house.sweep()
    assert rows() == [0, 0, 1]
    later(days=180)
    house.sweep()
    assert rows() == [0, 0, 0]
