"""The main path: a citizen fills in Form 01 on the portal, sends it, and follows it. On both databases."""

import copy
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis import clock
from services.chassis.serials import day_of
from services.registration.declarations.numbers import FORM, counters, is_dossier_no
from tests.integration.registration.desk import FORM as FILLED_IN
from tests.integration.registration.desk import PREFIX


@pytest.mark.rule("I1", "I5")
def test_a_citizen_without_an_account_fills_in_form_01_and_gets_a_draft_and_a_code(desk):
    answer = desk.post()
    assert answer.status_code == 201
    assert set(answer.json) == {"draft_id", "tracking_code", "status"}
    assert answer.json["status"] == "draft"
    assert len(answer.json["tracking_code"]) == 26
    dossier = SimpleNamespace(no=answer.json["draft_id"], code=answer.json["tracking_code"])
    assert desk.status(dossier)["dossier_no"] is None


@pytest.mark.rule("I5")
def test_the_number_is_taken_at_submission_and_whoever_missed_the_answer_finds_it_by_the_draft(desk):
    dossier = desk.create()
    answer = desk.submit(dossier)
    assert is_dossier_no(answer.json["dossier_no"])
    draft = SimpleNamespace(no=dossier.draft_id, code=dossier.code)
    assert desk.status(draft)["dossier_no"] == dossier.no
    assert desk.ask("POST", draft, "/submit", json={"commitment": True}).json == answer.json
    assert desk.ask("GET", draft, code="A" * 26).status_code == 404


@pytest.mark.rule("I4")
def test_nothing_is_sent_before_the_commitment(desk):
    dossier = desk.create()
    for body in ({"commitment": False}, {}, {"commitment": None}, {"commitment": "true"}):
        answer = desk.ask("POST", dossier, "/submit", json=body)
        assert answer.status_code == 422
        assert answer.json["errors"][0]["field"] == "commitment"
    assert desk.facts() == []
    assert desk.status(dossier)["status"] == "draft"


@pytest.mark.rule("I4", "I5", "I10")
def test_with_the_commitment_the_declaration_is_told_with_all_that_readers_need(desk):
    dossier = desk.create()
    answer = desk.submit(dossier)
    assert answer.status_code == 202
    assert answer.json["status"] == "submitted"
    [told] = desk.facts()
    assert told.fact == "declaration_submitted"
    body = told.body
    assert body["dossier_no"] == dossier.no
    assert body["subject"] == {
        "bhxh_code": "0113099841",
        "personal_id": None,
        "full_name": "Nguyễn Thành Biên",
        "date_of_birth": "1987-05-19",
        "id_type": "cccd",
        "id_number": "111349876090",
    }
    assert body["contact"]["phone"] == "+84983847986"
    assert body["contact"]["address"]["map"] == "before-2025-07"
    assert body["contact"]["address"]["ward_name"] == "Xã Phúc Hòa"
    assert body["office"]["name"] == "BHXH Thành phố Hà Nội"
    assert (body["kind"], body["route"], body["guardian"]) == ("register", "portal", None)
    for personal in ("Nguyễn", "0113099841", "98384", "111349876090", "Thụ Trai"):
        assert personal not in told.public


@pytest.mark.rule("I10")
def test_todays_map_is_taken_too(desk, form):
    address = {"map": "2025", "province_code": "01", "district_code": None, "ward_code": "00070", "text": ""}
    desk.submitted(contact={**form.person["contact"], "address": address})
    assert desk.facts()[0].body["contact"]["address"]["district_name"] is None


def test_submission_and_fact_are_one_transaction(desk, monkeypatch):
    dossier = desk.create()
    desk.app.testing = False

    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr("services.registration.declarations.api.make_form", fail)
    assert desk.submit(dossier).status_code == 500
    assert desk.facts() == []
    assert desk.status(dossier)["status"] == "draft"


def test_sending_it_again_tells_it_once_and_answers_the_same(desk):
    dossier = desk.create()
    assert desk.submit(dossier).json == desk.submit(dossier).json
    assert len(desk.facts()) == 1


def test_a_repeated_creation_with_one_key_creates_one_draft(desk):
    answers = [desk.post(key="6f1c6d53-one").json for _ in range(2)]
    assert answers[0] == answers[1]
    assert desk.create(subject={"bhxh_code": "0113099842"}).no != answers[0]["draft_id"]


def test_a_repeated_submission_gets_the_same_number_with_a_key_or_without(desk):
    dossier = desk.create()
    path = f"{PREFIX}/{dossier.draft_id}/submit"
    headers = {"X-Tracking-Code": dossier.code}
    keyed = headers | {"Idempotency-Key": "6f1c6d53-submit"}
    numbers = {
        desk.client.post(path, json={"commitment": True}, headers=sent).json["dossier_no"]
        for sent in (keyed, keyed, headers, headers)
    }
    assert len(numbers) == 1
    follower = desk.submitted(subject={"bhxh_code": "0113099842"})
    assert int(follower.no.split("-")[1]) == int(numbers.pop().split("-")[1]) + 1, "and the repetitions used up none"


