"""No dossier is lost and nobody gets two accounts, whatever is killed. The long form of this is ``make chaos-dossiers``."""

from pathlib import Path

import pytest

from services.chassis.testing import PostgresNode, RabbitNode
from tests.faults.dossiers.__main__ import write
from tests.faults.dossiers.audit import count
from tests.faults.dossiers.campaign import Campaign, Plan

pytestmark = pytest.mark.timeout(400)


@pytest.mark.rule("A1", "A2")
def test_dossiers_filed_while_services_broker_and_database_are_killed_end_once_with_one_account_and_one_password(
    rabbit: RabbitNode, postgres: PostgresNode, amqp_uri: str, tmp_path: Path
) -> None:
    campaign = Campaign(Plan(count=60, kills=4, seed=21), rabbit.start(), amqp_uri, postgres.start(), tmp_path)
    try:
        campaign.run()
        report = count(campaign, sign_ins=12)
    finally:
        campaign.close()
    write(report, "dossiers_short")
    assert report.good, report
    assert (report.dossiers, report.kills, report.approved, report.passwords_tried) == (60, 4, 48, 12)
