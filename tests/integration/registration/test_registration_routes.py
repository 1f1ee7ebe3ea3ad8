"""The other ways in: a child filed by its guardian, a paper form keyed in at a counter, adjust and stop. Both databases."""

import pytest
import sqlalchemy as sa

from services.registration.declarations.accounts import KnownAccount
from tests.integration.registration.desk import LAN, PREFIX, words

GUARDIAN, OTHER = "citizen:guardian-1", "citizen:somebody"
OFFICER = "officer:officer-1"
COUNTER = {"route": "counter", "channel": "office"}


@pytest.mark.rule("I3", "V9")
def test_a_guardian_files_for_a_child_who_has_no_id_and_no_visit_is_awaited(desk, form):
    dossier = desk.create(form.child, token=GUARDIAN)
    answer = desk.submit(dossier, token=GUARDIAN)
    assert answer.status_code == 202
    assert answer.json["expires_at"] is None
    body = desk.facts()[0].body
    assert body["guardian"] == {
        "account_id": "guardian-1",
        "full_name": "Lê Thị Lan",
        "relationship": "mother",
        "phone": "+84912345678",
        "email": "lan@example.com",
    }
    assert body["contact"]["phone"] == "+84912345678"
    assert body["contact"]["email"] == "lan@example.com"
    assert body["contact"]["address"]["map"] == "2025"
    assert (body["subject"]["id_type"], body["subject"]["date_of_birth"]) == (None, "2019-03-01")


TYPED = {
    "guardian.phone": {"guardian": {"relationship": "mother", "phone": "0909999999"}},
    "guardian.full_name": {"guardian": {"relationship": "mother", "full_name": "Kẻ Lạ"}},
    "guardian.email": {"guardian": {"relationship": "mother", "email": "ke-la@example.com"}},
    "contact.phone": {"contact": {"phone": "0909999999"}},
    "contact.email": {"contact": {"email": "ke-la@example.com"}},
}


@pytest.mark.rule("I11")
@pytest.mark.parametrize("field", TYPED)
def test_no_strangers_phone_can_be_typed_for_a_child_only_the_guardians_own_is_taken(desk, form, field):
    answer = desk.post(form.child, token=GUARDIAN, **TYPED[field])
    assert answer.status_code == 422
    [error] = answer.json["errors"]
    assert error["field"] == field
    assert "tài khoản" in error["message_vi"]
    own = {"relationship": "mother", "phone": "0912 345 678", "full_name": "Lê Thị  Lan", "email": "LAN@example.com"}
    desk.submitted(form.child, token=GUARDIAN, guardian=own)
    told = desk.facts()[0].body
    assert told["guardian"]["full_name"] == "Lê Thị Lan"
    assert told["contact"]["email"] == told["guardian"]["email"] == "lan@example.com"


@pytest.mark.rule("I11")
def test_a_draft_for_a_child_is_submitted_with_what_the_guardians_account_says_by_then(desk, form):
    dossier = desk.create(form.child, token=GUARDIAN)
    new = {"phone": "+84987654321", "email": None}
    desk.hear(
        "account_adjusted", account_id="guardian-1", revision=2, **LAN | {"contact": new, "full_name": "Lê Thị Ngọc Lan"}
    )
    desk.submit(dossier)
    body = desk.facts()[0].body
    assert (body["guardian"]["full_name"], body["guardian"]["phone"]) == ("Lê Thị Ngọc Lan", "+84987654321")
    assert (body["contact"]["phone"], body["contact"]["email"]) == ("+84987654321", None)
    assert body["contact"]["address"]["map"] == "2025"


@pytest.mark.rule("I11")
def test_a_guardian_whose_account_is_not_known_yet_waits_and_one_whose_account_is_closed_files_for_nobody(desk, form):
    unheard = desk.client.post(PREFIX, json=form.child, headers={"Authorization": "Bearer citizen:new"})
    assert (unheard.status_code, unheard.headers["Retry-After"]) == (503, "60")
    desk.hear("account_given_back", account_id="new", **LAN)
    dossier = desk.create(form.child, token="citizen:new")
    desk.hear("account_stopped", account_id="new", revision=2, **LAN)
    answer = desk.submit(dossier)
    assert (answer.status_code, answer.json["type"]) == (409, "urn:vss:problem:guardian-account-closed")