@pytest.mark.rule("I5")
def test_the_status_tells_how_far_it_is_and_nothing_of_the_person(desk):
    dossier = desk.submitted()
    answer = desk.ask("GET", dossier)
    assert answer.status_code == 200
    assert answer.json["status"] == "submitted"
    assert answer.json["office"]["code"] == "01"
    assert answer.json["expires_at"] is not None
    for personal in ("Nguyễn Thành", "0113099841", "98384", "111349876090", "Thụ Trai", dossier.code):
        assert personal not in answer.text


@pytest.mark.rule("I9")
def test_an_odd_id_warns_the_officer_and_blocks_nobody(desk):
    dossier = desk.submitted()
    assert desk.status(dossier)["warnings"] == ["id_number"]
    assert desk.facts()[0].body["warnings"] == ["id_number"]


@pytest.mark.rule("I1", "I9")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": {"bhxh_code": "011309984"}}, "subject.bhxh_code"),
        ({"subject": {"bhxh_code": "011309984x"}}, "subject.bhxh_code"),
        ({"subject": {"id_number": "11134987609"}}, "subject.id_number"),
        ({"subject": {"id_type": "cmnd"}}, "subject.id_number"),
        ({"subject": {"id_number": None}}, "subject.id_number"),
        ({"subject": {"id_type": None, "id_number": None}}, "subject.id_type"),
        ({"subject": {"id_type": None}}, "subject.id_type"),
        ({"subject": {"full_name": " "}}, "subject.full_name"),
        ({"subject": {"date_of_birth": "2999-01-01"}}, "subject.date_of_birth"),
        ({"contact": {"phone": "024 3723 6555"}}, "contact.phone"),
        ({"contact": {"phone": None}}, "contact.phone"),
        ({"contact": {"email": "biennt@"}}, "contact.email"),
        ({"contact": {"address": {"ward_code": "00001"}}}, "contact.address.ward_code"),
        ({"contact": {"address": {"map": "2025"}}}, "contact.address.district_code"),
        ({"office_code": "no such"}, "office_code"),
        ({"filing": "drone"}, "filing"),
        ({"channel": "office"}, "channel"),
        ({"start_date": "1994-12-31"}, "start_date"),
        ({"start_date": "2100-01-01"}, "start_date"),
        ({"start_date": "9999-12-31"}, "start_date"),
        ({"start_date": "2020-W34-1"}, "start_date"),
        ({"subject": {"date_of_birth": "19870519"}}, "subject.date_of_birth"),
        ({"registered_at": "ivan"}, "ivan_name"),
        ({"guardian": {"full_name": "Lê Thị Lan", "relationship": "mother", "phone": "0912345678"}}, "guardian"),
        ({"route": "certificate"}, "route"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_wrong_field_is_named_in_both_languages_and_creates_nothing(lite, changes, field):
    answer = lite.post(**changes)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]]
    assert all(error["message_vi"] and error["message_en"] for error in answer.json["errors"])
    assert lite.everything()["declarations"] == []


@pytest.mark.rule("I1")
@pytest.mark.parametrize(
    "field",
    [
        "kind",
        "subject.full_name",
        "subject.bhxh_code",
        "contact.phone",
        "contact.address",
        "office_code",
        "filing",
        "registered_at",
    ],
)
def test_a_required_field_that_is_left_out_is_named(lite, field):
    form: dict[str, Any] = copy.deepcopy(FILLED_IN)
    *above, name = field.split(".")
    del (form[above[0]] if above else form)[name]
    answer = lite.post(form)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert lite.everything()["declarations"] == []


def test_numbers_of_a_day_follow_each_other_and_drafts_use_none(desk):
    first = desk.submitted()
    for _ in range(3):
        desk.create(subject={"bhxh_code": "0113099843"})
    second = desk.submitted(subject={"bhxh_code": "0113099842"})
    assert int(second.no[7:13]) == int(first.no[7:13]) + 1


def test_beside_the_previous_release_a_draft_has_its_number_at_once_and_keeps_it(make_desk):
    desk = make_desk(previous_release_beside=True)
    created = desk.post().json
    assert is_dossier_no(created["dossier_no"])
    assert created["draft_id"] == created["dossier_no"], "which the previous release opens it by"
    this = make_desk()
    draft = SimpleNamespace(no=created["draft_id"], code=created["tracking_code"])
    assert this.submit(draft).json["dossier_no"] == created["dossier_no"]
    assert this.ask("DELETE", draft).status_code == 204


