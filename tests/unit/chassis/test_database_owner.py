"""Production serves as no user who owns its tables (V16, decision 65)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from services.chassis.bus import startup
from services.chassis.database.ownership import NotMigrated
from services.chassis.errors import StartUpError

pytestmark = pytest.mark.rule("V16")


def _require(*, owns: bool, env: str, may_own: bool = False) -> None:
    settings: Any = SimpleNamespace(vss_env=env, database_user_may_own=may_own, database_url="postgresql://…@db/accounts")
    startup.require_other_owner(settings, SimpleNamespace(is_owned=lambda: owns))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "case",
    [
        {"owns": False, "env": "production"},
        {"owns": True, "env": "development"},
        {"owns": True, "env": "production", "may_own": True},
    ],
)
def test_it_serves(case: dict[str, Any]) -> None:
    _require(**case)


def test_in_production_an_owner_is_refused_with_what_to_do() -> None:
    with pytest.raises(StartUpError, match=r"could rewrite the history.*vss migrate.*DATABASE_USER_MAY_OWN=true"):
        _require(owns=True, env="production")


def test_a_start_that_may_not_migrate_says_which_command_is_missing() -> None:
    def behind() -> None:
        raise NotMigrated("accounts")

    with pytest.raises(
        StartUpError, match=r"is not ready: .*its user accounts does not own them: run `vss migrate SERVICE`"
    ):
        startup.Patience(0.0, wait=False, asked_to_stop=lambda _seconds: False).attempt(
            "the database", behind, bounded=False
        )
