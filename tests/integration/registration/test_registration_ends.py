"""Expiry, withdrawal and old drafts: what is told, and that nothing of the person stays. Both databases."""

import io
from datetime import datetime, timedelta

import pytest
from pypdf import PdfReader

from services.registration.declarations.rules import Declaration

PERSONAL = (
    "Nguyễn",
    "Nguy\\u1ec5n",
    "0113099841",
    "983847986",
    "111349876090",
    "biennt",
    "Thụ Trai",
    "Th\\u1ee5 Trai",
    "1987-05-19",
)


def traces(desk):
    """Tables, other than what is on its way out, that still hold something of the person."""
    left = desk.everything()
    del left["outbox"]  # facts leave it for the broker within milliseconds
    return [(name, text) for name, rows in left.items() for row in rows for text in PERSONAL if text in row]


def test_the_search_for_traces_finds_them_where_they_are(desk):
    desk.submitted()
    assert {name for name, _ in traces(desk)} == {"declarations"}


@pytest.mark.rule("I6")
def test_after_ten_days_it_is_cancelled_told_and_all_data_and_documents_are_deleted(desk, later):
    dossier = desk.create()
    desk.put(dossier, "portrait")
    desk.put(dossier, "id_front")
    desk.submit(dossier)
    desk.run_jobs()
    documents = [each["document_id"] for each in desk.row(dossier).attachments.values()]
    assert len(desk.kept(documents)) == 3
    later.to(desk.row(dossier).close_at)
    desk.sweep()
    desk.run_jobs()
    [told] = desk.facts("declaration_expired")
    assert told.body["contact"]["phone"] == "+84983847986"
    assert not any(text in told.public for text in PERSONAL)
    assert desk.kept(documents) == []
    assert traces(desk) == []
    status = desk.status(dossier)
    assert (status["status"], status["kind"], status["route"], status["office"]["code"]) == (
        "expired",
        "register",
        "portal",
        "01",
    )
    assert status["attachments"] == []
    assert desk.ask("GET", dossier, "/form.pdf").status_code == 404
    desk.sweep()
    assert len(desk.facts("declaration_expired")) == 1


@pytest.mark.rule("I6", "W1")
@pytest.mark.parametrize(("confirmed", "last_day"), [("2026-11-30T10:11", "2026-12-10"), ("2027-01-28T10:11", "2027-02-11")])
def test_it_waits_until_24_00_of_the_last_day_and_everything_names_that_day(desk, later, confirmed, last_day):
    later.to(datetime.fromisoformat(f"{confirmed}:00+07:00"))
    dossier = desk.create()
    answer = desk.submit(dossier).json
    [told] = desk.facts("declaration_submitted")
    assert {answer["last_day"], desk.status(dossier)["last_day"], told.body["last_day"]} == {last_day}
    assert f'"last_day":"{last_day}"' in told.public.replace(" ", "")
    desk.run_jobs()
    assert desk.facts("attachment_added")[0].body["last_day"] == last_day
    pdf = desk.ask("GET", dossier, "/form.pdf").data
    [page] = PdfReader(io.BytesIO(pdf)).pages
    assert "hết ngày " + "/".join(reversed(last_day.split("-"))) in " ".join(page.extract_text().split())
    midnight = datetime.fromisoformat(f"{last_day}T00:00:00+07:00") + timedelta(days=1)
    later.to(midnight - timedelta(minutes=1))
    desk.sweep()
    assert desk.status(dossier)["status"] == "submitted"
    later.to(midnight + timedelta(hours=7))
    desk.sweep()
    assert desk.status(dossier)["status"] == "expired"
    [told] = desk.facts("declaration_expired")
    assert told.body["last_day"] == last_day


@pytest.mark.rule("I6")
def test_two_working_days_before_the_end_the_person_is_warned_once_and_by_day(desk, later):
    later.to(datetime.fromisoformat("2027-01-28T10:11:00+07:00"))
    dossier = desk.submitted()
    later.to(datetime.fromisoformat("2027-02-02T07:59:00+07:00"))
    desk.sweep()
    assert desk.facts("declaration_expiring") == []
    # the working days before 11 February are 3 and 2 February: Tết lies between
    later.to(datetime.fromisoformat("2027-02-02T17:00:00+07:00"))
    desk.sweep()
    desk.sweep()
    [told] = desk.facts("declaration_expiring")
    assert (told.body["dossier_no"], told.body["last_day"]) == (dossier.no, "2027-02-11")
    assert told.body["contact"]["phone"] == "+84983847986"
    assert desk.status(dossier)["status"] == "submitted"


def day_off(day):
    return {"day": day, "kind": "off", "why": "Bão số 12"}


