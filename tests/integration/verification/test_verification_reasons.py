"""A dossier is not sent back for missing papers, whatever reason or words it wears (V4; 702 §2)."""

from datetime import date
from typing import Any

import pytest

from services.verification.directory.births import Birth
from services.verification.directory.port import Answer
from tests.integration.verification.desk import CHILD, CODE, NO, Desk, attachment, dossier_no
from tests.stand.wordings import wordings

pytestmark = pytest.mark.rule("V4")

WORDS = "urn:vss:problem:words-refused"


def rejected(desk: Desk, code: str, words: str | None = None, no: str = NO, **data: Any) -> tuple[int, str]:
    body = {"outcome": "invalid", "reason_code": code, "reason": words, **data}
    answer = desk.ask("POST", f"/{no}/decision", json=body)
    return answer.status_code, answer.json.get("type", "").rpartition(":")[2]


def test_a_dossier_without_its_pictures_is_not_rejected_under_another_name(bureau: Desk) -> None:
    bureau.submit()
    told = len(bureau.told())
    assert rejected(bureau, "other", "Thiếu ảnh chân dung") == (422, "no-ground-for-rejection")
    assert rejected(bureau, "other", "Lý do khác, xem quy định") == (422, "no-ground-for-rejection")
    assert rejected(bureau, "wrong_data", "Hồ sơ chưa đúng quy định") == (422, "no-ground-for-rejection")
    assert rejected(bureau, "id_differs") == (422, "no-ground-for-rejection")
    assert rejected(bureau, "not_signed") == (409, "reason-not-available")
    assert rejected(bureau, "not_the_person") == (409, "reason-not-available")
    assert rejected(bureau, "name_not_in_hgd") == (409, "reason-not-available")
    assert rejected(bureau, "already_registered") == (409, "reason-not-available")
    assert bureau.reasons() == set()
    assert (bureau.case()["status"], len(bureau.told())) == ("new", told), "a refusal changes nothing"
    bureau.advise()
    assert bureau.case()["hgd_advice"]["outcome"] == "match"
    assert bureau.ask("POST", f"/{NO}/receive", json={}).status_code == 200
    assert rejected(bureau, "wrong_data", "Hồ sơ chưa đúng quy định") == (422, "no-ground-for-rejection")
    assert bureau.reasons() == {"not_the_person", "not_signed"}, "HGĐ's answer shows nothing wrong; the person has come"


@pytest.mark.rule("V9")
def test_a_guardians_dossier_without_a_birth_certificate_is_not_rejected_after_hgd_agreed(bureau: Desk) -> None:
    record = Answer(found=True, full_name=str(CHILD["full_name"]), birth=Birth.exact(date(2019, 3, 2)))
    bureau.hgd.people[str(CHILD["bhxh_code"])] = record
    bureau.submit_child(NO, pictures=[attachment("portrait")])
    bureau.advise()
    assert rejected(bureau, "wrong_data", "Hồ sơ chưa đúng quy định") == (422, "no-ground-for-rejection")
    assert bureau.reasons() == set()


def test_the_refusal_is_the_sentence_of_the_law_in_both_languages(quick: Desk) -> None:
    quick.submit()
    problem = quick.decide(outcome="invalid", reason_code="other", reason="Không duyệt được").json
    assert "Không trả lại hồ sơ thiếu ảnh" in problem["detail"]
    assert "702/BHXH-CNTT" in problem["detail"]
    assert "not sent back for missing pictures" in problem["detail_en"]
    assert problem["condition"] == "pictures_missing"


@pytest.mark.rule("V9")
def test_a_birth_certificate_that_is_not_there_is_not_unreadable(bureau: Desk) -> None:
    bureau.submit_child()
    bureau.submit_child(bare := dossier_no(2), pictures=[attachment("portrait")])
    assert rejected(bureau, "birth_certificate_unreadable", no=bare) == (422, "no-ground-for-rejection")
    assert rejected(bureau, "birth_certificate_unreadable") == (202, "")


def test_reasons_become_available_as_the_dossier_is_looked_at_and_the_case_lists_them(bureau: Desk) -> None:
    bureau.submit()
    bureau.see_id()
    assert bureau.reasons() == {"id_differs", "id_not_valid", "not_the_person", "not_signed", "wrong_data"}
    (other,) = (each for each in bureau.case()["reasons"] if each["code"] == "other")
    assert other["why_not"]["code"] == "pictures_missing"
    assert other["why_not"]["vi"] != other["why_not"]["en"]
    bureau.complete()
    assert "other" in bureau.reasons()
    bureau.reject()
    assert bureau.case()["reasons"] == []


