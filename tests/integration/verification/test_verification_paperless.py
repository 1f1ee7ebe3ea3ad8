"""Whoever comes without any paper is served: the officer finds the dossier, prints the form and scans it signed (V5; 702 §2)."""

from __future__ import annotations

import pytest

from services.chassis import clock
from tests.integration.verification.desk import CODE, NO, Desk, picture

FORM = b"%PDF-1.4 the form as registration made it"


def _has_form(desk: Desk) -> None:
    kept = desk.documents.put(FORM, "application/pdf")
    told = {
        "kind": "form_pdf",
        "document_id": kept.document_id,
        "sha256": kept.sha256,
        "content_type": kept.content_type,
        "size": kept.size,
    }
    desk.tell("attachment_added", {"dossier_no": NO, "attachment": told, "added_at": clock.now().isoformat()})


@pytest.mark.rule("V3", "V5")
@pytest.mark.parametrize("searched", [{"X-Bhxh-Code": CODE}, {}], ids=["BHXH code", "number"])
def test_the_officer_prints_the_form_takes_the_signature_and_scans_it(bureau: Desk, searched: dict[str, str]) -> None:
    bureau.submit()
    _has_form(bureau)
    query = "" if searched else f"?dossier_no={NO}"
    (found,) = bureau.ask("GET", query, "officer:mai:48", headers=searched).json["items"]
    assert found["dossier_no"] == NO
    printed = bureau.ask("GET", f"/{NO}/attachments/form_pdf", "officer:mai:48")
    assert (printed.status_code, printed.data, printed.mimetype) == (200, FORM, "application/pdf")
    assert "signed_form" in bureau.case()["missing"]
    assert bureau.put("signed_form", who="officer:mai:48", content=picture()).status_code == 200
    assert "signed_form" not in bureau.case()["missing"]


@pytest.mark.rule("V6")
@pytest.mark.parametrize("outcome", [{"outcome": "valid"}, {"outcome": "invalid", "reason_code": "id_differs"}])
def test_an_assessment_is_answered_with_its_result_and_leaving_changes_nothing(quick: Desk, outcome: dict[str, str]) -> None:
    quick.submit()
    quick.complete()
    before = quick.case()
    quick.ask("POST", f"/{NO}/claim")
    assert quick.ask("POST", f"/{NO}/release").status_code == 200  # "Thoát"
    left = quick.case()
    assert {name: left[name] for name in ("status", "state", "claim")} == {
        name: before[name] for name in ("status", "state")
    } | {"claim": None}
    recorded = quick.decide(**outcome)  # "Ghi nhận"
    assert (recorded.status_code, recorded.json["status"]) == (202, quick.case()["status"])
    assert recorded.json["status"] != before["status"]
