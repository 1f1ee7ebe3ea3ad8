"""Work list, search and documents over HTTP; what nobody meant gets a problem (V1, V5)."""

from datetime import timedelta
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.chassis import clock
from services.chassis.calendar import VIETNAM
from services.chassis.serials import Form
from tests.integration.verification.desk import CODE, NAME, NO, Desk, dossier_no, picture


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["dossier_no"] for item in answer.json["items"]]


@pytest.mark.rule("V1")
def test_a_dossier_is_found_by_number_code_date_status_state_and_office(bureau: Desk) -> None:
    today = clock.now().astimezone(VIETNAM)
    days = [today - timedelta(days=n) for n in range(3)]
    for n, day in enumerate(days):
        changes: dict[str, Any] = {"submitted_at": day.isoformat()}
        if n == 2:
            changes |= {"subject": {"bhxh_code": "0125123456"}, "office": {"code": "79"}}
        bureau.submit(dossier_no(n), **changes)
    bureau.reject(dossier_no(1))
    first, second, third = (dossier_no(n) for n in range(3))

    def found(query: str, **options: Any) -> list[str]:
        return numbers(bureau.ask("GET", f"?{query}", "officer:mai:48", **options))

    assert found("") == [first, second, third]
    assert found(f"dossier_no={second}") == [second]
    assert found("", headers={"X-Bhxh-Code": CODE}) == [first, second]
    assert found("status=rejected") == [second]
    assert found("state=invalid") == [second]
    assert found("state=incomplete") == [first, third]
    assert found("office=79") == [third]
    assert found(f"from={days[1]:%Y-%m-%d}") == [first, second]
    assert found(f"from={days[1]:%Y-%m-%d}&to={days[1]:%Y-%m-%d}") == [second]
    assert found(f"to={days[1]:%Y-%m-%d}&state=incomplete") == [third]
    assert found("office=98") == []


@pytest.mark.rule("V1")
def test_the_state_of_a_dossier_is_not_the_step_of_its_processing(bureau: Desk) -> None:
    """Trạng thái: what it holds, and how it was assessed. Tình trạng: who has to act next."""

    def found(query: str) -> list[str]:
        return numbers(bureau.ask("GET", f"?{query}", "officer:mai:48"))

    def shown() -> tuple[str, str]:
        (line,) = bureau.ask("GET", f"?dossier_no={NO}").json["items"]
        case = bureau.case()
        assert (case["status"], case["state"]) == (line["status"], line["state"])
        return line["status"], line["state"]

    bureau.submit()
    assert shown() == ("new", "incomplete")
    for kind in ("id_front", "id_back", "portrait", "signed_form"):
        bureau.put(kind, who="approver:lan:79")
    bureau.ask("POST", f"/{NO}/receive", json={})
    assert shown() == ("received", "incomplete")
    assert found("status=received&state=complete") == []
    bureau.ask("POST", f"/{NO}/receive", json={"id_shown": True})
    assert shown() == ("received", "complete")
    assert found("status=received&state=complete") == [NO]
    assert found("state=incomplete") == []
    bureau.ask("POST", f"/{NO}/correction", json={"phone": "0912345678"})
    assert shown() == ("received", "incomplete"), "it is to be signed again"
    bureau.put("signed_form", who="approver:lan:79")
    bureau.decide()
    assert shown() == ("checking", "valid")
    bureau.hgd.people.clear()
    bureau.look_up()
    assert shown() == ("code_not_found", "complete"), "to be assessed again"
    bureau.decide(outcome="invalid", reason_code="code_not_in_hgd")
    assert shown() == ("rejected", "invalid")
    bureau.submit(dossier_no(2))
    bureau.withdraw(dossier_no(2))
    assert found("state=cancelled") == [dossier_no(2)]


@pytest.mark.rule("V1")
def test_a_dossier_becomes_complete_with_a_picture_that_the_citizen_sends(quick: Desk) -> None:
    quick.submit_child(attachments=[])
    assert quick.ask("GET", "?state=incomplete").json["items"]
    quick.add(NO, "portrait")
    quick.add(NO, "birth_certificate")
    assert numbers(quick.ask("GET", "?state=complete")) == [NO]