@pytest.mark.rule("I11")
def test_what_an_earlier_release_recorded_of_an_account_is_filled_in_when_it_is_given_back(desk, form):
    desk.hear("account_activated", account_id="old", revision=3, **LAN)
    with desk.db.write() as session:
        session.execute(sa.update(KnownAccount).values(phone=None, full_name=None, email=None))
    assert desk.client.post(PREFIX, json=form.child, headers={"Authorization": "Bearer citizen:old"}).status_code == 503
    desk.hear("account_given_back", account_id="old", revision=3, **LAN)
    assert desk.client.post(PREFIX, json=form.child, headers={"Authorization": "Bearer citizen:old"}).status_code == 201


@pytest.mark.rule("I3")
def test_the_guardian_follows_the_dossier_with_the_own_account_and_nobody_else_does(desk, form):
    dossier = desk.create(form.child, token=GUARDIAN)
    assert desk.ask("GET", dossier, token=GUARDIAN).status_code == 200
    assert desk.ask("GET", dossier, token=OTHER).status_code == 404
    assert desk.ask("DELETE", dossier, token=OTHER).status_code == 404
    assert desk.ask("GET", dossier, token="not-a-token").status_code == 401


@pytest.mark.rule("I3")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": {"date_of_birth": "1990-01-01"}}, "subject.id_type"),
        ({"subject": {"date_of_birth": None}}, "subject.id_type"),
        ({"subject": {"id_type": "cccd", "id_number": "001319012345"}}, "subject.id_type"),
        ({"kind": "adjust"}, "kind"),
        ({"guardian": None}, "guardian"),
        ({"guardian": {"relationship": "uncle"}}, "guardian.relationship"),
        ({"contact": {"phone": "0987654321"}}, "contact.phone"),
        ({"contact": {"email": "other@example.com"}}, "contact.email"),
        ({"channel": "office"}, "channel"),
    ],
)
def test_a_guardian_cannot_file_what_is_no_child_of_this_kind(lite, form, changes, field):
    answer = lite.post(form.child, token=GUARDIAN, **changes)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]]


@pytest.mark.rule("I3")
def test_a_child_may_be_filed_directly_on_the_portal_and_then_comes_in_person(desk, form):
    child = {"id_type": None, "id_number": None, "date_of_birth": "2010-05-06"}
    desk.submitted(subject=child, parent=form.parent)
    fact = desk.facts()[0]
    assert fact.body["route"] == "portal"
    assert fact.body["expires_at"] is not None
    assert fact.body["parent"] == form.parent | {"phone": "+84912345678", "id_number": "001190004321"}
    for private in ("Lê Thị Lan", "001190004321", "912345678"):
        assert private not in fact.public


@pytest.mark.rule("I3", "V3")
@pytest.mark.parametrize(
    "papers", [{"id_type": None, "id_number": None}, {"id_type": "passport", "id_number": "C1234567"}, {}]
)
def test_a_child_on_the_portal_is_filed_with_the_parent_or_guardian_who_signs(desk, form, papers):
    child = {"date_of_birth": "2010-05-06", **papers}
    answer = desk.post(subject=child)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["parent"]
    assert "xuất trình" in answer.json["errors"][0]["message_vi"]
    dossier = desk.create(subject=child, parent=form.parent)
    text = words(desk.ask("GET", dossier, "/form.pdf").data)
    for shown in ("CHA, MẸ HOẶC NGƯỜI GIÁM HỘ", "Lê Thị Lan", "001190004321 (CCCD)", "Mẹ"):
        assert shown in text
    assert "NGƯỜI KÊ KHAI" not in text


@pytest.mark.rule("I3", "V3")
@pytest.mark.parametrize(
    ("parent", "field"),
    [
        ({"full_name": None}, "parent.full_name"),
        ({"id_number": "123"}, "parent.id_number"),
        ({"id_type": "licence"}, "parent.id_type"),
        ({"relationship": "aunt"}, "parent.relationship"),
        ({"phone": "123"}, "parent.phone"),
    ],
)
def test_who_comes_with_a_child_is_named_completely(lite, form, parent, field):
    answer = lite.post(subject={"date_of_birth": "2010-05-06"}, parent=form.parent | parent)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json["errors"]]