@pytest.mark.rule("I6", "W1")
def test_a_last_day_that_becomes_a_day_off_moves_to_the_next_working_day_and_the_person_is_told(desk, later):
    later.to(datetime.fromisoformat("2026-11-30T10:11:00+07:00"))
    dossier, other = desk.submitted(), desk.submitted(subject={"bhxh_code": "0113099842"}, kind="adjust")
    desk.hear("case_received", other)
    desk.hear("calendar_changed", revision=1, corrections=[day_off("2026-12-10")])
    desk.sweep()
    desk.sweep()
    [told] = desk.facts("declaration_extended")
    assert (told.body["dossier_no"], told.body["last_day"]) == (dossier.no, "2026-12-11")
    assert desk.status(dossier)["last_day"] == "2026-12-11"
    later.to(datetime.fromisoformat("2026-12-11T23:59:00+07:00"))
    desk.sweep()
    assert desk.status(dossier)["status"] == "submitted"
    later.to(desk.row(dossier).close_at)
    desk.sweep()
    assert desk.status(dossier)["status"] == "expired"


@pytest.mark.rule("I6", "W1")
def test_a_last_day_once_told_never_moves_earlier(desk, later):
    later.to(datetime.fromisoformat("2026-12-02T10:11:00+07:00"))
    dossier = desk.submitted()
    assert desk.status(dossier)["last_day"] == "2026-12-14", "the tenth day is a Saturday"
    desk.hear("calendar_changed", revision=1, corrections=[{"day": "2026-12-12", "kind": "work", "why": "Làm bù"}])
    desk.sweep()
    assert desk.facts("declaration_extended") == []
    assert desk.status(dossier)["last_day"] == "2026-12-14"


@pytest.mark.rule("I6", "W1")
def test_a_calendar_heard_of_in_the_night_of_the_end_still_counts(desk, later):
    later.to(datetime.fromisoformat("2026-11-30T10:11:00+07:00"))
    dossier = desk.submitted()
    later.to(desk.row(dossier).close_at)
    desk.hear("calendar_changed", revision=1, corrections=[day_off("2026-12-10")])
    desk.sweep()
    assert (desk.status(dossier)["status"], desk.status(dossier)["last_day"]) == ("submitted", "2026-12-11")


@pytest.mark.rule("I6", "W1")
def test_a_worked_saturday_that_is_taken_back_moves_the_last_day(desk, later):
    later.to(datetime.fromisoformat("2026-12-02T10:11:00+07:00"))
    desk.hear("calendar_changed", revision=1, corrections=[{"day": "2026-12-12", "kind": "work", "why": "Làm bù"}])
    dossier = desk.submitted()
    assert desk.status(dossier)["last_day"] == "2026-12-12"
    desk.hear("calendar_changed", revision=2, corrections=[])
    desk.sweep()
    assert desk.status(dossier)["last_day"] == "2026-12-14"


@pytest.mark.rule("I6")
def test_a_declaration_of_the_previous_release_gets_the_rest_of_its_last_day(desk, later):
    later.to(datetime.fromisoformat("2026-12-02T10:11:00+07:00"))
    dossier = desk.submitted()
    with desk.db.write() as session:
        old = session.get(Declaration, desk.row(dossier).id)
        old.last_day = old.warn_at = old.close_at = None
        old.expires_at = datetime.fromisoformat("2026-12-12T10:11:00+07:00")
    desk.sweep()
    assert desk.status(dossier)["last_day"] == "2026-12-14"
    assert desk.facts("declaration_extended")[0].body["last_day"] == "2026-12-14"


@pytest.mark.rule("I6")
def test_whoever_came_on_the_last_day_at_23_59_has_come_in_time(desk, later):
    later.to(datetime.fromisoformat("2026-11-30T10:11:00+07:00"))
    dossier = desk.submitted()
    later.to(datetime.fromisoformat("2026-12-11T00:10:00+07:00"))
    desk.sweep()
    desk.hear("case_received", dossier, received_at="2026-12-10T23:59:00+07:00")
    later.to(datetime.fromisoformat("2026-12-11T09:00:00+07:00"))
    desk.sweep()
    status = desk.status(dossier)
    assert (status["status"], status["warnings"]) == ("received", ["id_number"]), "nothing of it was deleted"


@pytest.mark.rule("I6")
def test_the_clock_stops_when_an_officer_receives_the_person(desk, later):
    dossier = desk.submitted()
    desk.hear("case_received", dossier)
    later(days=12)
    desk.sweep()
    assert desk.status(dossier)["status"] == "received"
    assert desk.facts("declaration_expiring") == desk.facts("declaration_expired") == []


