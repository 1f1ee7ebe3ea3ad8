"""Each route from the form to the account (I3), through HTTP, broker and databases of all services."""

import urllib.request
from dataclasses import replace

import pytest

from playground.citizen import PICTURES, child_form, form, parent_of
from playground.inbox import Inbox
from playground.stage import Stage


@pytest.mark.rule("I3", "I5", "V2", "V5", "V7", "A1", "A2", "A3", "A5", "A11")
def test_a_portal_declaration_approved_by_another_office_becomes_an_account_that_shows_its_holder(stage: Stage) -> None:
    citizen = stage.citizen()
    human = citizen.human
    dossier = citizen.files()
    told = citizen.inbox.until(dossier.no)
    assert human.bhxh_code in told.text
    assert dossier.status == "submitted"

    officer = stage.staff("approver", "79")
    assert officer.until_here(dossier.no)["dossier_no"] == dossier.no
    officer.receives(dossier.no)
    dossier.until("received")
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no, id_shown=True)
    officer.until(dossier.no, "approved")
    dossier.until("activated")

    first = citizen.inbox.first_password()
    account = stage.account(human)
    answer = account.sign_in(first)
    assert answer["must_change_password"] is True
    account.me(expect=403)
    account.changes_password(first, "Sóng-biển-rì-rào-2026")
    me = account.me()
    assert (me["bhxh_code"], me["full_name"], me["date_of_birth"]) == (human.bhxh_code, human.full_name, human.date_of_birth)
    assert me["phone"] == human.phone


@pytest.mark.rule("I3", "I5", "V9", "A10")
def test_a_child_filed_by_a_guardian_is_approved_online_and_linked_to_the_guardian(stage: Stage) -> None:
    parent, child = stage.family()
    parent = replace(parent, email="cha-me@example.vn")
    account = stage.registered(parent)
    body = child_form(child, route="guardian", channel="app", guardian={"relationship": "father"})
    guardian = stage.citizen(parent)
    dossier = guardian.files(body, pictures=("portrait", "birth_certificate"), token=account.token)
    assert dossier.look()["expires_at"] is None
    told = guardian.inbox.until(dossier.no).text
    link = next(word for word in told.split() if word.startswith("http://"))
    with urllib.request.urlopen(link, timeout=10) as answer:  # as a phone's browser: without any header of ours
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.read(5) == b"%PDF-"
    by_email = Inbox(stage.web, "cha-me@example.vn").until(dossier.no, channel="email")
    assert [one["content_type"] for one in by_email.attachments] == ["application/pdf"]
    assert "đến cơ quan BHXH" not in by_email.text

    officer = stage.staff("approver", "01")
    officer.until_here(dossier.no)
    officer.decides(dossier.no)
    dossier.until("activated")
    password = guardian.inbox.first_password(dossier.no)
    of_child = stage.account(child)
    assert of_child.sign_in(password)["must_change_password"] is True
    assert [one["bhxh_code"] for one in account.call("GET", "/me/children")["items"]] == [child.bhxh_code]


@pytest.mark.rule("I3", "V3")
def test_a_paper_form_keyed_in_at_a_counter_is_approved_there(stage: Stage) -> None:
    human = stage.human()
    officer = stage.staff("approver", "48")
    body = form(human, route="counter", channel="office", office_code="48")
    citizen = stage.citizen(human)
    dossier = citizen.files(body, pictures=(*PICTURES, "signed_form"), token=officer.token)
    assert dossier.look()["expires_at"] is None
    officer.receives(dossier.no)
    officer.decides(dossier.no, id_shown=True)
    dossier.until("activated")
    assert stage.account(human).sign_in(citizen.inbox.first_password())["role"] == "newcomer"


@pytest.mark.rule("I3", "V3", "V4")
def test_a_child_comes_in_person_with_the_birth_certificate(stage: Stage) -> None:
    parent, child = stage.family()
    body = child_form(child, parent=parent_of(parent))
    citizen = stage.citizen(parent)
    dossier = citizen.files(body, pictures=("portrait",))
    officer = stage.staff("approver", "01")
    officer.receives(dossier.no, id_shown=False, parent_id_shown=True)
    problem = officer.decides(dossier.no, expect=(409, 422))
    assert "birth_certificate" in str(problem)
    officer.adds(dossier.no, "birth_certificate")
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no)
    dossier.until("activated")
    assert stage.account(child).sign_in(citizen.inbox.first_password(dossier.no))["must_change_password"] is True


@pytest.mark.rule("I5", "N18")
def test_the_form_can_be_opened_again_and_an_address_that_nobody_has_proved_is_told_how(stage: Stage) -> None:
    address = "to-khai@example.vn"
    citizen = stage.citizen(replace(stage.human(), email=address))
    dossier = citizen.files()
    by_email = Inbox(stage.web, address).until(dossier.no, channel="email")
    assert by_email.attachments == []
    assert "mã theo dõi" in by_email.text
    assert citizen.human.full_name not in by_email.text
    assert dossier.call("GET", "/form.pdf").startswith(b"%PDF")