def test_numbers_do_not_run_out_with_the_millionth_of_a_day(desk):
    with desk.db.write() as session:
        session.execute(sa.insert(counters).values(day=day_of(clock.now()), taken=999_999))
    dossier = desk.submitted()
    assert dossier.no.split("-")[1] == "1000000"
    assert desk.status(dossier)["status"] == "submitted"
    assert desk.facts("declaration_submitted")[0].body["dossier_no"] == dossier.no


def test_two_processes_never_give_the_same_number(make_desk):
    one, other = make_desk(number_block=3), make_desk(number_block=3)
    numbers = [desk.submitted(kind="adjust").no for _ in range(5) for desk in (one, other)]
    assert len(set(numbers)) == 10


def test_one_source_drafts_and_submits_only_so_much_in_an_hour_and_is_told_when_to_come_back(make_desk, later):
    desk = make_desk(drafts_per_address_hour=4, submissions_per_address_hour=2)
    drafts = [desk.create(kind="adjust") for _ in range(4)]
    refused = desk.post(kind="adjust")
    assert (refused.status_code, refused.json["type"]) == (429, "urn:vss:problem:too-many-declarations")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert [desk.submit(draft).status_code for draft in drafts] == [202, 202, 429, 429]
    assert len(desk.facts("declaration_submitted")) == 2
    elsewhere = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    assert desk.submit(drafts[2], **elsewhere).status_code == 202
    desk.hear("account_activated")  # or staff would be told that there is nothing to adjust (V12)
    staff = desk.post(token="officer:o", kind="adjust", route="counter", channel="office")
    assert staff.status_code == 201, "staff answer for themselves"
    later(hours=1, seconds=1)
    assert desk.submit(drafts[3]).status_code == 202


@pytest.mark.parametrize("spelling", ["198.51.100.{}:443", '"[2001:db8:0:{}::7]:443"', "unknown", "", None])
def test_drafts_of_many_behind_a_proxy_are_never_counted_as_those_of_one(make_desk, spelling):
    desk = make_desk(drafts_per_address_hour=2, trusted_proxies=1)

    def draft(host):
        headers = {} if spelling is None else {"X-Forwarded-For": spelling.format(host)}
        return desk.client.post(PREFIX, json=FILLED_IN, headers=headers).status_code

    assert [draft(host) for host in (1, 1, 2, 2, 3)] == [201] * 5
    told_apart = spelling is not None and "{}" in spelling
    assert draft(1) == (429 if told_apart else 201)


def test_strangers_who_try_codes_do_not_keep_the_holder_of_the_right_one_away(desk):
    dossier = desk.submitted()
    for address in range(10):
        elsewhere = {"environ_base": {"REMOTE_ADDR": f"198.51.100.{address}"}}
        tried = [desk.ask(method, dossier, code="A" * 26, **elsewhere) for method in ("GET", "DELETE") for _ in range(20)]
        assert {answer.status_code for answer in tried} <= {404, 429}
    assert desk.ask("GET", dossier).status_code == 200
    assert desk.ask("DELETE", dossier).status_code == 204


@pytest.mark.parametrize("no", ["261121-000001-8", "x", "261121-00001-6%20", "0113099841"])
def test_a_mistyped_number_is_told_as_such(lite, no):
    answer = lite.client.get(f"/registration/declarations/{no}", headers={"X-Tracking-Code": "x"})
    assert answer.status_code == 404
    assert answer.json["type"] == "urn:vss:problem:wrong-dossier-number"


def test_the_right_number_with_a_wrong_code_answers_like_a_number_that_is_not_there(desk):
    dossier = desk.create()
    wrong = desk.ask("GET", dossier, code="A" * 26)
    elsewhere = f"/registration/declarations/{FORM.number('991231', 999_999)}"
    missing = desk.client.get(elsewhere, headers={"X-Tracking-Code": dossier.code})
    assert wrong.status_code == missing.status_code == 404
    assert wrong.json["type"] == missing.json["type"] == "urn:vss:problem:no-such-dossier"


def test_nobody_is_told_to_show_a_code_or_sign_in(lite):
    dossier = lite.create()
    answer = lite.ask("GET", dossier, code=False)
    assert answer.status_code == 401
    assert "X-Tracking-Code" in answer.json["detail_en"]


def test_no_table_holds_the_tracking_code_in_clear(desk):
    answer = desk.post(key="6f1c6d53-two")
    code = answer.json["tracking_code"]
    assert not [name for name, rows in desk.everything().items() if any(code in row for row in rows)]


def test_a_refused_registration_uses_up_no_number(desk):
    first, rival = desk.create(), desk.create()
    desk.submit(first)
    assert desk.submit(rival).status_code == 409
    second = desk.submitted(subject={"bhxh_code": "0113099842"})
    assert int(second.no.split("-")[1]) == int(first.no.split("-")[1]) + 1
