"""Offices, units and scans over HTTP, as a form's page asks for them."""

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.chassis.database import Database
from services.chassis.resources import Resources
from services.chassis.web.app import create_app
from services.registration.lookup import api
from services.registration.service import Registration
from services.registration.settings import Settings
from tests.stand.migrated import migrate


@pytest.fixture
def client(database_url):
    database = Database(database_url)
    migrate(database, Registration.migrations)
    yield create_app(Resources("registration", Settings(), database), api.blueprints).test_client()
    database.dispose()


@pytest.mark.rule("I1")
def test_offices_are_found_by_anybody_and_may_be_kept_a_while(client):
    answer = client.get("/registration/offices", query_string={"q": "hà đông", "province": "01"})
    assert answer.json == {
        "items": [
            {
                "code": "01",
                "name": "BHXH Thành phố Hà Nội",
                "province_code": "01",
                "address": "162 Tô Hiệu, phường Hà Cầu, Quận Hà Đông, Hà Nội",
                "phone": "024.37236555",
            }
        ]
    }
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert len(client.get("/registration/offices").json["items"]) == 35  # with the customer-care centre


def test_a_misspelt_filter_is_refused_in_both_languages(client):
    answer = client.get("/registration/offices?provnce=01")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["in"] == "query"


@pytest.mark.rule("I10")
def test_units_of_both_maps_are_walked_from_the_top(client):
    def below(map_, parent=None):
        query = {"map": map_} | ({"parent": parent} if parent else {})
        return {unit["code"]: unit for unit in client.get("/registration/units", query_string=query).json["items"]}

    assert len(below("2025")) == 34
    assert len(client.get("/registration/units").json["items"]) == 34
    assert below("2025", "01")["00004"] == {"code": "00004", "name": "Phường Ba Đình", "level": "ward", "parent": "01"}
    assert below("before-2025-07", "01")["272"]["name"] == "Huyện Phúc Thọ"
    assert below("before-2025-07", "272")["09763"]["name"] == "Xã Phúc Hòa"
    assert below("before-2025-07", "09763") == {}


@pytest.mark.rule("I10")
@pytest.mark.parametrize(("query", "field"), [("map=2025&parent=272", "parent"), ("map=2024", "map")])
def test_a_unit_or_map_that_there_is_not_is_said_by_its_field(client, query, field):
    answer = client.get(f"/registration/units?{query}")
    assert answer.status_code == 422
    (wrong,) = answer.json["errors"]
    assert (wrong["field"], wrong["in"]) == (field, "query")
    assert wrong["message_vi"] not in ("", wrong["message_en"], "Giá trị không hợp lệ.")


@pytest.mark.rule("I7")
def test_a_scanned_card_comes_back_as_fields_of_the_form(client):
    card = f"0113099841|{'Nguyễn Thành Biên'.encode().hex()}|19/05/1987|1"
    answer = client.post("/registration/scans", json={"text": card})
    assert answer.json == {
        "source": "health_card", "bhxh_code": "0113099841", "personal_id": None, "id_type": None, "id_number": None,
        "old_id_number": None, "full_name": "Nguyễn Thành Biên", "date_of_birth": "1987-05-19", "sex": "male", "address": None,
    }  # fmt: skip
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.rule("I7")
def test_an_unreadable_scan_is_a_problem_that_does_not_repeat_it(client):
    answer = client.post("/registration/scans", json={"text": "0983847986 Nguyễn"})
    assert answer.status_code == 422
    assert answer.json["type"] == "urn:vss:problem:unreadable-scan"
    assert "0983847986" not in answer.text
    assert client.post("/registration/scans", json={"text": "x" * 2001}).status_code == 422


def test_all_three_are_documented(client):
    document = client.get("/registration/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    assert {"/registration/offices", "/registration/units", "/registration/scans"} <= set(document["paths"])
    query = {p["name"] for p in document["paths"]["/registration/units"]["get"]["parameters"]}
    assert query == {"map", "parent"}