@pytest.mark.rule("I6", "V9")
def test_what_awaits_no_visit_never_expires(desk, form, later):
    child = desk.create(form.child, token="citizen:g")
    paper = desk.create(token="officer:o", route="counter", channel="office")
    for dossier in (child, paper):
        desk.submit(dossier)
    later(days=400)
    desk.sweep()
    assert [desk.status(dossier)["status"] for dossier in (child, paper)] == ["submitted", "submitted"]


@pytest.mark.rule("I6")
def test_the_days_are_settings(make_desk, later):
    desk = make_desk(expiry_days=3, expiry_warning_days=1, expiry_spread_hours=0)
    later.to(datetime.fromisoformat("2026-11-30T10:11:00+07:00"))
    dossier = desk.submitted()
    later.to(datetime.fromisoformat("2026-12-02T17:00:00+07:00"))
    desk.sweep()
    assert len(desk.facts("declaration_expiring")) == 1
    later.to(datetime.fromisoformat("2026-12-04T00:00:00+07:00"))
    desk.sweep()
    assert desk.status(dossier)["status"] == "expired"


def test_a_submitted_declaration_can_be_withdrawn_until_it_is_received(desk):
    dossier = desk.create()
    desk.put(dossier)
    desk.submit(dossier)
    assert desk.ask("DELETE", dossier).status_code == 204
    assert desk.ask("DELETE", dossier).status_code == 204
    desk.run_jobs()
    [told] = desk.facts("declaration_withdrawn")
    assert told.headers["cloudEvents:revision"] == 2
    assert desk.status(dossier)["status"] == "withdrawn"
    assert len(desk.documents) == 0
    assert traces(desk) == []
    received = desk.submitted()
    desk.hear("case_received", received)
    answer = desk.ask("DELETE", received)
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:vss:problem:cannot-withdraw"


@pytest.mark.rule("I4")
def test_cancelling_a_draft_leaves_nothing(desk):
    dossier = desk.create()
    desk.put(dossier)
    assert desk.ask("DELETE", dossier).status_code == 204
    desk.run_jobs()
    assert desk.facts() == []
    assert desk.ask("GET", dossier).status_code == 404
    assert desk.everything()["declarations"] == []
    assert len(desk.documents) == 0


def test_a_draft_that_nobody_sends_is_deleted_after_its_days(make_desk, later):
    desk = make_desk(draft_days=2)
    dossier = desk.create()
    desk.put(dossier)
    sent = desk.submitted(subject={"bhxh_code": "0113099842"})
    later(days=2, seconds=1)
    desk.sweep()
    desk.run_jobs()
    assert desk.ask("GET", dossier).status_code == 404
    assert desk.status(sent)["status"] == "submitted"
    assert desk.facts("declaration_expired") == []


def test_a_submission_after_the_end_answers_how_it_ended(desk):
    dossier = desk.submitted()
    desk.ask("DELETE", dossier)
    assert desk.submit(dossier).json["status"] == "withdrawn"


@pytest.mark.parametrize(
    ("news", "status"),
    [
        (["case_received"], "received"),
        (["case_received", "identity_verified"], "verified"),
        (["identity_verified", "account_activated"], "activated"),
        (["account_activated", "identity_verified", "case_received"], "activated"),
        (["account_adjusted"], "adjusted"),
        (["account_stopped"], "stopped"),
        (["code_not_found"], "code_not_found"),
        (["declaration_rejected"], "rejected"),
    ],
)
def test_the_status_follows_what_the_others_tell(desk, news, status):
    dossier = desk.submitted()
    for revision, name in enumerate(news, start=1):
        desk.hear(name, dossier, revision=revision)
    assert desk.status(dossier)["status"] == status


@pytest.mark.rule("V8")
def test_a_refusal_can_be_read_where_the_status_is(desk):
    dossier = desk.submitted()
    desk.hear("declaration_rejected", dossier, reason_code="id_differs", reason="Ảnh không rõ.")
    assert desk.status(dossier)["refusal"] == {"reason_code": "id_differs", "reason": "Ảnh không rõ."}


def test_news_about_a_dossier_that_was_never_here_are_passed_over(desk):
    desk.hear("case_received")
    desk.hear("account_activated")
    counter = {"route": "counter", "channel": "office"}
    assert desk.post(token="officer:o", **counter).status_code == 409  # but the account is known now


def test_tokens_of_a_revoked_session_open_nothing_here(desk):
    from services.chassis import clock
    from services.chassis.web.tokens import Revoked

    desk.hear("session_revoked", session_id="s-1", tokens_until=clock.now().isoformat().replace("+00:00", "Z"))
    desk.hear("session_revoked", session_id="s-2", tokens_until="2999-01-01T00:00:00Z")
    revoked = Revoked(desk.db)
    assert revoked({"sid": "s-2"})
    assert not revoked({"sid": "s-3"})