@pytest.mark.rule("V3")
def test_an_adult_comes_alone_and_a_guardians_child_does_not_come(lite, form):
    assert [error["field"] for error in lite.post(parent=form.parent).json["errors"]] == ["parent"]
    answer = lite.post(form.child, token=GUARDIAN, parent=form.parent)
    assert [error["field"] for error in answer.json["errors"]] == ["parent"]


@pytest.mark.rule("I3")
def test_a_guardian_files_for_a_child_that_has_a_passport(desk, form):
    passport = {"id_type": "passport", "id_number": "C1234567"}
    assert desk.post(form.child, token=GUARDIAN, subject=passport).status_code == 201
    card = {"id_type": "cccd", "id_number": "001219012345"}
    answer = desk.post(form.child, token=GUARDIAN, subject=card)
    assert [error["field"] for error in answer.json["errors"]] == ["subject.id_type"]


@pytest.mark.rule("I3")
def test_staff_key_in_a_paper_form_at_a_counter_and_no_clock_runs(desk):
    dossier = desk.create(token=OFFICER, **COUNTER)
    answer = desk.submit(dossier, token="approver:approver-1")
    assert answer.status_code == 202
    assert answer.json["expires_at"] is None
    body = desk.facts()[0].body
    assert (body["route"], body["channel"]) == ("counter", "office")


@pytest.mark.rule("I3", "V11")
@pytest.mark.parametrize(
    ("office", "channel", "status"),
    [
        ("79", "office", 201),
        ("79", "mobile_desk", 201),
        ("79", "web", 422),
        ("79", "customer_care", 422),
        ("CSKH", "customer_care", 201),
        ("CSKH", "office", 422),
        ("CSKH", "mobile_desk", 422),
        ("NOWHERE", "customer_care", 422),
    ],
)
def test_a_counter_is_an_office_a_mobile_desk_or_the_customer_care_centre_each_in_its_own_channel(
    desk, office, channel, status
):
    answer = desk.post(token=f"officer:officer-1:{office}", route="counter", channel=channel)
    assert answer.status_code == status
    assert status == 201 or [error["field"] for error in answer.json["errors"]] == ["channel"]


@pytest.mark.parametrize(
    ("route", "token", "status"),
    [
        ("counter", None, 401),
        ("counter", "citizen:c", 403),
        ("counter", "newcomer:c", 403),
        ("counter", "support:s", 403),
        ("counter", "director:d", 201),
        ("guardian", None, 401),
        ("guardian", "newcomer:c", 403),
        ("guardian", "officer:o", 403),
        ("portal", None, 201),
        ("portal", "citizen:c", 201),
    ],
)
def test_each_route_is_open_to_those_whom_it_is_for(lite, form, route, token, status):
    base = form.child if route == "guardian" else form.merged(form.person, COUNTER if route == "counter" else {})
    assert lite.post(base, token=token).status_code == status


@pytest.mark.parametrize(
    ("token", "sees"),
    [("officer:o", 200), ("director:d", 200), ("support:s", 200), ("board:b", 403), ("admin:a", 403), ("newcomer:n", 403)],
)
def test_staff_of_any_office_see_a_dossier_but_leave_what_a_citizen_filed_to_the_citizen(lite, token, sees):
    dossier = lite.create()
    assert lite.ask("GET", dossier, token=token).status_code == sees
    form = lite.ask("GET", dossier, "/form.pdf", token=token)
    assert form.status_code == (428 if sees == 200 else sees), "of an office that has nothing to do with it: what for? (V16)"
    stated = {"X-Purpose": "Cong dan dang o quay"}
    assert lite.ask("GET", dossier, "/form.pdf", token=token, headers=stated).status_code == sees
    assert lite.submit(dossier, token=token).status_code == 403
    assert lite.put(dossier, token=token).status_code == 403
    assert lite.ask("DELETE", dossier, token=token).status_code == 403
    assert lite.status(dossier)["status"] == "draft"


@pytest.mark.rule("I2")
@pytest.mark.parametrize("kind", ["adjust", "stop"])
def test_adjust_and_stop_of_an_account_that_nobody_has_told_of_warn_and_do_not_block(desk, kind):
    dossier = desk.submitted(kind=kind)
    assert "account" in desk.facts()[0].body["warnings"]
    assert desk.facts()[0].body["kind"] == kind
    assert "account" not in desk.status(dossier)["warnings"], "the officer is warned, and nobody else (I8)"