@pytest.mark.rule("I8")
def test_already_registered_needs_an_approved_registration_that_was_not_stopped(bureau: Desk) -> None:
    bureau.submit(first := dossier_no(1))
    bureau.approve(first)
    bureau.submit(second := dossier_no(2))
    bureau.see_id(second)
    assert "already_registered" in bureau.reasons(second)
    bureau.submit(stop := dossier_no(3), kind="stop", route="counter", expires_at=None)
    bureau.see_id(stop)
    bureau.put("signed_form", stop, "approver:lan:79")
    assert bureau.decide(stop).status_code == 202
    bureau.look_up()
    assert bureau.case(stop)["status"] == "approved"
    assert "already_registered" not in bureau.reasons(second)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Thiếu ảnh chân dung", {"missing_papers": ["Thiếu ảnh"], "another_office": []}),
        ("Đề nghị đến BHXH Hà Nội", {"missing_papers": [], "another_office": ["đến BHXH Hà Nội"]}),
        ("lien he noi tham gia de sua", {"missing_papers": [], "another_office": ["lien he noi tham gia"]}),
    ],
)
def test_words_that_the_law_forbids_are_refused_and_quoted(bureau: Desk, words: str, found: dict[str, list[str]]) -> None:
    bureau.submit()
    bureau.see_id()
    answer = bureau.decide(outcome="invalid", reason_code="id_differs", reason=words)
    assert (answer.status_code, answer.json["type"]) == (422, WORDS)
    assert {name: answer.json[name] for name in found} == found
    assert "702" in answer.json["detail"]
    assert bureau.case()["status"] == "received"


@pytest.mark.parametrize(
    "words",
    [
        "Số CCCD khác với tờ khai; mời ông đến cơ quan BHXH gần nhất hoặc gọi 1900 9068.",
        "Thẻ căn cước hết hạn, đề nghị ông đến công an phường nơi cư trú để cấp đổi.",
    ],
)
def test_lawful_words_are_sent_as_they_are(bureau: Desk, words: str) -> None:
    bureau.submit()
    assert bureau.reject(reason=words).status_code == 202
    (told,) = bureau.told("declaration_rejected")
    assert (told["reason"], told["insisted"]) == (words, False)


def test_of_all_collected_wordings_the_unlawful_are_refused_and_the_lawful_are_not(bureau: Desk) -> None:
    bureau.submit()
    bureau.see_id()
    sent = [
        words
        for words in wordings("another_office") + wordings("missing_papers")
        if rejected(bureau, "id_differs", words) != (422, "words-refused")
    ]
    assert sent == []
    refused = []
    for number, words in enumerate(wordings("lawful"), start=2):
        bureau.submit(no := dossier_no(number))
        bureau.see_id(no)
        if rejected(bureau, "id_differs", words, no) != (202, ""):
            refused.append(words)
    assert refused == []


def test_an_approver_may_insist_on_words_with_a_reason_which_is_kept_told_and_searched_for(bureau: Desk) -> None:
    bureau.submit()
    bureau.see_id()
    words, why = "Chưa có ảnh CCCD bản mới", "Người dân yêu cầu ghi rõ như vậy"
    for unexplained in ("", "         x", "xxxxxxxxxxxxxxx"):
        assert rejected(bureau, "id_differs", words, insists_because=unexplained)[0] == 422
    assert rejected(bureau, "id_differs", words, insists_because=why) == (202, "")
    case = bureau.case()
    assert (case["reason"], case["insisted_because"]) == (words, why)
    (told,) = bureau.told("declaration_rejected")
    assert told["insisted"] is True
    assert '"insisted": true' in told["_public"].replace('":true', '": true')
    assert "insisted_on_words" in bureau.actions()
    assert why not in str([entry.details for entry in bureau.history()]), "an officer's words may name people"
    bureau.submit(second := dossier_no(2))
    found = [each["dossier_no"] for each in bureau.ask("GET", "?insisted=true").json["items"]]
    assert found == [NO]
    assert [each["dossier_no"] for each in bureau.ask("GET", "?insisted=false").json["items"]] == [second]


def test_nobody_may_insist_on_a_condition(quick: Desk) -> None:
    quick.submit()
    assert rejected(quick, "other", "Thiếu ảnh", insists_because="Giám đốc đã đồng ý") == (422, "no-ground-for-rejection")


def test_insisting_without_need_is_not_reported(quick: Desk) -> None:
    quick.submit()
    assert quick.reject(insists_because="Không cần thiết lắm").status_code == 202
    assert quick.case()["insisted_because"] is None
    assert quick.told("declaration_rejected")[0]["insisted"] is False


@pytest.mark.rule("V7")
def test_a_reason_that_speaks_of_hgd_needs_hgd_to_have_said_so(quick: Desk) -> None:
    quick.hgd.people[CODE] = Answer(found=True, full_name="Trần Văn Khác", birth=Birth(1960))
    quick.submit()
    assert rejected(quick, "name_not_in_hgd") == (409, "reason-not-available")
    quick.ask("POST", f"/{NO}/receive", json={})
    quick.advise()
    assert {"name_not_in_hgd", "birth_not_in_hgd"} <= quick.reasons()
    assert "code_not_in_hgd" not in quick.reasons()
    assert rejected(quick, "name_not_in_hgd") == (202, "")
