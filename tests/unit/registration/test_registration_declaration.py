"""The life of a declaration, without a database."""

from datetime import UTC, date, datetime

import pytest

from services.chassis.calendar import Calendar
from services.registration.declarations.refusals import AttachmentsClosed, CannotWithdraw, NotADraft
from services.registration.declarations.rules import FORM_PDF, STATUSES
from services.registration.settings import Settings

NUMBER = "261121-000001-6"
TERMS = Settings().terms


def term(now):
    return TERMS.begin(Calendar(), now, about=NUMBER)


@pytest.mark.rule("I4", "I5")
def test_submitting_tells_all_that_the_form_says(draft, told, claim_check, now):
    declaration = draft(attachments={"portrait": claim_check()})
    declaration.submit(now, term(now), number=NUMBER)
    fact = told[0].fact.dump()
    assert declaration.status == "submitted"
    assert declaration.number == NUMBER
    assert fact["draft_id"] == declaration.draft_id
    assert fact["dossier_no"] == "261121-000001-6"
    assert fact["subject"]["bhxh_code"] == "0113099841"
    assert fact["subject"]["date_of_birth"] == "1987-05-19"
    assert fact["contact"]["phone"] == "+84983847986"
    assert fact["attachments"] == [claim_check()]
    assert fact["warnings"] == ["id_number"]


@pytest.mark.rule("I6", "W1")
def test_the_submission_names_the_last_day_and_the_instant_after_it(draft, told, now):
    draft().submit(now, term(now), number=NUMBER)
    fact = told[0].fact
    assert (fact.last_day, fact.expires_at) == (date(2026, 12, 1), datetime(2026, 12, 1, 17, tzinfo=UTC))


@pytest.mark.rule("W1")
def test_the_last_day_moves_to_a_later_one_and_never_to_an_earlier_one(draft, told, now):
    declaration = draft()
    declaration.submit(now, term(now), number=NUMBER)
    later, earlier = (TERMS.ending_on(Calendar(), date(2026, 12, day), about="x") for day in (2, 1))
    declaration.extend(later)
    assert told[1].fact.last_day == declaration.last_day == date(2026, 12, 2)
    for never in (earlier, later):
        with pytest.raises(ValueError, match="more days"):
            declaration.extend(never)
    assert len(told) == 2


def test_a_declaration_is_submitted_once(draft, told, now):
    declaration = draft()
    declaration.submit(now, term(now), number=NUMBER)
    with pytest.raises(NotADraft):
        declaration.submit(now, term(now), number=NUMBER)
    assert len(told) == 1


def test_a_picture_of_a_draft_is_told_with_the_submission_and_a_later_one_by_itself(draft, told, document, now):
    declaration = draft()
    declaration.attach("id_front", document(), now)
    assert told == []
    declaration.submit(now, term(now), number=NUMBER)
    declaration.attach("id_back", document(2), now)
    fact = told[1].fact.dump()
    assert fact["attachment"]["kind"] == "id_back"
    assert fact["full_name"] == "Nguyễn Thành Biên"
    assert set(declaration.attachments) == {"id_front", "id_back"}


@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"draft", "submitted"}))
def test_no_picture_is_taken_once_an_officer_has_the_dossier_or_it_has_ended(draft, told, document, now, status):
    declaration = draft(status=status)
    with pytest.raises(AttachmentsClosed):
        declaration.attach("portrait", document(), now)
    assert declaration.attachments == {}
    assert told == []


def test_the_form_may_come_late_but_not_after_the_data_are_deleted(draft, told, document, now):
    declaration = draft(status="received")
    declaration.attach(FORM_PDF, document(), now)
    assert len(told) == 1
    declaration.clear_personal_data()
    with pytest.raises(AttachmentsClosed):
        declaration.attach(FORM_PDF, document(), now)


@pytest.mark.rule("I6")
def test_expiry_keeps_number_kind_route_office_times_and_status_and_nothing_of_the_person(draft, told, claim_check, now):
    declaration = draft(attachments={"portrait": claim_check("portrait", 1), "id_front": claim_check("id_front", 2)})
    declaration.submit(now, term(now), number=NUMBER)
    declaration.expire(term(now).close_at)
    fact = told[1].fact.dump()
    documents = declaration.clear_personal_data()
    assert fact["full_name"] == "Nguyễn Thành Biên"
    assert documents == [claim_check("portrait", 1)["document_id"], claim_check("id_front", 2)["document_id"]]
    left = {
        column.key: getattr(declaration, column.key)
        for column in declaration.__table__.columns
        if getattr(declaration, column.key)
    }
    kept = {
        "id",
        "phone_proved",
        "dossier_no",
        "kind",
        "route",
        "channel",
        "filing",
        "status",
        "revision",
        "tracking_hash",
        "office",
    }
    assert set(left) == kept | {"created_at", "submitted_at", "ended_at", "last_day", "expires_at", "warn_at", "close_at"}
    assert left["status"] == "expired"


def test_only_a_submitted_declaration_can_be_withdrawn(draft, told, now):
    for status in set(STATUSES) - {"submitted"}:
        with pytest.raises(CannotWithdraw):
            draft(status=status).withdraw(now)
    assert told == []
    declaration = draft(status="submitted")
    declaration.withdraw(now)
    assert told[0].fact.withdrawn_at == now
    assert declaration.status == "withdrawn"


def test_each_fact_has_a_higher_revision_than_the_one_before_and_belongs_to_the_dossier(draft, told, document, now):
    declaration = draft()
    declaration.submit(now, term(now), number=NUMBER)
    declaration.attach("portrait", document(), now)
    declaration.warn(now)
    declaration.expire(now)
    assert [one.revision for one in told] == [1, 2, 3, 4]
    assert {one.correlation_id for one in told} == {declaration.dossier_no}