@pytest.mark.rule("V12")
@pytest.mark.parametrize("kind", ["adjust", "stop"])
@pytest.mark.parametrize("token", ["officer:lan", "citizen:an"])
def test_staff_and_signed_in_people_are_refused_an_adjust_or_stop_without_an_account(desk, kind, token):
    route = {"route": "counter", "channel": "office"} if token.startswith("officer") else {}
    answer = desk.post(kind=kind, token=token, **route)
    assert (answer.status_code, answer.json["type"]) == (409, "urn:vss:problem:no-account")
    # closed between draft and submission
    desk.hear("account_activated", bhxh_code="0113099841")
    dossier = desk.create(kind=kind, token=token, **route)
    desk.hear("account_stopped", bhxh_code="0113099841", revision=2)
    assert desk.submit(dossier, token=token, headers={"X-Tracking-Code": dossier.code}).status_code == 409


@pytest.mark.rule("V12")
def test_an_adjust_without_effect_ends_the_declaration(desk):
    dossier = desk.submitted(kind="adjust")
    desk.hear("declaration_without_effect", dossier)
    status = desk.status(dossier)
    assert status["status"] == "without_effect"
    assert status["ended_at"] is not None


@pytest.mark.rule("V12")
@pytest.mark.parametrize(
    ("kind", "email", "answered"), [("adjust", None, 201), ("adjust", "an@example.com", 422), ("register", None, 422)]
)
def test_an_address_is_removed_only_by_an_adjust_that_gives_none(desk, kind, email, answered):
    contact = {"email": email, "remove_email": True}
    answer = desk.post(kind=kind, contact=contact)
    assert answer.status_code == answered, answer.text
    if answered == 201:
        desk.submitted(kind=kind, contact=contact)
        assert desk.facts()[-1].body["contact"]["remove_email"] is True


@pytest.mark.rule("V15")
def test_a_dossier_that_is_held_after_its_approval_waits_for_an_office_again(desk):
    dossier = desk.submitted()
    desk.hear("identity_verified", dossier, revision=3)
    desk.hear("identity_questioned", dossier, revision=4)
    assert desk.status(dossier)["status"] == "received"
    desk.hear("declaration_rejected", dossier, revision=5)
    assert desk.status(dossier)["status"] == "rejected"


@pytest.mark.rule("I2")
@pytest.mark.parametrize("kind", ["adjust", "stop"])
def test_adjust_and_stop_of_a_known_account_do_not_warn_of_it(desk, kind):
    desk.hear("account_activated", bhxh_code="0113099841")
    desk.submitted(kind=kind)
    assert "account" not in desk.facts()[0].body["warnings"]


@pytest.mark.rule("I2")
def test_several_adjustments_may_be_open_at_once(desk):
    assert desk.submitted(kind="adjust").no != desk.submitted(kind="adjust").no


@pytest.mark.rule("I1", "I13")
def test_contact_person_organisation_and_start_date_are_told_and_only_the_organisation_in_public(desk):
    desk.submitted(contact={"person": "Lê Thị Lan"}, registered_at="ivan", ivan_name="TS24", start_date="2026-12-01")
    fact = desk.facts()[0]
    told = {name: fact.body[name] for name in ("contact_person", "registered_with", "ivan_name", "start_date")}
    assert told == {
        "contact_person": "Lê Thị Lan",
        "registered_with": "ivan",
        "ivan_name": "TS24",
        "start_date": "2026-12-01",
    }
    assert "TS24" in fact.public
    assert "Lê Thị Lan" not in fact.public
    assert "2026-12-01" not in fact.public


@pytest.mark.rule("I13")
@pytest.mark.parametrize("name", [None, "", "   "])
def test_who_registers_with_an_organisation_names_it(lite, name):
    answer = lite.post(registered_at="ivan", ivan_name=name)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["ivan_name"]


@pytest.mark.rule("I13")
def test_the_form_says_with_which_organisation_the_person_registers(lite):
    dossier = lite.create(registered_at="ivan", ivan_name="TS24")
    assert "Tổ chức I-VAN: TS24" in words(lite.ask("GET", dossier, "/form.pdf").data)
