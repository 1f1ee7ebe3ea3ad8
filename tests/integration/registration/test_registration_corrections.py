"""What officers correct and add reaches the form; the form of before cannot be mistaken for it (V3)."""

import io
import re

import pypdf
import pytest

from services.chassis import clock
from services.registration.declarations.parts import EXAMPLE_CONTACT
from services.registration.form01.wording import KINDS
from services.verification.events import DeclarationCorrected, DocumentSupplemented
from tests.integration.registration.desk import words


def pictures(pdf):
    return sum(len(page.images) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def corrected(desk, dossier, *, at=None, kind=None, **subject):
    body = DeclarationCorrected.example
    desk.hear(
        "declaration_corrected",
        dossier,
        kind=kind,
        subject=body["subject"] | subject,
        contact=EXAMPLE_CONTACT,
        corrected_at=(at or clock.now()).isoformat(),
    )


def is_crossed(desk, dossier, kind):
    """Whether the form has the day at this kind, which it has at the chosen one alone."""
    text = re.sub(r"\s", "", words(desk.ask("GET", dossier, "/form.pdf").data))
    return re.sub(r"\s", "", f"{KINDS[kind]} từ ngày") in text


def makes(desk, forms):
    """Run the jobs until so many forms were told; what was replaced waits to be deleted."""
    desk.run_jobs(until=lambda: len(told_forms(desk)) == forms)


def told_forms(desk):
    return [fact.body for fact in desk.facts("attachment_added") if fact.body["attachment"]["kind"] == "form_pdf"]


@pytest.mark.rule("V3")
def test_a_correction_makes_the_form_anew_and_the_old_one_is_void(desk):
    dossier = desk.create()
    signed = desk.ask("GET", dossier, "/form.pdf").data
    desk.put(dossier, "signed_form", signed, "application/pdf")
    desk.submit(dossier)
    desk.run_jobs()
    corrected(desk, dossier, full_name="Nguyễn Thành Biển", date_of_birth="1987-06-19")

    assert "signed_form" not in desk.status(dossier)["attachments"]
    at_once = desk.ask("GET", dossier, "/form.pdf").data
    assert "Nguyễn Thành Biển" in words(at_once), "never the old form, not even while the new one is being made"
    makes(desk, 2)
    first, second = told_forms(desk)
    assert (first["made_for"], second["made_for"]) == ("submission", "correction")
    assert first["corrected_at"] is None
    assert second["corrected_at"] is not None
    made = desk.ask("GET", dossier, "/form.pdf").data
    assert made == desk.documents.get(second["attachment"]["document_id"])
    assert "đính chính lúc" in words(made)
    assert "19/06/1987" in words(made)
    assert second["full_name"] == "Nguyễn Thành Biển"


@pytest.mark.rule("V3", "I6")
def test_a_void_form_is_deleted_within_a_day(desk, later):
    dossier = desk.submitted()
    desk.run_jobs()
    corrected(desk, dossier, full_name="Nguyễn Thành Biển")
    makes(desk, 2)
    later(hours=21)
    desk.run_jobs()
    assert len(desk.documents) == 1


@pytest.mark.rule("V3")
def test_an_older_correction_that_comes_late_changes_nothing(desk):
    dossier = desk.submitted()
    now = clock.now()
    corrected(desk, dossier, at=now, full_name="Nguyễn Thành Biển")
    corrected(desk, dossier, at=now.replace(year=now.year - 1), full_name="Nguyễn Thành Biện")
    assert desk.row(dossier).subject["full_name"] == "Nguyễn Thành Biển"


@pytest.mark.rule("V3")
def test_a_form_drawn_from_what_was_corrected_meanwhile_is_thrown_away(desk, monkeypatch):
    dossier = desk.submitted()
    put = desk.documents.put
    corrections: list[object] = []

    def put_while_correcting(*args):
        document = put(*args)
        if not corrections:
            corrections.append(document)
            corrected(desk, dossier, full_name="Nguyễn Thành Biển")
        return document

    monkeypatch.setattr(desk.documents, "put", put_while_correcting)
    makes(desk, 2)
    for told in told_forms(desk):
        assert "Nguyễn Thành Biển" in words(desk.documents.get(told["attachment"]["document_id"]))
    assert {told["made_for"] for told in told_forms(desk)} == {"submission", "correction"}


@pytest.mark.rule("V3", "I8")
def test_a_corrected_code_counts_from_now_on_unless_it_has_an_open_registration(desk):
    dossier = desk.submitted()
    corrected(desk, dossier, bhxh_code="0113099842")
    assert desk.row(dossier).bhxh_code == "0113099842"
    other = desk.submitted()  # the code that was wrong is free again
    corrected(desk, other, bhxh_code="0113099842")
    row = desk.row(other)
    assert (row.subject["bhxh_code"], row.bhxh_code) == ("0113099842", "0113099841")


@pytest.mark.rule("I11", "I8", "V12")
def test_a_registration_that_became_an_adjust_has_another_form_and_ends_as_adjusted(desk):
    desk.hear("account_activated", bhxh_code="0113099841", revision=1)
    dossier = desk.submitted()
    desk.run_jobs()
    assert "has_account" in desk.row(dossier).warnings
    assert (is_crossed(desk, dossier, "register"), is_crossed(desk, dossier, "adjust")) == (True, False)
    corrected(desk, dossier, kind="adjust")
    row = desk.row(dossier)
    assert row.kind == "adjust"
    assert "has_account" not in row.warnings
    makes(desk, 2)
    assert (is_crossed(desk, dossier, "register"), is_crossed(desk, dossier, "adjust")) == (False, True)
    desk.submitted()  # it stands in the way of no other (I8)
    desk.hear("account_adjusted", dossier, bhxh_code="0113099841", revision=2)
    assert desk.status(dossier)["status"] == "adjusted"


@pytest.mark.rule("V3", "V4")
def test_a_picture_added_later_is_in_the_form_whoever_adds_it(desk, form):
    dossier = desk.submitted()
    desk.run_jobs()
    assert pictures(desk.ask("GET", dossier, "/form.pdf").data) == 0

    desk.put(dossier, "portrait", form.picture(colour="red"))
    makes(desk, 2)
    by_citizen = desk.ask("GET", dossier, "/form.pdf").data
    assert pictures(by_citizen) == 1

    document = desk.documents.put(form.picture(size=(90, 120), colour="green"), "image/jpeg")
    attachment = DocumentSupplemented.example["attachment"]
    by_office = attachment | {"kind": "portrait", "document_id": document.document_id, "sha256": document.sha256}
    desk.hear("document_supplemented", dossier, attachment=by_office)
    makes(desk, 3)
    made = desk.ask("GET", dossier, "/form.pdf").data
    assert pictures(made) == 1
    assert made != by_citizen
    assert [told["made_for"] for told in told_forms(desk)] == ["submission", "picture", "picture"]
    assert set(desk.status(dossier)["attachments"]) == {"portrait", "form_pdf"}


@pytest.mark.rule("I6", "V4")
def test_what_an_office_added_is_not_registrations_to_delete(desk, form):
    dossier = desk.submitted()
    document = desk.documents.put(form.picture(), "image/jpeg")
    attachment = DocumentSupplemented.example["attachment"] | {
        "document_id": document.document_id,
        "sha256": document.sha256,
    }
    desk.hear("document_supplemented", dossier, attachment=attachment)
    assert desk.ask("DELETE", dossier).status_code == 204
    desk.run_jobs()
    assert desk.row(dossier).office_documents is None
    assert len(desk.documents) == 1, "verification deletes its own"


@pytest.mark.rule("I6")
def test_a_correction_of_a_withdrawn_declaration_brings_nothing_back(desk):
    dossier = desk.submitted()
    desk.ask("DELETE", dossier)
    corrected(desk, dossier, full_name="Nguyễn Thành Biển")
    desk.hear("document_supplemented", dossier)
    assert desk.row(dossier).subject is None
    assert desk.row(dossier).office_documents is None