@pytest.mark.rule("V1")
def test_the_list_goes_on_from_a_cursor_and_the_cursor_belongs_to_its_query(bureau: Desk) -> None:
    at = clock.now()
    for n in range(5):
        bureau.submit(dossier_no(n), submitted_at=at.isoformat())
    seen, cursor = [], ""
    while True:
        answer = bureau.ask("GET", f"?limit=2{cursor}")
        seen += numbers(answer)
        if answer.json["next_cursor"] is None:
            break
        cursor = f"&cursor={answer.json['next_cursor']}"
    assert seen == [dossier_no(n) for n in reversed(range(5))]
    assert bureau.ask("GET", f"?limit=2&status=new{cursor}").status_code == 422


def test_the_list_does_not_show_whose_code_it_is(quick: Desk) -> None:
    quick.submit()
    text = quick.ask("GET", "").text
    assert NAME in text
    assert CODE not in text


@pytest.mark.parametrize(
    "query",
    [
        "dossier_no=261121-000001-8",
        "dossier_no=x",
        f"bhxh_code={CODE}",
        "from=21/11/2026",
        "from=0001-01-01",
        "to=9999-12-31",
        "status=lost",
        "state=x",
        "limit=0",
        "limit=many",
        "cursor=x",
        "cursor=%FF",
        "unknown=1",
        "office=",
    ],
)
def test_a_wrong_filter_is_told(quick: Desk, query: str) -> None:
    answer = quick.ask("GET", f"?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["message_vi"]


def test_a_wrong_code_in_the_header_is_told(quick: Desk) -> None:
    assert quick.ask("GET", "", headers={"X-Bhxh-Code": "12"}).status_code == 422


def test_nul_characters_are_refused_everywhere(quick: Desk) -> None:
    quick.submit()
    asked = (
        quick.ask("GET", "?office=%00"),
        quick.ask("GET", f"/{NO}%00"),
        quick.put("portrait%00"),
        quick.decide(outcome="invalid", reason_code="other", reason="a\0b"),
        quick.ask("POST", f"/{NO}/correction", json={"full_name": "A\0"}),
    )
    assert [answer.status_code for answer in asked] == [400] * 5


@pytest.mark.parametrize("no", ["261121-000001-8", dossier_no(7), "x", "%20", "reasons2"])
def test_an_unknown_or_misspelt_number_is_not_found(quick: Desk, no: str) -> None:
    for method, rest in (
        ("GET", ""),
        ("GET", "/history"),
        ("POST", "/claim"),
        ("POST", "/release"),
        ("GET", "/attachments/x"),
    ):
        answer = quick.ask(method, f"/{no}{rest}")
        assert (answer.status_code, answer.json["type"]) == (404, "urn:vss:problem:no-such-case")
    assert quick.put("portrait", no).status_code == 404
    assert quick.ask("POST", f"/{no}/decision", json={"outcome": "valid"}).status_code == 404


@pytest.mark.rule("V5")
def test_the_signed_form_may_be_scanned_as_a_picture_and_looked_at(quick: Desk) -> None:
    quick.submit()
    answer = quick.put("signed_form", content=picture(kind="PNG"))
    assert (answer.status_code, answer.json["content_type"]) == (200, "image/png")
    shown = quick.ask("GET", f"/{NO}/attachments/signed_form", "officer:mai:79")
    assert shown.headers["Content-Type"] == "image/png"
    assert len(shown.data) == answer.json["size"]


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("portrait", b"", 422),
        ("portrait", b"\xff\xd8\xff no picture", 422),
        ("portrait", b"%PDF-1.4", 415),
        ("portrait", b"<html>", 415),
        ("portrait", b"\xff\xd8\xff" + b"0" * (10 * 1024**2), 413),
        ("form_pdf", picture(), 404),
        ("selfie", picture(), 404),
    ],
)
def test_what_is_no_document_is_refused_and_not_kept(quick: Desk, kind: str, content: bytes, status: int) -> None:
    quick.submit()
    assert quick.put(kind, content=content).status_code == status
    assert len(quick.documents) == 0
    assert quick.case()["attachments"] == []


