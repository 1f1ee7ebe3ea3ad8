"""How much people without a token of staff may ask for: settings of the services that they call.

Hours for one client address, or one citizen's account: as much as a ward's only line or one of a mobile operator's addresses needs. Minutes
for all who are not signed in: far more than a country asks for on its busiest day, so who meets it meets a flood.
"""

from services.chassis.settings import ChassisSettings, setting


class BudgetSettings(ChassisSettings):
    """The settings of `chassis/web/budgets.py`; 0: no limit."""

    lookups_per_address_hour: int = setting(
        default=12_000, help="most look-ups of public lists by one client address in an hour; 0: no limit", minimum=0
    )
    lookups_per_minute: int = setting(
        default=120_000,
        help="most look-ups of public lists by all who are not signed in, in a minute; 0: no limit",
        minimum=0,
    )
    tracking_per_address_hour: int = setting(
        default=6_000,
        help="most requests with a tracking code by one client address in an hour, a tenth of it for one code; 0: no limit",
        minimum=0,
    )
    tracking_per_minute: int = setting(
        default=60_000,
        help="most requests with a tracking code by all who are not signed in, in a minute; 0: no limit",
        minimum=0,
    )
    filing_per_address_hour: int = setting(
        default=1_800,
        help="most tries to draft, submit or complain by one client address, or account, in an hour; 0: no limit",
        minimum=0,
    )
    filing_per_minute: int = setting(
        default=30_000,
        help="most tries to draft, submit or complain by all who are not signed in, in a minute; 0: no limit",
        minimum=0,
    )
    uploads_per_address_hour: int = setting(
        default=1_800, help="most files uploaded by one client address, or account, in an hour; 0: no limit", minimum=0
    )
    uploads_per_minute: int = setting(
        default=15_000, help="most files uploaded by all who are not signed in, in a minute; 0: no limit", minimum=0
    )
    sign_ins_per_address_hour: int = setting(
        default=6_000,
        help="most requests about its own account by one client address, or account, in an hour; 0: no limit",
        minimum=0,
    )
    sign_ins_per_minute: int = setting(
        default=30_000,
        help="most failed sign-ins, and confirmations, by all that no account knows, in a minute; 0: no limit",
        minimum=0,
    )
    wrong_codes_per_address_hour: int = setting(
        default=300,
        help="most wrong tracking codes from one client address in an hour, before further ones wait; 0: no limit",
        minimum=0,
    )
    wrong_codes_per_number_hour: int = setting(
        default=20,
        help="most wrong tracking codes for one number from one client address in an hour, ten times it from all; 0: no limit",
        minimum=0,
    )
