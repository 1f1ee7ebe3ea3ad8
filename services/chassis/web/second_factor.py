"""What a token of staff must say before it opens anything: that a second factor was shown (A12, NIST SP 800-63B-4 AAL2).

Accounts writes `acr` (`aal1`, `aal2`) and `amr` into the tokens of staff; `auth.requires` and `auth.recognises` ask here, so that no service can forget to.
A token without `acr` comes from a release of accounts that knew no second factor, and counts as `aal1`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.chassis.calendar import today_in_vietnam
from services.chassis.settings import ChassisSettings
from services.chassis.web.problem import Problem

AAL1, AAL2 = "aal1", "aal2"
#: the role of staff who have shown no second factor yet: it opens nothing but the way to one
ENROLLING = "enrolling"
#: roles in whose tokens nobody asks for a second factor
_WITHOUT = frozenset({"", "citizen", "newcomer", ENROLLING})


def is_required(settings: ChassisSettings) -> bool:
    """Tell whether staff need a second factor today: always, unless `STAFF_SECOND_FACTOR_FROM` names a later day."""
    first = settings.staff_second_factor_from
    return first is None or today_in_vietnam() >= date.fromisoformat(first)


def is_of_staff(role: object) -> bool:
    """Tell whether a token with this role is of a member of staff, who enrols or works."""
    return role == ENROLLING or role not in _WITHOUT


def check(role: str, claims: Mapping[str, Any], settings: ChassisSettings) -> None:
    """Check that the caller, if a member of staff, has shown a second factor.

    :raises Problem: 403 if not.
    """
    if role not in _WITHOUT and claims.get("acr") != AAL2 and is_required(settings):
        raise refusal()


def refusal() -> Problem:
    """Return the 403 for staff who have given a password alone."""
    return Problem(
        403,
        "second-factor-required",
        headers={"WWW-Authenticate": f'Bearer error="insufficient_user_authentication", acr_values="{AAL2}"'},
    )