def test_a_document_that_is_not_there_is_not_found(quick: Desk) -> None:
    quick.submit()
    assert quick.ask("GET", f"/{NO}/attachments/portrait").status_code == 404
    quick.add(NO, "form_pdf")  # told of, but not in the store
    assert quick.ask("GET", f"/{NO}/attachments/form_pdf", "officer:mai:01").status_code == 404


@pytest.mark.rule("V6")
def test_the_reasons_can_be_asked_for(quick: Desk) -> None:
    items = quick.ask("GET", "/reasons", "officer:mai:48").json["items"]
    assert {"id_differs", "other"} <= {item["code"] for item in items}


def test_each_path_documents_every_status_that_it_answers(quick: Desk) -> None:
    spec = quick.openapi()
    OpenAPIV31SpecValidator(spec).validate()
    assert len(spec["paths"]) == 15
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            wanted = {"401", "403", "default"} | ({"404"} if "{no}" in path else set())
            wanted |= {"409"} if method != "get" else set()
            assert wanted <= operation["responses"].keys(), f"{method} {path}"
            assert operation["security"] == [{"bearer": []}]


@pytest.mark.rule("W2", "V1")
@pytest.mark.parametrize(
    "typed", ["0113 099 841", "\uff10\uff11\uff11\uff13 \uff10\uff19\uff19 \uff18\uff14\uff11", "0113-099-841"]
)
def test_codes_and_numbers_are_found_however_they_are_typed(bureau: Desk, typed: str) -> None:
    no = bureau.submit()
    if typed.isascii():  # other digits do not travel in a header
        by_code = bureau.ask("GET", "", headers={"X-Bhxh-Code": typed})
        assert [case["dossier_no"] for case in by_code.json["items"]] == [no]
    for query in ({"dossier_no": no.replace("-", " ")}, {"dossier_no": no.replace("-", "\u2013")}):
        answer = bureau.ask("GET", "", query_string=query)
        assert [case["dossier_no"] for case in answer.json["items"]] == [no], query


@pytest.mark.rule("V1", "I5")
def test_the_millionth_dossier_of_a_day_is_found_and_opened_like_any_other(bureau: Desk) -> None:
    no = bureau.submit(Form().number("261121", 1_000_000))
    assert no == "261121-1000000-0"
    for typed in (no, no.replace("-", ""), no.replace("-", " ")):
        assert numbers(bureau.ask("GET", "", query_string={"dossier_no": typed})) == [no], typed
    assert bureau.case(no)["status"] == "new"


@pytest.mark.rule("A2")
def test_a_first_password_that_did_not_arrive_is_shown_until_it_does(bureau: Desk) -> None:
    no = bureau.submit()
    bureau.approve(no)
    report = {
        "dossier_no": no,
        "outcome": "failed",
        "code": "unreachable_number",
        "reported_at": "2026-11-23T10:06:04+07:00",
    }
    bureau.tell("password_delivery_reported", report)
    shown = bureau.case(no)["password_failure"]
    assert (shown["code"], shown["at"]) == ("unreachable_number", "2026-11-23T10:06:04+07:00")
    [listed] = bureau.ask("GET", "?password_failed=true").json["items"]
    assert (listed["dossier_no"], listed["password_failed"]) == (no, True)
    bureau.tell("password_delivery_reported", report | {"outcome": "delivered", "code": None})
    assert bureau.case(no)["password_failure"] is None
    assert bureau.ask("GET", "?password_failed=true").json["items"] == []
    assert bureau.actions(no)[-2:] == ["password_not_delivered", "password_delivered"]


@pytest.mark.rule("N12")
def test_officers_find_their_help_line_where_the_api_is_described(bureau: Desk) -> None:
    assert "0243.7753944" in bureau.openapi()["info"]["description"]
