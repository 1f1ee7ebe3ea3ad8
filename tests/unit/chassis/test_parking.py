"""What a parked message says about itself."""

from __future__ import annotations

from datetime import datetime

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError

from services.chassis.bus.parking import Reason, last_line, parked_headers


def test_the_last_line_of_a_traceback_is_one_line() -> None:
    assert last_line(LookupError("a\n  b\nc")) == "LookupError: a b c"
    assert last_line(SystemExit(7)) == "SystemExit: 7"
    assert last_line(ValueError()) == "ValueError"


def test_of_a_database_error_the_row_and_the_statement_are_not_told() -> None:
    said = 'duplicate key value violates unique constraint "dossier_pkey"\nDETAIL:  Key (full_name)=(Nguyễn Thị Lan) already exists.'
    error = IntegrityError(
        "INSERT INTO dossier VALUES (%(name)s)", {"name": "Nguyễn Thị Lan"}, psycopg.errors.UniqueViolation(said)
    )
    assert last_line(error) == (
        "sqlalchemy.exc.IntegrityError: (psycopg.errors.UniqueViolation) "
        'duplicate key value violates unique constraint "dossier_pkey"'
    )


def test_an_error_whose_text_fails_is_still_told() -> None:
    class BrokenError(Exception):
        def __str__(self) -> str:
            raise ZeroDivisionError

    assert "BrokenError" in last_line(BrokenError())


def test_the_headers_tell_why_how_often_and_since_when() -> None:
    headers = parked_headers({"tenant": "x"}, Reason.INVALID, "filed.v1: dossier_no: wrong", 2)
    at = headers["vss-parked-at"]
    assert headers == {
        "tenant": "x",
        "vss-parked-reason": "invalid",
        "vss-parked-error": "filed.v1: dossier_no: wrong",
        "vss-attempts": 2,
        "vss-first-seen": at,
        "vss-parked-at": at,
    }
    assert datetime.fromisoformat(at).utcoffset() is not None


def test_a_message_parked_again_keeps_when_it_was_first_seen() -> None:
    headers = parked_headers(
        {"vss-first-seen": "2026-11-21T00:00:00.000+00:00", "vss-attempts": 3}, Reason.HANDLER_ERROR, "x", 4
    )
    assert headers["vss-first-seen"] == "2026-11-21T00:00:00.000+00:00"
    assert headers["vss-attempts"] == 4


@pytest.mark.parametrize("error", ["x" * 100_000, "ố" * 100_000, "\ud800" * 1000])
def test_an_error_is_short_enough_and_can_be_written(error: str) -> None:
    kept = parked_headers({}, Reason.UNKNOWN_TYPE, error, 0)["vss-parked-error"]
    assert len(kept.encode()) <= 4000
