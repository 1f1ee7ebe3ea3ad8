"""How much people without a token of staff may ask for: settings of the services that they call.

Hours for one client address, or one citizen's account: as much as a ward's only line or one of a mobile operator's addresses needs. Minutes
for all who are not signed in: far more than a country asks for on its busiest day, so who meets it meets a flood.
"""

from typing import Any

from services.chassis.settings import ChassisSettings, setting


def _most(default: int, what: str) -> Any:
    return setting(default=default, help=f"most {what}; 0: no limit", minimum=0)


class BudgetSettings(ChassisSettings):
    """The settings of `chassis/web/budgets.py`; 0: no limit."""

    lookups_per_address_hour: int = _most(12_000, "look-ups of public lists by one client address in an hour")
    lookups_per_minute: int = _most(120_000, "look-ups of public lists by all who are not signed in, in a minute")
    tracking_per_address_hour: int = _most(
        6_000, "requests with a tracking code by one client address in an hour, a tenth of it for one code"
    )
    tracking_per_minute: int = _most(60_000, "requests with a tracking code by all who are not signed in, in a minute")
    filing_per_address_hour: int = _most(
        1_800, "tries to draft, submit or complain by one client address, or account, in an hour"
    )
    filing_per_minute: int = _most(30_000, "tries to draft, submit or complain by all who are not signed in, in a minute")
    uploads_per_address_hour: int = _most(1_800, "files uploaded by one client address, or account, in an hour")
    uploads_per_minute: int = _most(15_000, "files uploaded by all who are not signed in, in a minute")
    sign_ins_per_address_hour: int = _most(
        6_000, "requests about its own account by one client address, or account, in an hour"
    )
    sign_ins_per_minute: int = _most(30_000, "failed sign-ins, and confirmations, by all that no account knows, in a minute")
    wrong_codes_per_address_hour: int = _most(
        300, "wrong tracking codes from one client address in an hour, before further ones wait"
    )
    wrong_codes_per_number_hour: int = _most(
        20, "wrong tracking codes for one number from one client address in an hour, ten times it from all"
    )
