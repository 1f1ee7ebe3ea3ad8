"""What a caller sees while the database is away: 503 and when to come back, never 500, whatever the request wanted."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import exc

from services.chassis.database import Database
from services.chassis.resources import Resources
from services.chassis.settings import ChassisSettings
from services.chassis.web.app import create_app
from services.chassis.web.blueprint import Blueprint
from tests.unit.chassis.test_retry import GONE, LOST_RACES

_AWAY = GONE | LOST_RACES


class Town:
    """A service whose database is as each test wants it."""

    def __init__(self, database: Database) -> None:
        self.error: Exception | None = None
        self.tries = 0
        resources = Resources("town", ChassisSettings(), database)
        self.app: Flask = create_app(resources, self._blueprints)

    def _blueprints(self, _resources: Resources[ChassisSettings]) -> list[Blueprint]:
        api = Blueprint("people", url_prefix="/people")

        @api.route("")
        @api.response(200)
        def look() -> dict[str, object]:
            """Look at people"""
            return self._ask()

        @api.route("", methods=["POST"])
        @api.idempotent
        @api.response(201)
        def add(session: object) -> dict[str, object]:
            """Add a person"""
            return self._ask()

        return [api]

    def _ask(self) -> dict[str, object]:
        self.tries += 1
        if self.error is not None:
            raise self.error
        return {}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(Database(f"sqlite:///{tmp_path_factory.mktemp('town')}/town.sqlite3"))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", _AWAY)
def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(town: Town, name: str, method: str) -> None:
    town.error = _AWAY[name]
    answer = town.app.test_client().open("/town/people", method=method)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.mimetype == "application/problem+json"


def test_only_what_was_surely_rolled_back_is_run_again(town: Town) -> None:
    for name, error in _AWAY.items():
        town.error, town.tries = error, 0
        town.app.test_client().post("/town/people")
        assert town.tries == (2 if "prepared statement" in name else 1), name


def test_a_wrong_statement_is_an_error_of_ours(town: Town) -> None:
    town.error = exc.ProgrammingError("SELEC", None, Exception("syntax"))
    assert town.app.test_client().get("/town/people").status_code == 500
