"""Corrections, letters and pictures, through HTTP, broker and databases of all services."""

import io
from typing import Any

import pypdf
import pytest

from playground.citizen import PICTURES, Dossier, form
from playground.stage import Stage
from services.chassis.calendar import VIETNAM


def says(dossier: Dossier) -> str:
    """What the form says now."""
    pdf: Any = dossier.call("GET", "/form.pdf")
    return " ".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def today(stage: Stage) -> str:
    return f"{stage.now.astimezone(VIETNAM):%Y-%m-%d}"


@pytest.mark.rule("V3", "I5")
def test_what_an_officer_corrects_is_printed_anew_signed_again_and_is_what_the_account_shows(stage: Stage) -> None:
    citizen = stage.citizen()
    human = citizen.human
    dossier = citizen.files(form(human, contact={"email": "sai@example.vn"}))
    citizen.inbox.until(dossier.no)
    officer = stage.staff("approver", "79")
    officer.receives(dossier.no)
    officer.adds(dossier.no, "signed_form")
    standing = officer.corrects(dossier.no, email="dung@example.vn")
    assert standing["missing"] == ["signed_form"]
    assert officer.decides(dossier.no, expect=409)["missing"] == ["signed_form"]

    def made_anew(text: str) -> bool:
        return "dung@example.vn" in text and "thay cho mọi bản trước" in text

    stage.web.until(lambda: says(dossier), made_anew, f"the form of {dossier.no} made anew")
    officer.adds(dossier.no, "signed_form", content=None)
    officer.decides(dossier.no)
    dossier.until("activated")
    first = citizen.inbox.first_password()
    account = stage.account(human)
    account.sign_in(first)
    account.changes_password(first, "Sửa-tờ-khai-2026")
    assert account.me()["email"] == "dung@example.vn"


@pytest.mark.rule("I12")
def test_what_is_filed_by_post_becomes_an_account_and_nobody_comes(stage: Stage) -> None:
    citizen = stage.citizen()
    dossier = citizen.files(form(citizen.human, filing="post"), pictures=())
    told = citizen.inbox.until(dossier.no)
    assert "qua buu dien" in told.text
    assert "den co quan" not in told.text
    assert "qua bưu chính công ích" in says(dossier)

    officer = stage.staff("approver", "48")
    officer.opens_letter(dossier.no, today(stage))
    dossier.until("received")
    officer.scans(dossier.no, *PICTURES, "signed_form")
    officer.decides(dossier.no)  # the phone is the one that HGĐ has
    officer.until(dossier.no, "approved")
    dossier.until("activated")
    assert citizen.inbox.first_password()


@pytest.mark.rule("I12")
def test_a_letter_that_proves_nothing_is_held_and_the_person_is_asked_to_come(stage: Stage) -> None:
    stranger = stage.citizen(stage.stranger())
    stage.directory_learns(stranger.human)  # HGĐ has no phone of this person
    dossier = stranger.files(form(stranger.human, filing="post"), pictures=())
    officer = stage.staff("approver", "48")
    officer.opens_letter(dossier.no, today(stage))
    officer.scans(dossier.no, *PICTURES, "signed_form")
    officer.decides(dossier.no)
    assert officer.until(dossier.no, "identity_unproved")["missing"] == ["id_shown"]
    anywhere = stage.staff("approver", "01")
    officer.releases(dossier.no)
    anywhere.receives(dossier.no)
    anywhere.decides(dossier.no)
    dossier.until("activated")


@pytest.mark.rule("V3")
def test_one_picture_stands_for_one_paper_at_the_portal_and_at_the_console(stage: Stage) -> None:
    from playground.pictures import photo

    citizen = stage.citizen()
    dossier = citizen.drafts(pictures=())
    one = photo("portrait", "the same")
    dossier.attach("portrait", one)
    assert dossier.attach("id_front", one, expect=422)["stands_for"] == "portrait"
    dossier.submit()
    officer = stage.staff("officer", "01")
    officer.receives(dossier.no)
    stage.web.until(lambda: officer.opens(dossier.no)["attachments"], bool, "the portrait at the console")
    assert officer.adds(dossier.no, "id_back", one, expect=422)["stands_for"] == "portrait"


@pytest.mark.rule("I14")
def test_the_empty_form_is_there_for_anybody(stage: Stage) -> None:
    assert stage.web.call("GET", "/registration/form01/blank.pdf").startswith(b"%PDF")
