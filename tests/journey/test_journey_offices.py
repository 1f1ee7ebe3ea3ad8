"""Offices beyond the 34 of the provinces: local ones, imported from one file, and the customer-care centre (I1, V11)."""

import csv

import pytest

from playground.citizen import PICTURES, form
from playground.stage import LOCAL_OFFICES, Stage

_CENTRE = "CSKH"


@pytest.mark.rule("I1", "V2", "F3")
def test_one_file_of_local_offices_serves_form_01_and_complaints(stage: Stage) -> None:
    stage.imports_local_offices()
    with LOCAL_OFFICES.open(encoding="utf-8", newline="") as lines:
        names = {row["code"]: row["name"] for row in csv.DictReader(lines)}
    assert len(names) == 12
    listed = stage.web.call("GET", "/registration/offices", params={"province": "79"})["items"]
    assert {office["code"]: office["name"] for office in listed}.items() >= {
        (code, name) for code, name in names.items() if code.startswith("DEMO-79")
    }

    citizen = stage.citizen()
    dossier = citizen.files(form(citizen.human, office_code="DEMO-7901"))
    assert dossier.look()["office"]["name"] == names["DEMO-7901"]
    stage.staff("approver", "DEMO-7901", "79").approves_at_the_counter(dossier.no)
    dossier.until("activated")

    complaint = stage.complains(stage.human(), office="DEMO-7901")
    seen = complaint.follow()
    assert (seen["accountable"]["office"]["code"], seen["accountable"]["office"]["province_code"]) == ("DEMO-7901", "79")


@pytest.mark.rule("I3", "V11", "V2")
def test_the_customer_care_centre_keys_a_paper_form_in_and_receives_the_person(stage: Stage) -> None:
    clerk = stage.staff("approver", _CENTRE, "00")
    human = stage.human()
    body = form(human, route="counter", channel="customer_care", office_code=_CENTRE)
    citizen = stage.citizen(human)
    dossier = citizen.files(body, pictures=(*PICTURES, "signed_form"), token=clerk.token)
    clerk.receives(dossier.no)
    clerk.decides(dossier.no, id_shown=True)
    dossier.until("activated")
    assert ("received", _CENTRE) in [(step["action"], step["office_code"]) for step in clerk.history(dossier.no)]

    # and whoever filed on the portal may go there, too (702 app. 1 step 8)
    other = stage.citizen().files()
    clerk.approves_at_the_counter(other.no)
    other.until("activated")
