"""I11: the phone is proved by a code when filing on the portal; who cannot answer files all the same. Both databases."""

import pytest

from services.chassis import clock
from services.chassis.seal import Opener, generate_keypair
from services.chassis.settings import Secret
from services.registration.phones.rules import PhoneCode

pytestmark = pytest.mark.rule("I11")
KEYS = generate_keypair()


@pytest.fixture
def house(make_desk):
    return make_desk(seal_public_key=Secret(KEYS.public_key))


def send(desk, dossier, **options):
    return desk.ask("POST", dossier, "/phone/code", **options)


def confirm(desk, dossier, otp):
    return desk.ask("POST", dossier, "/phone/confirm", json={"otp": otp})


def code_in(fact):
    opened = Opener(KEYS.private_key).open(fact.body["sealed_code"], context=f"phone-code:{fact.body['code_id']}")
    return opened["code"]


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def proved(desk, **changes):
    """A draft whose phone has been proved."""
    dossier = desk.create(**changes)
    send(desk, dossier)
    confirm(desk, dossier, code_in(desk.facts("phone_code_issued")[-1]))
    return dossier


def test_the_code_that_was_sent_to_the_phone_proves_it_and_the_submission_says_so(house):
    dossier = house.create()
    assert send(house, dossier).status_code == 202
    [issued] = house.facts("phone_code_issued")
    assert (issued.body["draft_id"], issued.body["contact"]["phone"]) == (dossier.draft_id, "+84983847986")
    assert issued.public == ""
    code = code_in(issued)
    assert confirm(house, dossier, f" {code[:3]} {code[3:]}").json == {"phone_proved": True}
    assert confirm(house, dossier, code).status_code == 200, "safe to repeat"
    assert house.submit(dossier).json["phone_proved"] is True
    assert house.facts("declaration_submitted")[0].body["phone_proved"] is True
    assert not [
        name for name, rows in house.everything().items() if name != "outbox" and any(f"'{code}'" in row for row in rows)
    ]


def test_who_cannot_answer_files_all_the_same(house):
    assert house.submit(dossier := house.create()).json["phone_proved"] is False
    assert house.facts("declaration_submitted")[0].body["phone_proved"] is False
    assert send(house, dossier).status_code == 409, "an officer confirms it now"


def test_staff_and_guardians_need_no_code(house, form):
    house.submitted(token="officer:o", route="counter", channel="office")
    house.submitted(form.child, token="citizen:g")
    assert [fact.body["phone_proved"] for fact in house.facts("declaration_submitted")] == [True, True]


def test_a_code_is_good_for_five_tries_five_minutes_and_one_draft(house, later):
    dossier, other = house.create(), house.create(subject={"bhxh_code": "7912345678"})
    send(house, dossier)
    code = code_in(house.facts("phone_code_issued")[-1])
    assert confirm(house, other, code).status_code == 422
    for _ in range(5):
        assert confirm(house, dossier, wrong(code)).json["type"] == "urn:vss:problem:code-refused"
    assert confirm(house, dossier, code).status_code == 422, "the tries are used up"
    send(house, dossier)
    second = code_in(house.facts("phone_code_issued")[-1])
    later(minutes=5, seconds=1)
    assert confirm(house, dossier, second).status_code == 422, "and the time"
    house.sweep()
    with house.db.read() as session:
        assert session.query(PhoneCode).count() == 0


def test_a_new_code_makes_the_earlier_one_void(house):
    dossier = house.create()
    send(house, dossier)
    send(house, dossier)
    first, second = (code_in(fact) for fact in house.facts("phone_code_issued"))
    if first != second:
        refused = confirm(house, dossier, first)
        assert refused.status_code == 422
        assert "chỉ mã trong tin nhắn mới nhất dùng được" in refused.json["detail"]
    assert confirm(house, dossier, second).status_code == 200


def at(address):
    return {"environ_base": {"REMOTE_ADDR": address}}


STRANGERS = [f"198.51.100.{number}" for number in range(1, 11)]


