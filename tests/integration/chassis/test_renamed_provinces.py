"""Databases of earlier releases: what they shipped under the name of a province is called as today, what an operator wrote stays (W3)."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.discovery import load

#: the step before the renaming
STEPS = {"registration": "0011", "accounts": "0007", "feedback": "0007"}
OLD, NEW, OWN = "BHXH tỉnh Đồng Nai", "BHXH Thành phố Đồng Nai", "BHXH Đồng Nai (trụ sở mới)"


@pytest.mark.rule("W3")
@pytest.mark.parametrize("service", STEPS)
@pytest.mark.parametrize(("stored", "then"), [(OLD, NEW), (OWN, OWN)])
def test_a_shipped_office_takes_the_provinces_name_of_today(database_url: str, service: str, stored: str, then: str) -> None:
    migrations = vars(load(service))["migrations"]
    database = Database(database_url)
    database.migrate(migrations)
    with database.write() as session:
        session.execute(sa.text("UPDATE offices SET name = :name WHERE code = '75'"), {"name": stored})
        if service == "feedback":
            session.execute(
                sa.text("UPDATE responsible SET office = :name WHERE kind = 'province' AND code = '75'"), {"name": stored}
            )
        if service == "registration":
            session.execute(sa.text("DROP TABLE unit_names"))
        session.execute(sa.text("UPDATE service_schema SET version_num = :step"), {"step": STEPS[service]})
    database.migrate(migrations)
    with database.read() as session:
        assert session.scalar(sa.text("SELECT name FROM offices WHERE code = '75'")) == then
        if service == "feedback":
            assert session.scalar(sa.text("SELECT office FROM responsible WHERE code = '75'")) == then
    database.dispose()
