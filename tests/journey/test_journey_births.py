"""HGĐ's date of birth, from the directory to the person's phone (V7), and reasons that must be true (V4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground.citizen import child_form
from playground.stage import Stage


@pytest.mark.rule("V7")
def test_another_date_of_birth_is_told_to_the_person_and_mended_at_the_counter(stage: Stage) -> None:
    known = stage.human()
    citizen = stage.citizen(replace(known, date_of_birth="1901-02-03"))
    dossier = citizen.files()
    officer = stage.staff("approver", "79")
    officer.until_here(dossier.no)
    advice = officer.web.until(lambda: officer.opens(dossier.no).get("hgd_advice"), bool, "HGĐ's advice")
    assert (advice["outcome"], advice["date_of_birth"]) == ("birth_differs", known.date_of_birth)
    officer.approves_at_the_counter(dossier.no)
    case = officer.until(dossier.no, "birth_differs")
    assert (case["subject"]["date_of_birth"], case["hgd"]["date_of_birth"]) == ("1901-02-03", known.date_of_birth)
    sms = citizen.inbox.until(dossier.no, "ngay sinh khac").text
    assert "Mang CCCD" in sms
    assert "gan nhat" in sms
    assert "birth_not_in_hgd" in {each["code"] for each in case["reasons"] if each["available"]}


@pytest.mark.rule("V7")
@pytest.mark.parametrize("born", [1987, "00/00/1987", None, "không rõ"])
def test_an_odd_record_of_one_person_holds_up_neither_them_nor_anybody_else(stage: Stage, born: object) -> None:
    odd = replace(stage.stranger(), date_of_birth="1987-05-19")
    stage.directory_learns(odd, date_of_birth=born, sex=["?"])
    dossier = stage.citizen(odd).files()
    stage.staff("approver", "79").approves_at_the_counter(dossier.no)
    dossier.until("activated")


@pytest.mark.rule("V7", "V9")
def test_a_guardian_cannot_file_a_person_born_in_1959_as_a_child(stage: Stage) -> None:
    parent, child = stage.family()
    account = stage.registered(parent)
    stage.directory_learns(child, date_of_birth="02/03/1959")
    body = child_form(
        child,
        route="guardian",
        channel="app",
        guardian={"full_name": parent.full_name, "relationship": "father", "phone": parent.phone},
    )
    guardian = stage.citizen(parent)
    dossier = guardian.files(body, pictures=("portrait", "birth_certificate"), token=account.token)
    officer = stage.staff("approver", "01")
    officer.until_here(dossier.no)
    officer.decides(dossier.no)
    assert officer.until(dossier.no, "birth_differs")["hgd"]["outcome"] == "adult"
    assert guardian.inbox.until(dossier.no, "ngay sinh khac")
    officer.decides(dossier.no, "invalid", reason_code="not_a_child")
    dossier.until("rejected")


@pytest.mark.rule("V4")
def test_missing_papers_are_no_reason_under_any_other_name(stage: Stage) -> None:
    dossier = stage.citizen().files(pictures=())
    officer = stage.staff("approver", "79")
    officer.until_here(dossier.no)
    officer.decides(dossier.no, "invalid", reason_code="other", reason="Thiếu ảnh chân dung", expect=422)
    officer.decides(dossier.no, "invalid", reason_code="not_signed", expect=409)
    officer.receives(dossier.no)
    problem = officer.decides(dossier.no, "invalid", reason_code="id_differs", reason="Đề nghị đến BHXH Hà Nội", expect=422)
    assert problem["another_office"] == ["đến BHXH Hà Nội"]
    shown = officer.opens(dossier.no)["reasons"]
    assert {each["code"]: each["available"] for each in shown}["other"] is False
    officer.decides(dossier.no, "invalid", reason_code="id_differs", reason="Mời ông đến cơ quan BHXH gần nhất.")
    dossier.until("rejected")
