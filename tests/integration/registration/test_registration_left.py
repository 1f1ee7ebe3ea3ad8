"""Received and then left; a guardian who was asked for a picture. Both databases."""

from datetime import datetime

import pytest

from tests.integration.registration.test_registration_ends import traces


def at(text):
    return datetime.fromisoformat(f"{text}:00+07:00")


def left(desk, later, news="case_received"):
    """A declaration that an office received on Monday, 30 November 2026, and did nothing about for ten working days."""
    later.to(at("2026-11-30T10:00"))
    dossier = desk.submitted()
    desk.hear(news, dossier, **({"received_at": "2026-11-30T11:00:00+07:00"} if news == "case_received" else {}))
    later.to(at("2026-12-15T17:00"))
    desk.sweep()
    return dossier


@pytest.mark.rule("I6")
@pytest.mark.parametrize("news", ["case_received", "code_not_found"])
def test_whoever_was_received_and_left_is_told_after_ten_whole_working_days_and_once(desk, later, news):
    later.to(at("2026-11-30T10:00"))
    dossier = desk.submitted()
    desk.hear(news, dossier, **({"received_at": "2026-11-30T11:00:00+07:00"} if news == "case_received" else {}))
    later.to(at("2026-12-14T23:59"))
    desk.sweep()
    assert desk.facts("declaration_unfinished") == []
    assert not desk.status(dossier)["withdrawable"]
    later.to(at("2026-12-15T17:00"))
    desk.sweep()
    desk.sweep()
    [told] = desk.facts("declaration_unfinished")
    assert (told.body["dossier_no"], told.body["contact"]["phone"]) == (dossier.no, "+84983847986")
    assert "Nguy" not in told.public
    assert desk.status(dossier)["withdrawable"]


@pytest.mark.rule("I6")
@pytest.mark.parametrize("news", ["identity_verified", "declaration_rejected", "account_activated"])
def test_what_was_decided_in_time_is_not_told_as_left(desk, later, news):
    later.to(at("2026-11-30T10:00"))
    dossier = desk.submitted()
    desk.hear("case_received", dossier, received_at="2026-11-30T11:00:00+07:00")
    desk.hear(news, dossier, revision=2)
    later.to(at("2027-01-30T10:00"))
    desk.sweep()
    assert desk.facts("declaration_unfinished") == []


@pytest.mark.rule("I6")
def test_what_was_left_can_be_withdrawn_and_then_nothing_of_the_person_stays(desk, later):
    dossier = left(desk, later)
    desk.run_jobs()
    documents = [each["document_id"] for each in desk.row(dossier).attachments.values()]
    assert desk.kept(documents) == documents != []
    assert desk.ask("DELETE", dossier).status_code == 204
    desk.run_jobs()
    [told] = desk.facts("declaration_withdrawn")
    assert told.body["dossier_no"] == dossier.no
    assert desk.status(dossier)["status"] == "withdrawn"
    assert traces(desk) == []
    assert desk.kept(documents) == []


@pytest.mark.rule("I6", "I8")
def test_what_was_left_does_not_keep_the_person_from_filing_anew(desk, later):
    dossier = left(desk, later)
    again = desk.submitted()
    assert [desk.status(each)["status"] for each in (dossier, again)] == ["withdrawn", "submitted"]
    assert [told.body["dossier_no"] for told in desk.facts("declaration_withdrawn")] == [dossier.no]


@pytest.mark.rule("I6", "I8")
def test_a_draft_alone_takes_nothing_away_from_what_was_left(desk, later):
    dossier = left(desk, later)
    desk.create()
    assert desk.status(dossier)["status"] == "received"


@pytest.mark.rule("I6")
def test_what_was_left_can_still_be_finished_and_then_not_be_withdrawn(desk, later):
    dossier = left(desk, later)
    desk.hear("identity_verified", dossier, revision=2)
    assert desk.status(dossier)["status"] == "verified"
    assert desk.ask("DELETE", dossier).status_code == 409


@pytest.mark.rule("I6")
def test_whoever_was_received_before_this_release_is_told_too(desk, later):
    later.to(at("2026-11-30T10:00"))
    dossier = desk.submitted()
    desk.hear("case_received", dossier, received_at="2026-11-30T11:00:00+07:00")
    with desk.db.write() as session:
        session.merge(desk.row(dossier)).left_due_at = None
    later.to(at("2026-12-25T10:00"))
    desk.sweep()
    assert len(desk.facts("declaration_unfinished")) == 1


def child(desk, form, later):
    """A child's dossier of Monday, 30 November 2026, without its birth certificate, for which an officer has asked."""
    later.to(at("2026-11-30T10:00"))
    dossier = desk.submitted(form.child, token="citizen:g")
    desk.hear(
        "pictures_requested", dossier, pictures=["birth_certificate"], requested_at="2026-11-30T11:00:00+07:00", revision=1
    )
    return dossier


