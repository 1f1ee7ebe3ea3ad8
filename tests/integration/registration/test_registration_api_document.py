"""What the API says of itself, and how many statements a request costs."""

import pytest
import sqlalchemy as sa
from openapi_spec_validator import OpenAPIV31SpecValidator


@pytest.fixture
def statements(desk):
    """The SQL of each request since it was cleared; transaction control left out."""
    seen = []

    @sa.event.listens_for(desk.db.engine, "before_cursor_execute")
    def _note(_connection, _cursor, statement, *_):
        if not statement.startswith(("BEGIN", "PRAGMA", "SET LOCAL")):
            seen.append(statement)

    return seen


def test_the_document_is_valid_and_names_the_statuses_of_each_operation(lite):
    document = lite.client.get("/registration/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    paths = {path.removeprefix("/registration"): item for path, item in document["paths"].items()}
    expected = {
        ("/declarations", "post"): {201, 400, 401, 403, 409, 413, 415, 422, 429, 503},
        ("/declarations/{no}", "get"): {200, 400, 401, 403, 404, 422, 428, 429, 503},
        ("/declarations/{no}", "delete"): {204, 400, 401, 403, 404, 409, 429, 503},
        ("/declarations/{no}/submit", "post"): {202, 400, 401, 403, 404, 409, 413, 415, 422, 429, 503},
        ("/declarations/{no}/attachments/{kind}", "put"): {200, 400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503},
        ("/declarations/{no}/form.pdf", "get"): {200, 400, 401, 403, 404, 422, 428, 429, 503},
    }
    for (path, method), statuses in expected.items():
        operation = paths[path][method]
        assert {str(status) for status in statuses} | {"default"} == set(operation["responses"]), (path, method)
        assert operation["security"] == [{}, {"bearer": []}]
        assert operation["summary"]


def test_the_offices_units_and_scans_are_part_of_the_api(lite):
    paths = lite.client.get("/registration/openapi.json").json["paths"]
    assert {"/registration/offices", "/registration/units", "/registration/scans"} <= set(paths)


def test_an_intake_costs_few_statements(desk, statements):
    desk.submitted(subject={"bhxh_code": "0113099842"})  # leases a block of numbers
    statements.clear()
    dossier = desk.create()
    # the budgets of its address and of all, the office and I8, the row, the count of its source
    assert len(statements) == 5
    desk.put(dossier, "portrait")
    desk.put(dossier, "id_front")
    statements.clear()
    desk.submit(dossier)
    # the budgets of its code, its address and of all; the row with its lock, I8, the calendar, the row, the job, the fact;
    # the counts of its source and its phone
    assert len(statements) == 11
    statements.clear()
    desk.status(dossier)
    # the three budgets, the row
    assert len(statements) == 4
