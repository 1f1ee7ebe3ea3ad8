"""The life of a declaration, without a database."""

from datetime import timedelta

import pytest

from services.registration.model import FORM_PDF, STATUSES, NotNow

TEN_DAYS = timedelta(days=10)


@pytest.mark.rule("I4", "I5")
def test_submitting_tells_all_that_the_form_says(draft, document, now):
    declaration = draft(attachments={"portrait": document()})
    fact = declaration.submit(now, expiry=TEN_DAYS).dump()
    assert declaration.status == "submitted"
    assert fact["dossier_no"] == "261121-000001-6"
    assert fact["subject"]["bhxh_code"] == "0113099841"
    assert fact["subject"]["date_of_birth"] == "1987-05-19"
    assert fact["contact"]["phone"] == "+84983847986"
    assert fact["attachments"] == [document()]
    assert fact["warnings"] == ["id_number"]


@pytest.mark.rule("I6", "V9")
@pytest.mark.parametrize(("route", "days"), [("portal", 10), ("guardian", None), ("counter", None)])
def test_ten_days_run_only_where_a_visit_is_awaited(draft, now, route, days):
    guardian = {
        "account_id": "a",
        "full_name": "Lê Thị Lan",
        "relationship": "mother",
        "phone": "+84983847986",
        "email": None,
    }
    fact = draft(route=route, guardian=guardian if route == "guardian" else None).submit(now, expiry=TEN_DAYS)
    assert fact.expires_at == (now + timedelta(days=days) if days else None)


def test_a_declaration_is_submitted_once(draft, now):
    declaration = draft()
    declaration.submit(now, expiry=TEN_DAYS)
    with pytest.raises(NotNow):
        declaration.submit(now, expiry=TEN_DAYS)


def test_a_picture_of_a_draft_is_told_with_the_submission_and_a_later_one_by_itself(draft, document, now):
    declaration = draft()
    assert declaration.attach(document("id_front"), now) is None
    declaration.submit(now, expiry=TEN_DAYS)
    fact = declaration.attach(document("id_back"), now).dump()
    assert fact["attachment"]["kind"] == "id_back"
    assert fact["full_name"] == "Nguyễn Thành Biên"
    assert set(declaration.attachments) == {"id_front", "id_back"}


@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"draft", "submitted"}))
def test_no_picture_is_taken_once_an_officer_has_the_dossier_or_it_has_ended(draft, document, now, status):
    declaration = draft(status=status)
    with pytest.raises(NotNow):
        declaration.attach(document(), now)
    assert declaration.attachments == {}


def test_the_form_may_come_late_but_not_after_the_data_are_deleted(draft, document, now):
    declaration = draft(status="received")
    assert declaration.attach(document(FORM_PDF), now) is not None
    declaration.erase()
    with pytest.raises(NotNow):
        declaration.attach(document(FORM_PDF), now)


@pytest.mark.rule("I6")
def test_expiry_keeps_number_kind_route_office_times_and_status_and_nothing_of_the_person(draft, document, now):
    declaration = draft(attachments={"portrait": document("portrait", 1), "id_front": document("id_front", 2)})
    declaration.submit(now, expiry=TEN_DAYS)
    fact = declaration.expire(now + TEN_DAYS).dump()
    documents = declaration.erase()
    assert fact["full_name"] == "Nguyễn Thành Biên"
    assert documents == [document("portrait", 1)["document_id"], document("id_front", 2)["document_id"]]
    left = {
        column.key: getattr(declaration, column.key)
        for column in declaration.__table__.columns
        if getattr(declaration, column.key)
    }
    kept = {"dossier_no", "kind", "route", "channel", "filing", "status", "revision", "tracking_hash", "office"}
    assert set(left) == kept | {"created_at", "submitted_at", "expires_at", "ended_at"}
    assert left["status"] == "expired"


def test_only_a_submitted_declaration_can_be_withdrawn(draft, now):
    for status in set(STATUSES) - {"submitted"}:
        with pytest.raises(NotNow):
            draft(status=status).withdraw(now)
    declaration = draft(status="submitted")
    assert declaration.withdraw(now).withdrawn_at == now
    assert declaration.status == "withdrawn"


def test_each_fact_has_a_higher_revision_than_the_one_before(draft, document, now):
    declaration = draft()
    revisions = [declaration.revision]
    declaration.submit(now, expiry=TEN_DAYS)
    revisions.append(declaration.revision)
    declaration.attach(document(), now)
    revisions.append(declaration.revision)
    declaration.warn(now)
    revisions.append(declaration.revision)
    declaration.expire(now)
    revisions.append(declaration.revision)
    assert revisions == [0, 1, 2, 3, 4]
