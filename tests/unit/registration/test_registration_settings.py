"""Settings of registration."""

import pytest

from services.chassis.errors import SettingsError
from services.registration.settings import Settings


@pytest.mark.rule("I6")
def test_the_clocks_are_those_of_the_law_unless_somebody_sets_them():
    settings = Settings()
    assert (settings.expiry_days, settings.expiry_warning_days) == (10, 2)


def test_a_warning_after_the_end_is_a_fault():
    with pytest.raises(SettingsError, match="EXPIRY_WARNING_DAYS"):
        Settings(expiry_days=2, expiry_warning_days=2)


@pytest.mark.rule("R1")
def test_recipients_of_reports_are_addresses_or_nobody():
    assert Settings().report_recipients == ()
    with pytest.raises(SettingsError, match="REPORT_RECIPIENTS"):
        Settings(report_recipients=("lanh-dao@example.vn", "giám đốc"))
