"""Form 01 as PDF and the pictures that come with a declaration, by claim check. On both databases."""

import hashlib
import io
from datetime import datetime

import pytest
from PIL import Image

from services.chassis.documents import StoreUnavailable
from services.chassis.text import citations
from services.registration.form01 import layout
from tests.integration.registration.desk import words


@pytest.mark.rule("I5")
def test_the_form_is_made_after_submission_kept_and_told(desk):
    dossier = desk.submitted()
    desk.run_jobs()
    [told] = desk.facts("attachment_added")
    kept = told.body["attachment"]
    assert (kept["kind"], kept["content_type"]) == ("form_pdf", "application/pdf")
    assert told.body["full_name"] == "Nguyễn Thành Biên"
    assert told.body["contact"]["email"] == "biennt@vss.gov.vn"
    stored = desk.documents.get(kept["document_id"], sha256=kept["sha256"])
    answer = desk.ask("GET", dossier, "/form.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert answer.data == stored
    for text in (dossier.no, "0113099841", "Nguyễn Thành Biên"):
        assert text in words(answer.data)


@pytest.mark.rule("I5")
def test_the_form_can_be_opened_before_the_kept_one_is_there(desk):
    dossier = desk.create()
    draft = desk.ask("GET", dossier, "/form.pdf")
    desk.submit(dossier)
    submitted = desk.ask("GET", dossier, "/form.pdf")
    for answer in (draft, submitted):
        assert answer.status_code == 200
        assert "Nguyễn Thành Biên" in words(answer.data)
    assert "chưa nộp" in words(draft.data)
    assert dossier.no in words(submitted.data)
    assert desk.facts("attachment_added") == []


@pytest.mark.rule("I1")
def test_the_form_cites_the_decree_of_the_day_of_submission_although_another_has_replaced_it_since(desk, later, monkeypatch):
    entry = '[[citation]]\nid = "{0}"\nvi = "{1}"\nen = "{1}"\ntitle = "{1}"\nvalid_from = {2}\n'
    kept = citations.read(
        entry.format("form-01", "Mẫu chung", "2020-01-01")
        + entry.format("form-01-basis", "Nghị định cũ", "2020-01-01")
        + entry.format("form-01-basis", "Nghị định mới", "2027-03-01")
    )
    monkeypatch.setattr(layout, "cite", lambda id_, on: citations.in_force(kept[id_], on))
    later.to(datetime.fromisoformat("2027-02-28T23:59:00+07:00"))
    dossier, draft = desk.submitted(), desk.create(subject={"bhxh_code": "0125123456"})
    later.to(datetime.fromisoformat("2027-03-01T00:01:00+07:00"))
    assert "Theo Nghị định cũ, cơ quan" in words(desk.ask("GET", dossier, "/form.pdf").data)
    assert "Theo Nghị định mới, cơ quan" in words(desk.ask("GET", draft, "/form.pdf").data)
    assert "Theo Nghị định mới, cơ quan" in words(desk.client.get("/registration/form01/blank.pdf").data)


def test_the_form_is_told_with_a_higher_revision_than_the_submission(desk):
    desk.submitted()
    desk.run_jobs()
    assert [fact.headers["cloudEvents:revision"] for fact in desk.facts()] == [1, 2]


def test_a_form_that_is_ready_only_after_the_declaration_was_withdrawn_is_deleted_again(desk, monkeypatch):
    dossier = desk.submitted()
    put = desk.documents.put

    def put_while_withdrawing(*args):
        document = put(*args)
        assert desk.ask("DELETE", dossier).status_code == 204
        return document

    monkeypatch.setattr(desk.documents, "put", put_while_withdrawing)
    desk.run_jobs()
    assert len(desk.documents) == 0
    assert desk.facts("attachment_added") == []


def test_a_picture_is_written_anew_and_kept_by_claim_check(desk, form):
    dossier = desk.create()
    camera = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a telephone"
    Image.new("RGB", (80, 60), "red").save(camera, "JPEG", exif=exif)
    answer = desk.put(dossier, "portrait", camera.getvalue())
    assert answer.status_code == 200
    assert set(answer.json) == {"kind", "sha256", "size", "content_type"}
    desk.submit(dossier)
    [kept] = desk.facts()[0].body["attachments"]
    content = desk.documents.get(kept["document_id"])
    assert hashlib.sha256(content).hexdigest() == answer.json["sha256"] == kept["sha256"]
    assert b"a telephone" not in content
    assert desk.status(dossier)["attachments"] == ["portrait"]


def test_another_picture_of_a_kind_takes_the_place_of_the_first_which_is_deleted(desk, form):
    dossier = desk.create()
    desk.put(dossier, "id_front", form.picture(colour="red"))
    second = desk.put(dossier, "id_front", form.picture(colour="green")).json
    desk.run_jobs()
    assert len(desk.documents) == 1
    assert desk.row(dossier).attachments["id_front"]["sha256"] == second["sha256"]


def test_what_was_told_already_is_deleted_an_hour_after_it_was_replaced(desk, form, later):
    dossier = desk.create()
    desk.put(dossier, "id_front", form.picture(colour="red"))
    desk.submit(dossier)
    answer = desk.put(dossier, "id_front", form.picture(colour="green"))
    assert answer.status_code == 200
    [told] = desk.facts("attachment_added")
    assert told.body["attachment"]["sha256"] == answer.json["sha256"]
    assert len(desk.documents) == 2
    desk.run_jobs(until=lambda: len(desk.facts("attachment_added")) == 3)  # the form was made twice
    later(hours=21)
    desk.run_jobs()
    assert len(desk.documents) == 2  # the new picture, and the form


@pytest.mark.rule("V3")
def test_one_picture_cannot_be_sent_for_two_papers(desk, form):
    dossier = desk.create()
    assert desk.put(dossier, "portrait", form.picture(colour="red")).status_code == 200
    answer = desk.put(dossier, "id_front", form.picture(colour="red"))
    assert (answer.status_code, answer.json["type"]) == (422, "urn:vss:problem:same-picture")
    assert (answer.json["stands_for"], answer.json["errors"][0]["field"]) == ("portrait", "kind")
    assert "mỗi giấy tờ cần ảnh riêng" in answer.json["detail"]
    assert desk.status(dossier)["attachments"] == ["portrait"]
    assert len(desk.documents) == 1
    assert desk.put(dossier, "portrait", form.picture(colour="red")).status_code == 200


@pytest.mark.parametrize(
    ("kind", "content", "content_type", "status", "name"),
    [
        ("passport_page", None, "image/jpeg", 404, "not-found"),
        ("form_pdf", None, "application/pdf", 404, "not-found"),
        ("portrait", b"", "image/jpeg", 422, "empty-file"),
        ("portrait", b"not a picture", "image/jpeg", 415, "type-not-allowed"),
        ("portrait", b"%PDF-1.4 x", "image/jpeg", 415, "type-not-allowed"),
        ("portrait", b"\xff\xd8\xff" + b"x" * 50, "image/jpeg", 422, "corrupt-file"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_name(lite, kind, content, content_type, status, name):
    dossier = lite.create()
    answer = lite.put(dossier, kind, content, content_type)
    assert answer.status_code == status
    assert answer.json["type"] == f"urn:vss:problem:{name}"
    assert len(lite.documents) == 0


def test_a_file_is_bounded_before_it_is_decoded(make_desk, form):
    desk = make_desk(attachment_max_bytes=2048, attachment_max_pixels=10_000)
    dossier = desk.create()
    assert desk.put(dossier, content=b"\xff\xd8\xff" + b"x" * 4096).status_code == 413
    assert desk.put(dossier, content=form.picture("PNG", (200, 200))).status_code == 200
    (document_id,) = desk.documents.list_ids()
    assert Image.open(io.BytesIO(desk.documents.get(document_id))).size == (100, 100)


def test_a_signed_form_may_be_a_scan_as_pdf(lite):
    dossier = lite.create()
    pdf = lite.ask("GET", dossier, "/form.pdf").data
    assert lite.put(dossier, "signed_form", pdf, "application/pdf").status_code == 200


def test_a_store_that_is_away_is_told_as_passing_and_keeps_nothing(desk):
    desk.app.testing = False
    dossier = desk.create()
    desk.documents.fail_with = StoreUnavailable("no space")
    assert desk.put(dossier).status_code == 503
    assert desk.status(dossier)["attachments"] == []


def test_pictures_are_not_taken_any_more_once_an_officer_has_the_dossier(desk):
    dossier = desk.submitted()
    desk.hear("case_received", dossier)
    answer = desk.put(dossier)
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:vss:problem:attachments-closed"
    assert len(desk.documents) == 0
