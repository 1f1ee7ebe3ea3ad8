"""The life of a declaration, without a database."""

from datetime import timedelta

import pytest

from services.registration.declarations.refusals import AttachmentsClosed, CannotWithdraw, NotADraft
from services.registration.declarations.rules import FORM_PDF, STATUSES

TEN_DAYS = timedelta(days=10)


@pytest.mark.rule("I4", "I5")
def test_submitting_tells_all_that_the_form_says(draft, told, claim_check, now):
    declaration = draft(attachments={"portrait": claim_check()})
    declaration.submit(now, expiry=TEN_DAYS)
    fact = told[0].fact.dump()
    assert declaration.status == "submitted"
    assert fact["dossier_no"] == "261121-000001-6"
    assert fact["subject"]["bhxh_code"] == "0113099841"
    assert fact["subject"]["date_of_birth"] == "1987-05-19"
    assert fact["contact"]["phone"] == "+84983847986"
    assert fact["attachments"] == [claim_check()]
    assert fact["warnings"] == ["id_number"]


@pytest.mark.rule("I6", "V9")
@pytest.mark.parametrize(("route", "days"), [("portal", 10), ("guardian", None), ("counter", None)])
def test_ten_days_run_only_where_a_visit_is_awaited(draft, told, now, route, days):
    guardian = {
        "account_id": "a",
        "full_name": "Lê Thị Lan",
        "relationship": "mother",
        "phone": "+84983847986",
        "email": None,
    }
    draft(route=route, guardian=guardian if route == "guardian" else None).submit(now, expiry=TEN_DAYS)
    assert told[0].fact.expires_at == (now + timedelta(days=days) if days else None)


def test_a_declaration_is_submitted_once(draft, told, now):
    declaration = draft()
    declaration.submit(now, expiry=TEN_DAYS)
    with pytest.raises(NotADraft):
        declaration.submit(now, expiry=TEN_DAYS)
    assert len(told) == 1


def test_a_picture_of_a_draft_is_told_with_the_submission_and_a_later_one_by_itself(draft, told, document, now):
    declaration = draft()
    declaration.attach("id_front", document(), now)
    assert told == []
    declaration.submit(now, expiry=TEN_DAYS)
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
    declaration.submit(now, expiry=TEN_DAYS)
    declaration.expire(now + TEN_DAYS)
    fact = told[1].fact.dump()
    documents = declaration.clear_personal_data()
    assert fact["full_name"] == "Nguyễn Thành Biên"
    assert documents == [claim_check("portrait", 1)["document_id"], claim_check("id_front", 2)["document_id"]]
    left = {
        column.key: getattr(declaration, column.key)
        for column in declaration.__table__.columns
        if getattr(declaration, column.key)
    }
    kept = {"dossier_no", "kind", "route", "channel", "filing", "status", "revision", "tracking_hash", "office"}
    assert set(left) == kept | {"created_at", "submitted_at", "expires_at", "ended_at"}
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
    declaration.submit(now, expiry=TEN_DAYS)
    declaration.attach("portrait", document(), now)
    declaration.warn(now)
    declaration.expire(now)
    assert [one.revision for one in told] == [1, 2, 3, 4]
    assert {one.correlation_id for one in told} == {declaration.dossier_no}
