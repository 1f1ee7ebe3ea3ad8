"""A child who comes to an office, with a parent or guardian who signs (V3, 702 app. 2)."""

from typing import Any

import pytest

from tests.integration.verification.desk import CHILD, NO, PARENT, Desk

PASSPORT = {"id_type": "passport", "id_number": "C1234567"}


def comes(desk: Desk, **changes: Any) -> Any:
    """File at the portal, and come with all papers but the parent's word."""
    subject = CHILD | changes.pop("subject", {})
    desk.submit(subject=subject, **{"parent": PARENT} | changes)
    desk.ask("POST", f"/{NO}/receive", json={})
    for kind in ("portrait", "birth_certificate", "signed_form"):
        answer = desk.put(kind, who="approver:lan:79")
    return answer


@pytest.mark.rule("V3", "I3")
@pytest.mark.parametrize("papers", [{}, PASSPORT])
def test_a_child_in_person_is_approved_once_the_parent_named_on_the_form_has_shown_an_id(
    bureau: Desk, papers: dict[str, str]
) -> None:
    assert comes(bureau, subject=papers).json["missing"] == ["parent_id_shown"]
    case = bureau.case()
    assert (case["parent"], case["parent_id_shown"]) == (PARENT, False)
    refused = bureau.decide(id_shown=True)
    assert (refused.status_code, refused.json["missing"]) == (409, ["parent_id_shown"])
    received = bureau.ask("POST", f"/{NO}/receive", json={"parent_id_shown": True})
    assert received.json["missing"] == []
    assert "parent_id_shown" in bureau.actions()
    assert bureau.decide().status_code == 202


@pytest.mark.rule("V3")
def test_the_word_that_the_parent_has_shown_an_id_may_come_with_the_decision(quick: Desk) -> None:
    comes(quick)
    assert quick.decide(parent_id_shown=True).status_code == 202


@pytest.mark.rule("V3")
def test_a_child_filed_before_parents_were_asked_for_is_completed_by_the_officer_and_signed_again(quick: Desk) -> None:
    comes(quick, parent=None)
    assert quick.decide(parent_id_shown=True).json["missing"] == ["parent"]
    assert quick.ask("POST", f"/{NO}/correction", json={"parent": PARENT}).json["missing"] == [
        "signed_form",
        "parent_id_shown",
    ]
    (told,) = quick.told("declaration_corrected")
    assert told["parent"] == PARENT
    quick.put("signed_form", who="approver:lan:79")
    assert quick.decide(parent_id_shown=True).status_code == 202


@pytest.mark.rule("V3")
def test_a_passport_is_asked_for_its_data_page_alone(bureau: Desk) -> None:
    bureau.submit(subject=PASSPORT)
    bureau.ask("POST", f"/{NO}/receive", json={"id_shown": True})
    for kind in ("id_front", "portrait"):
        bureau.put(kind, who="approver:lan:79")
    assert bureau.put("signed_form", who="approver:lan:79").json["missing"] == []
    assert bureau.decide().status_code == 202


@pytest.mark.rule("I6", "V3")
def test_nothing_is_kept_of_the_parent_once_the_declaration_has_ended(quick: Desk) -> None:
    quick.submit(subject=CHILD, parent=PARENT)
    quick.withdraw()
    assert quick.case()["parent"] is None
