"""What is kept of the error for which a message is held."""

from __future__ import annotations

import psycopg
from sqlalchemy.exc import IntegrityError

from services.chassis.bus.parking import last_line


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