@pytest.mark.rule("I6", "V4")
def test_a_guardian_asked_for_a_picture_is_told_the_last_of_ten_working_days(desk, form, later):
    dossier = child(desk, form, later)
    [told] = desk.facts("pictures_awaited")
    assert (told.body["pictures"], told.body["last_day"]) == (["birth_certificate"], "2026-12-14")
    assert told.body["contact"]["phone"] == "+84912345678"
    status = desk.status(dossier)
    assert (status["last_day"], status["awaited"]) == ("2026-12-14", ["birth_certificate"])
    later.to(at("2026-12-10T17:00"))
    desk.sweep()
    assert [each.body["last_day"] for each in desk.facts("declaration_expiring")] == ["2026-12-14"]


@pytest.mark.rule("I6")
def test_a_guardian_is_reminded_and_the_end_comes_as_the_settings_say(make_desk, form, later):
    desk = make_desk(expiry_warning_days=5, expiry_spread_hours=0)
    dossier = child(desk, form, later)
    assert desk.row(dossier).close_at == at("2026-12-15T00:00")
    later.to(at("2026-12-07T17:00"))
    desk.sweep()
    assert len(desk.facts("declaration_expiring")) == 1


@pytest.mark.rule("I6")
def test_a_guardian_is_not_reminded_where_nobody_is(make_desk, form, later):
    desk = make_desk(expiry_warning_days=0)
    assert desk.row(child(desk, form, later)).warn_at is None


@pytest.mark.rule("I6")
def test_unanswered_for_ten_working_days_it_expires_and_that_is_told(desk, form, later):
    dossier = child(desk, form, later)
    later.to(at("2026-12-14T23:59"))
    desk.sweep()
    assert desk.status(dossier)["status"] == "submitted"
    later.to(desk.row(dossier).close_at)
    desk.sweep()
    desk.run_jobs()
    [told] = desk.facts("declaration_expired")
    assert (told.body["route"], told.body["last_day"]) == ("guardian", "2026-12-14")
    assert desk.status(dossier)["status"] == "expired"
    assert not [name for name, rows in desk.everything().items() for row in rows if name != "outbox" and "0122334455" in row]


@pytest.mark.rule("I6", "V4")
@pytest.mark.parametrize("answered", ["by the guardian", "at an office", "before the request arrived"])
def test_once_the_picture_is_here_nothing_expires(desk, form, later, answered):
    if answered == "before the request arrived":
        later.to(at("2026-11-30T10:00"))
        dossier = desk.submitted(form.child, token="citizen:g")
        desk.put(dossier, "birth_certificate")
        desk.hear("pictures_requested", dossier, pictures=["birth_certificate"], requested_at="2026-11-30T11:00:00+07:00")
        assert desk.facts("pictures_awaited") == []
    else:
        dossier = child(desk, form, later)
    if answered == "by the guardian":
        assert desk.put(dossier, "birth_certificate").status_code == 200
        assert desk.status(dossier)["last_day"] is None
    elif answered == "at an office":
        desk.hear("case_received", dossier, received_at="2026-12-01T11:00:00+07:00")
    assert desk.status(dossier)["awaited"] is None
    later.to(at("2027-01-30T10:00"))
    desk.sweep()
    assert desk.facts("declaration_expired") == []


@pytest.mark.rule("I6", "I8")
def test_at_a_counter_what_was_left_is_withdrawn_and_what_is_over_expires_and_neither_is_superseded(desk, later):
    at_counter = {"route": "counter", "channel": "office", "token": "officer:o"}  # no secret
    dossier = left(desk, later)
    again = desk.submitted(**at_counter)
    [told] = desk.facts("declaration_withdrawn")
    assert (told.body["dossier_no"], told.body["superseded_by"]) == (dossier.no, None)
    assert desk.status(again)["status"] == "submitted"
    other = {"bhxh_code": "0113099842"}
    waiting = desk.submitted(subject=other)
    later.to(desk.row(waiting).expires_at)  # and the night in which it is cancelled has only begun
    anew = desk.submitted(subject=other, **at_counter)
    assert [desk.status(each)["status"] for each in (waiting, anew)] == ["expired", "submitted"]
    assert len(desk.facts("declaration_withdrawn")) == 1


@pytest.mark.rule("I8", "I11")
def test_a_stranger_is_not_told_of_an_account_by_what_was_left(desk, later):
    dossier = left(desk, later)
    draft = desk.create()
    desk.hear("account_activated", revision=9)
    assert desk.submit(draft).status_code == 202
    assert desk.status(dossier)["status"] == "withdrawn"
    assert desk.row(draft).warnings == ["id_number", "has_account"]
