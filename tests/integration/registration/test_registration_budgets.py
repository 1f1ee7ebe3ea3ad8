"""How much people without a token of staff may ask for, and who is never shut out by whom (decision 54)."""

import sqlalchemy as sa

from services.chassis.errors import Transient
from services.registration.declarations.numbers import FORM as NUMBERS
from tests.integration.registration.desk import FORM, PREFIX

WRONG = "A" * 26
NOBODYS = NUMBERS.number("991231", 999_999)


def at(address):
    return {"environ_base": {"REMOTE_ADDR": address}}


def rows(desk):
    with desk.db.read() as session:
        return session.execute(sa.text("SELECT * FROM http_budgets")).all()


def kind_of(answer):
    return answer.json["type"].removeprefix("urn:vss:problem:")


def test_tries_to_file_count_before_their_bodies_are_read_whether_they_are_good_or_not(make_desk, later):
    desk = make_desk(filing_per_address_hour=3)
    for sent in (b"{", b"{}", b"\xff"):
        assert desk.client.post(PREFIX, data=sent, content_type="application/json", **at("198.51.100.1")).status_code in (
            400,
            422,
        )
    refused = desk.client.post(PREFIX, json=FORM, **at("198.51.100.1"))
    assert (refused.status_code, kind_of(refused)) == (429, "too-many-requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert "phút" in refused.json["detail"]
    assert desk.client.post(PREFIX, json=FORM, **at("198.51.100.2")).status_code == 201, "a neighbour goes on"
    for _ in range(5):
        staff = desk.post(token="officer:o", kind="adjust", route="counter", channel="office")
        assert staff.status_code in (201, 409), "staff answer for themselves"
    later(hours=1, seconds=1)
    assert desk.client.post(PREFIX, json=FORM, **at("198.51.100.1")).status_code == 201


def test_all_strangers_together_are_braked_for_a_minute_and_who_is_signed_in_is_not(make_desk, later):
    desk = make_desk(filing_per_minute=3)
    answers = [desk.client.post(PREFIX, json=FORM, **at(f"198.51.100.{host}")) for host in range(4)]
    assert [each.status_code for each in answers] == [201, 201, 201, 429]
    assert kind_of(answers[3]) == "system-busy"
    assert int(answers[3].headers["Retry-After"]) <= 60
    signed_in = {"Authorization": "Bearer citizen:c"}
    assert desk.client.post(PREFIX, json=FORM, headers=signed_in, **at("198.51.100.9")).status_code == 201
    later(seconds=61)
    assert desk.client.post(PREFIX, json=FORM, **at("198.51.100.9")).status_code == 201


def test_a_stranger_with_a_whole_48_has_no_more_than_sixteen_subscribers(make_desk):
    desk = make_desk(lookups_per_address_hour=1, trusted_proxies=1)

    def look(address):
        return desk.client.get("/registration/offices", headers={"X-Forwarded-For": address}).status_code

    assert [look(f"2001:db8:1:{subnet:x}::1") for subnet in range(17)] == [200] * 16 + [429]
    assert look("2001:db8:2::1") == 200
    assert [look("198.51.100.1"), look("198.51.100.1"), look("198.51.100.2")] == [200, 429, 200]


def test_reads_of_staff_write_no_count_and_counts_hold_neither_address_nor_code(desk):
    dossier = desk.submitted()
    before, office = rows(desk), desk.row(dossier).office_code
    for path in ("", "/form.pdf"):
        assert desk.ask("GET", dossier, path, token=f"officer:o:{office}").status_code == 200
    assert rows(desk) == before
    assert desk.ask("GET", dossier).status_code == 200
    assert len(rows(desk)) > len(before)
    assert "127.0.0.1" not in str(rows(desk))
    assert dossier.code not in str(rows(desk))


def test_one_tracking_code_is_good_for_a_tenth_of_what_an_address_has(make_desk):
    desk = make_desk(tracking_per_address_hour=50)
    dossier, other = desk.create(), desk.create(kind="adjust")
    answers = [desk.ask("GET", dossier, **at(f"198.51.100.{host}")) for host in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert desk.ask("GET", other).status_code == 200


def test_wrong_codes_count_for_the_number_and_the_address_and_never_keep_the_right_one_away(desk):
    dossier = desk.submitted()
    tried = [desk.ask("GET", dossier, code=WRONG, **at("198.51.100.1")) for _ in range(21)]
    assert [each.status_code for each in tried] == [404] * 20 + [429]
    assert kind_of(tried[-1]) == "too-many-wrong-codes"
    assert desk.ask("GET", dossier, code=WRONG, **at("198.51.100.2")).status_code == 404, "somebody else at another address"
    assert desk.ask("GET", dossier, **at("198.51.100.1")).status_code == 200
    assert desk.ask("DELETE", dossier, **at("198.51.100.1")).status_code == 204


def test_a_number_is_tried_from_many_addresses_only_so_often(make_desk):
    desk = make_desk(wrong_codes_per_number_hour=1)
    dossier = desk.submitted()
    tried = [desk.ask("GET", dossier, code=WRONG, **at(f"198.51.100.{host}")).status_code for host in range(12)]
    assert tried == [404] * 10 + [429] * 2
    assert desk.ask("GET", dossier, **at("198.51.100.99")).status_code == 200


def test_numbers_are_walked_only_so_far_and_look_alike_whether_somebody_has_them_or_not(make_desk):
    desk = make_desk(wrong_codes_per_address_hour=4)
    theirs = [desk.submitted(subject={"bhxh_code": f"011309984{digit}"}).no for digit in (1, 2)]
    walked = [*theirs, NOBODYS, NUMBERS.number("991231", 999_998), theirs[0]]
    answers = [desk.client.get(f"{PREFIX}/{no}", headers={"X-Tracking-Code": WRONG}, **at("198.51.100.1")) for no in walked]
    assert [each.status_code for each in answers] == [404] * 4 + [429]
    bodies = [{name: text for name, text in each.json.items() if name != "trace_id"} for each in answers[:4]]
    assert all(body == bodies[0] for body in bodies)


def test_declarations_with_one_phone_from_one_address_are_so_many_a_day(make_desk, later):
    desk = make_desk(submissions_per_phone_address_day=2)
    drafts = [desk.create(kind="adjust") for _ in range(3)]
    assert [desk.submit(each).status_code for each in drafts] == [202, 202, 429]
    other = desk.create(kind="adjust", contact={"phone": "0912345678"})
    assert desk.submit(other).status_code == 202
    assert desk.submit(drafts[2], **at("203.0.113.9")).status_code == 202, (
        "somebody elsewhere with the same phone is not shut out"
    )


def test_what_is_refused_is_counted_by_limit_and_by_nothing_of_anybody(make_desk):
    desk = make_desk(lookups_per_address_hour=1)
    for _ in range(3):
        desk.client.get("/registration/offices")
    lines = [line for line in desk.client.get("/metrics").text.splitlines() if line.startswith("vss_throttled_total")]
    assert any('limit="lookups:address"' in line for line in lines)
    assert "127.0.0.1" not in str(lines)


def test_people_go_on_reading_while_the_database_takes_no_counts(desk, monkeypatch):
    dossier = desk.create()

    def read_only(_work, **_options):
        raise Transient("read-only")

    monkeypatch.setattr(desk.db, "transact", read_only)
    assert desk.ask("GET", dossier).status_code == 200
    assert desk.client.get("/registration/offices").status_code == 200
    assert desk.client.post(PREFIX, json=FORM).status_code == 503


# ---------------------------------------------------------------- replays


def test_a_replayed_submission_is_answered_to_who_has_the_code_and_to_nobody_else(desk):
    dossier = desk.create()
    path, key = f"{PREFIX}/{dossier.draft_id}/submit", {"Idempotency-Key": "6f1c6d53-submit"}

    def submit(**headers):
        return desk.client.post(path, json={"commitment": True}, headers=key | headers)

    first = submit(**{"X-Tracking-Code": dossier.code})
    assert first.status_code == 202
    assert submit().status_code == 401
    assert submit(**{"X-Tracking-Code": WRONG}).status_code == 404
    assert submit(Authorization="Bearer citizen:c").status_code == 404
    again = submit(**{"X-Tracking-Code": dossier.code.lower()})
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")


def test_a_replayed_creation_answers_with_the_tracking_code_which_rests_nowhere_in_clear(desk):
    first, again = desk.post(key="6f1c6d53-one"), desk.post(key="6f1c6d53-one")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json == first.json
    assert desk.post(key="6f1c6d53-one", token="citizen:c").json["tracking_code"] != first.json["tracking_code"]
    assert first.json["tracking_code"] not in str(desk.everything())