def test_one_phone_and_one_source_get_only_so_many_codes(make_desk, later):
    desk = make_desk(
        seal_public_key=Secret(KEYS.public_key),
        phone_codes_per_phone_hour=2,
        phone_codes_per_phone_address_day=3,
        phone_codes_per_phone_day=4,
        phone_codes_per_address_hour=4,
    )
    victims = [desk.create(subject={"bhxh_code": f"791234567{n}"}) for n in range(3)]
    assert [send(desk, dossier).status_code for dossier in victims] == [202, 202, 429]
    others = [desk.create(contact={"phone": f"090000000{n}"}) for n in range(3)]
    assert [send(desk, dossier).status_code for dossier in others] == [202, 202, 429], "the source's are used up"
    later(hours=1, seconds=1)
    assert [send(desk, victims[2]).status_code for _ in range(2)] == [202, 429], "of this source's day there was one left"
    assert send(desk, victims[2], **at("203.0.113.9")).status_code == 202
    refused = send(desk, victims[2], **at("203.0.113.10"))
    assert (refused.status_code, refused.json["type"]) == (429, "urn:vss:problem:too-many-codes"), "the phone's in all"
    assert int(refused.headers["Retry-After"]) > 0
    assert desk.submit(victims[2]).status_code == 202, "which keeps nobody from filing"


@pytest.mark.rule("A13")
def test_one_stranger_does_not_use_up_the_codes_of_a_phone(house):
    strange = [house.create(subject={"bhxh_code": f"791234567{n}"}) for n in range(3)]
    for dossier in strange * 4:
        send(house, dossier, **at(STRANGERS[0]))
    mine = house.create()
    assert send(house, mine, **at("203.0.113.9")).status_code == 202
    assert confirm(house, mine, code_in(house.facts("phone_code_issued")[-1])).status_code == 200


@pytest.mark.rule("A13")
def test_strangers_leave_the_holder_of_an_account_the_codes_to_its_phone(house):
    strange = house.create()
    assert [send(house, strange, **at(address)).status_code for address in STRANGERS for _ in range(2)].count(202) == 10
    house.hear("account_activated", account_id="holder", bhxh_code="0113099841")
    house.hear(
        "account_activated", account_id="other", bhxh_code="0113099842", contact={"phone": "+84900000000", "email": None}
    )
    draft = house.create(kind="adjust", token="citizen:holder")
    code = {"X-Tracking-Code": draft.code}
    assert send(house, draft, token="citizen:other", headers=dict(code)).status_code == 429
    assert send(house, draft, token="citizen:holder", headers=dict(code)).status_code == 202
    assert house.submit(house.create(kind="adjust")).status_code == 202, "and nobody is kept from filing"


def test_a_code_that_is_confirmed_counts_against_nobody(make_desk):
    desk = make_desk(seal_public_key=Secret(KEYS.public_key), phone_codes_per_phone_day=1, phone_codes_per_phone_hour=1)
    for number in range(3):
        proved(desk, subject={"bhxh_code": f"791234567{number}"})
    assert len(desk.facts("phone_code_issued")) == 3


def test_the_accounts_own_phone_is_told_of_the_account_and_another_is_not(house):
    house.hear("account_activated", bhxh_code="0113099841")  # its phone is that of the form
    assert house.submit(proved(house)).json["type"] == "urn:vss:problem:account-exists"
    assert house.submit(house.create()).status_code == 202, "a phone that is only typed is told nothing"
    house.hear("declaration_rejected", type("Row", (), {"no": house.facts("declaration_submitted")[-1].body["dossier_no"]}))
    assert house.submit(proved(house, contact={"phone": "0909999999"})).status_code == 202


def test_the_phone_that_an_officer_corrects_is_kept_and_stands_on_a_new_form(house):
    dossier = house.submitted()
    house.run_jobs()
    at = clock.now().isoformat()
    house.hear("phone_confirmed", dossier, phone="+84983847986", confirmed_at=at)
    house.run_jobs()
    assert house.row(dossier).phone_proved is True
    assert len(house.facts("attachment_added")) == 1, "the form is right"
    house.hear("phone_confirmed", dossier, revision=2, phone="+84912345678", confirmed_at=at)
    assert "form_pdf" not in house.row(dossier).attachments, "what was signed is void (V3)"
    house.run_jobs(until=lambda: len(house.facts("attachment_added")) == 2)
    assert house.row(dossier).contact["phone"] == "+84912345678"
    assert house.row(dossier).corrected_at is not None


def test_without_the_key_no_code_is_sent_and_beside_the_previous_release_phones_count_as_proved(make_desk):
    desk = make_desk(seal_public_key=None)
    assert send(desk, desk.create()).status_code == 503
    make_desk(previous_release_beside=True).submitted()
    assert desk.facts("declaration_submitted")[0].body["phone_proved"] is True
