"""The link to a child's form in the guardian's SMS opens that form in any browser, and nothing else. Both databases."""

import pytest
import sqlalchemy as sa

from services.registration.form01.links import FormLink

GUARDIAN = "citizen:guardian-1"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def link_of(desk, dossier):
    """The path that the SMS names."""
    [told] = [fact for fact in desk.facts("declaration_submitted") if fact.body["dossier_no"] == dossier.no]
    token = desk.opened(told.body["sealed_form_link"], f"form-link:{dossier.no}")["form_token"]
    return f"/registration/forms/{token}"


@pytest.fixture
def filed(desk, form):
    dossier = desk.create(form.child, token=GUARDIAN)
    assert desk.submit(dossier).status_code == 202
    return dossier


@pytest.mark.rule("I5")
def test_the_link_opens_the_form_without_any_header(desk, filed):
    desk.run_jobs()
    answer = desk.client.get(link_of(desk, filed), headers=BROWSER)
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.data == desk.ask("GET", filed, "/form.pdf").data
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert filed.no not in link_of(desk, filed)


def test_its_token_opens_nothing_else(desk, filed):
    token = link_of(desk, filed).rpartition("/")[2]
    for path in ("", "/form.pdf"):
        assert desk.ask("GET", filed, path, code=token).status_code == 404
    assert desk.ask("DELETE", filed, code=token).status_code == 404


def test_a_link_is_over_after_ten_days_and_says_so_as_a_page(desk, filed, later):
    later(days=9, hours=23)
    assert desk.client.get(link_of(desk, filed)).status_code == 200
    later.on(hours=2)
    answer = desk.client.get(link_of(desk, filed), headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "đã hết hạn" in answer.text
    assert "Lê Gia Bảo" not in answer.text
    desk.sweep()
    assert desk.value(sa.select(sa.func.count()).select_from(FormLink)) == 0


def test_a_wrong_token_opens_nothing(desk, filed):
    for token in ("ABCDEFGHJKLMNPQR", filed.no, "x" * 4000, "%00"):
        assert desk.client.get(f"/registration/forms/{token}").status_code in (400, 404)


@pytest.mark.rule("I6")
def test_the_link_goes_with_the_declarations_data(desk, filed):
    link = link_of(desk, filed)
    assert desk.ask("DELETE", filed).status_code == 204
    answer = desk.client.get(link)
    assert answer.status_code == 404
    assert desk.value(sa.select(sa.func.count()).select_from(FormLink)) == 0


def test_whoever_has_a_number_by_sms_gets_no_link(desk):
    desk.submitted()
    [told] = desk.facts("declaration_submitted")
    assert told.body["sealed_form_link"] is None


def test_without_a_key_to_seal_with_there_is_no_link(make_desk, form):
    desk = make_desk(seal_public_key=None)
    dossier = desk.create(form.child, token=GUARDIAN)
    assert desk.submit(dossier).status_code == 202
    [told] = desk.facts("declaration_submitted")
    assert told.body["sealed_form_link"] is None
