"""Who may do what, and that it is written down (V11, V13, A12)."""

import pytest

from playground.account import Account, until_status
from playground.inbox import Inbox
from playground.stage import ADMIN, STAFF_PASSWORD, Stage


@pytest.mark.rule("V11")
def test_an_officer_may_receive_and_add_but_not_decide(stage: Stage) -> None:
    dossier = stage.citizen().files()
    officer = stage.staff("officer", "79")
    officer.receives(dossier.no)
    officer.adds(dossier.no, "signed_form")
    officer.decides(dossier.no, id_shown=True, expect=403)
    officer.releases(dossier.no)
    stage.staff("director", "79").decides(dossier.no, id_shown=True)
    dossier.until("activated")


@pytest.mark.rule("V11", "A12")
@pytest.mark.parametrize("role", ["support", "board", "admin"])
def test_those_who_only_watch_decide_nothing(stage: Stage, role: str) -> None:
    dossier = stage.citizen().files()
    stage.staff("officer", "79").until_here(dossier.no)
    watcher = stage.officer(ADMIN) if role == "admin" else stage.staff(role, board="cntt" if role == "board" else "")
    watcher.call("POST", f"/{dossier.no}/receive", json={"id_shown": True}, expect=403)
    watcher.decides(dossier.no, id_shown=True, expect=403)


@pytest.mark.rule("V11")
def test_strangers_and_citizens_see_no_case(stage: Stage) -> None:
    dossier = stage.citizen().files()
    account = stage.registered()
    stage.staff("officer", "79").until_here(dossier.no)
    for token, status in ((None, 401), ("x.y.z", 401), (account.token, 403)):
        stage.web.call("GET", "/verification/cases", token=token, expect=status)
        stage.web.call("GET", f"/verification/cases/{dossier.no}", token=token, expect=status)
    # and nobody sees a declaration by its number alone
    dossier.call("GET", tracking=None, expect=(401, 403, 404))
    dossier.call("GET", tracking="khong-phai-ma-nay", expect=(401, 403, 404))
    dossier.call("GET", tracking=None, token=account.token, expect=(401, 403, 404))


@pytest.mark.rule("V6", "V13")
def test_two_officers_do_not_work_on_one_dossier_and_each_step_is_written_down(stage: Stage) -> None:
    dossier = stage.citizen().files()
    first, second = stage.staff("approver", "79"), stage.staff("approver", "01")
    first.until_here(dossier.no)
    first.claims(dossier.no)
    problem = second.claims(dossier.no, expect=409)
    assert "approver.79" in str(problem) or "Cán bộ Kiểm Thử" in str(problem) or "79" in str(problem)
    second.decides(dossier.no, "invalid", reason_code="id_differs", reason="Giấy tờ khác tờ khai.", expect=409)
    first.releases(dossier.no)
    second.approves_at_the_counter(dossier.no)
    second.until(dossier.no, "approved")
    steps = [(step["action"], step["office_code"]) for step in second.history(dossier.no)]
    expected = [("opened", None), ("claimed", "79"), ("released", "79"), ("received", "01"), ("supplemented", "01")]
    expected += [("assessed_valid", "01"), ("hgd_answered", None), ("approved", None)]
    assert [step for step in steps if step in expected] == expected, steps


@pytest.mark.rule("V1")
def test_the_work_list_is_searched_by_number_code_status_and_office(stage: Stage) -> None:
    citizen = stage.citizen()
    dossier = citizen.files()
    officer = stage.staff("officer", "79")
    officer.until_here(dossier.no)
    for search in ({"dossier_no": dossier.no, "status": "new"}, {"dossier_no": dossier.no, "office": "01"}):
        assert [case["dossier_no"] for case in officer.finds(**search)] == [dossier.no], search
    by_header = officer.call("GET", "", headers={"X-Bhxh-Code": citizen.human.bhxh_code})["items"]
    assert [case["dossier_no"] for case in by_header] == [dossier.no]
    assert officer.finds(dossier_no=dossier.no, status="approved") == []
    assert officer.finds(dossier_no=dossier.no, office="79") == []


@pytest.mark.rule("A12", "V11")
def test_a_director_hires_within_the_own_province_only_and_whoever_leaves_is_out(stage: Stage) -> None:
    director = stage.staff("director", "79")
    body = {
        "username": "moi.79",
        "full_name": "Cán bộ Mới",
        "phone": "+84901555001",
        "role": "officer",
        "reason": "Tuyển mới",
    }
    elsewhere = body | {"office": "01", "province": "01"}
    stage.web.call("POST", "/accounts/staff", token=director.token, json=elsewhere, expect=403)
    for office in ("999", "01"):  # one that there is not, one of another province
        outside = body | {"office": office, "province": "79"}
        stage.web.call("POST", "/accounts/staff", token=director.token, json=outside, expect=422)
    made = stage.web.call(
        "POST", "/accounts/staff", token=director.token, json=body | {"office": "79", "province": "79"}, expect=201
    )
    account = Account(stage.web, "moi.79", Inbox(stage.web, "+84901555001"))
    path, why = f"/accounts/staff/{made['id']}/sheet", {"reason": "Cán bộ mới"}
    sheet = stage.web.call("POST", path, token=director.token, json=why, expect=201)
    account.begins_with_a_sheet(STAFF_PASSWORD, sheet["code"])
    stage.web.call("GET", "/verification/cases", token=account.token, expect=403)
    assert account.enrols_a_passkey()["token"]["role"] == "officer"
    stage.web.call("GET", "/verification/cases", token=account.token)
    stage.web.call(
        "PATCH",
        f"/accounts/staff/{made['id']}",
        token=director.token,
        json={"active": False, "reason": "nghỉ việc"},
        expect=(200, 204),
    )
    account.until_refused()
    until_status(stage.web, 401, "/verification/cases", account.token)
    account.sign_in(STAFF_PASSWORD, expect=401)
