"""Every way a dossier can end that is no account, and how it goes on from there."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from anyascii import anyascii

from playground.citizen import form
from playground.inbox import Inbox
from playground.stage import Stage


def without_marks(name: str) -> str:
    """The same name as a telegram would have it; another one if there was nothing to take away."""
    bare = str(anyascii(name))
    assert bare != name, f"{name} has no marks"
    return bare


def with_a_word_more(name: str) -> str:
    return f"{name} Khác"


@pytest.mark.rule("V6", "V8")
def test_a_rejected_dossier_tells_the_reason_the_hotline_and_where_to_go_by_sms_and_email(stage: Stage) -> None:
    citizen = stage.citizen(replace(stage.human(), email="tu-choi@example.vn"))
    dossier = citizen.files()
    officer = stage.staff("approver", "79")
    officer.receives(dossier.no)
    officer.decides(dossier.no, "invalid", expect=422)
    officer.decides(dossier.no, "invalid", reason_code="id_differs", reason="Họ tên trên giấy tờ khác với tờ khai.")
    seen = dossier.until("rejected")
    assert "khác với tờ khai" in str(seen)
    sms = citizen.inbox.until(dossier.no, "1900")
    assert "Mat khau" not in sms.text
    by_email = Inbox(stage.web, "tu-choi@example.vn").until(dossier.no, "khác với tờ khai", channel="email")
    assert "1900" in by_email.text
    officer.until(dossier.no, "rejected")
    officer.decides(dossier.no, id_shown=True, expect=409)


@pytest.mark.rule("V4")
def test_missing_pictures_are_no_ground_for_rejection_and_the_officer_adds_them(stage: Stage) -> None:
    citizen = stage.citizen()
    dossier = citizen.files(pictures=())
    officer = stage.staff("approver", "79")
    officer.receives(dossier.no)
    for reason_code in ("missing_photos", "missing_portrait", "missing_id"):
        officer.decides(dossier.no, "invalid", reason_code=reason_code, reason="Thiếu ảnh chân dung.", expect=(409, 422))
    problem = officer.decides(dossier.no, id_shown=True, expect=(409, 422))
    assert "portrait" in str(problem)
    for kind in ("id_front", "id_back", "portrait", "signed_form"):
        officer.adds(dossier.no, kind)
    officer.decides(dossier.no, id_shown=True)
    dossier.until("activated")


@pytest.mark.rule("V3")
def test_nobody_is_approved_whose_id_was_not_shown(stage: Stage) -> None:
    dossier = stage.citizen().files()
    officer = stage.staff("approver", "79")
    officer.receives(dossier.no, id_shown=False)
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no, expect=(409, 422))
    assert officer.opens(dossier.no)["status"] == "received"


@pytest.mark.rule("V7")
def test_a_code_that_is_not_known_waits_and_is_approved_once_the_directory_knows_it(stage: Stage) -> None:
    stranger = stage.stranger()
    citizen = stage.citizen(stranger)
    dossier = citizen.files()
    officer = stage.staff("approver", "79")
    officer.approves_at_the_counter(dossier.no)
    dossier.until("code_not_found")
    officer.until(dossier.no, "code_not_found")
    assert "Mat khau" not in citizen.inbox.until(dossier.no, skip=1).text

    stage.directory_learns(stranger)
    officer.decides(dossier.no, id_shown=True)
    dossier.until("activated")
    assert stage.account(stranger).sign_in(citizen.inbox.first_password())["must_change_password"] is True


@pytest.mark.rule("V7")
@pytest.mark.parametrize(("change", "status"), [(with_a_word_more, "name_differs"), (without_marks, "name_near")])
def test_another_name_or_one_that_is_only_near_is_shown_to_the_officer_and_not_approved(
    stage: Stage, change: Callable[[str], str], status: str
) -> None:
    known = stage.human()
    written = change(known.full_name)
    dossier = stage.citizen(replace(known, full_name=written)).files()
    officer = stage.staff("approver", "79")
    officer.approves_at_the_counter(dossier.no)
    case = officer.until(dossier.no, status)
    assert known.full_name in str(case)
    assert written in str(case)
    assert dossier.status in {"received", "submitted"}
    officer.decides(dossier.no, "invalid", reason_code="name_not_in_hgd", reason="Họ tên khác với dữ liệu HGĐ.")
    dossier.until("rejected")


@pytest.mark.rule("V7")
def test_a_name_with_the_tone_mark_elsewhere_and_other_case_is_the_same_name(stage: Stage) -> None:
    known = stage.human()
    dossier = stage.citizen(replace(known, full_name=f"  {known.full_name.upper()} ".replace(" ", "  "))).files()
    stage.staff("approver", "79").approves_at_the_counter(dossier.no)
    dossier.until("activated")


@pytest.mark.rule("V7")
@pytest.mark.parametrize("mode", ["unreachable", "error"])
def test_while_the_directory_is_away_the_decision_is_kept_and_made_when_it_is_back(stage: Stage, mode: str) -> None:
    citizen = stage.citizen()
    dossier = citizen.files()
    officer = stage.staff("approver", "79")
    stage.directory_is(mode)
    try:
        officer.approves_at_the_counter(dossier.no)
        assert officer.until(dossier.no, "checking")["status"] == "checking"
        dossier.until("received")
    finally:
        stage.directory_is("none")
    dossier.until("activated", seconds=60)
    assert citizen.inbox.first_password()


@pytest.mark.rule("I4")
def test_nothing_is_sent_before_the_commitment_and_a_draft_can_be_thrown_away(stage: Stage) -> None:
    citizen = stage.citizen()
    dossier = citizen.drafts()
    dossier.call("POST", "/submit", json={"commitment": False}, expect=422)
    assert dossier.status == "draft"
    search = {"X-Bhxh-Code": citizen.human.bhxh_code}
    assert stage.staff("officer", "79").call("GET", "", headers=search)["items"] == []
    dossier.call("DELETE", expect=204)
    dossier.call("GET", expect=404)
    assert citizen.inbox.count() == 0


@pytest.mark.rule("I4")
def test_a_submitted_declaration_can_be_withdrawn_until_somebody_has_received_it(stage: Stage) -> None:
    citizen = stage.citizen()
    dossier = citizen.files()
    officer = stage.staff("approver", "79")
    officer.until_here(dossier.no)
    dossier.call("DELETE", expect=204)
    assert dossier.status == "withdrawn"
    officer.until(dossier.no, "withdrawn")
    officer.decides(dossier.no, id_shown=True, expect=409)

    second = citizen.files()
    officer.receives(second.no)
    second.until("received")
    second.call("DELETE", expect=409)


@pytest.mark.rule("I8")
def test_there_is_one_open_registration_a_code_and_none_beside_an_account(stage: Stage) -> None:
    citizen = stage.citizen()
    first, second = citizen.drafts(), citizen.drafts()
    first.submit()
    problem = second.submit(expect=409)
    assert citizen.human.bhxh_code not in str(problem)
    stage.staff("approver", "79").approves_at_the_counter(first.no)
    first.until("activated")
    body = form(citizen.human, route="counter", channel="office")
    token = stage.staff("officer", "79").token
    problem = stage.web.call("POST", "/registration/declarations", token=token, json=body, expect=409)
    assert "adjust" in str(problem)


@pytest.mark.rule("I9")
def test_an_id_number_that_looks_odd_warns_the_officer_and_blocks_nothing(stage: Stage) -> None:
    human = stage.human()
    body_number = "111349876090"  # the guide's own example, which fits no published structure
    citizen = stage.citizen(human)
    dossier = citizen.files(form(human, subject={"id_number": body_number}))
    officer = stage.staff("approver", "79")
    officer.until_here(dossier.no)
    assert "id_number" in str(officer.opens(dossier.no)["warnings"])
    officer.approves_at_the_counter(dossier.no)
    dossier.until("activated")
