"""What the others tell, in any order."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.registration.declarations import progress

RECEIVED = "received"


def tell(declaration, now, *news):
    """News are (what, revision of verification's case)."""
    for what, revision in news:
        if what == RECEIVED:
            progress.record_receipt(declaration, at=now, revision=revision, left_due_at=now)
        elif what == "verified":
            progress.record_verification(declaration, revision=revision)
        elif what == "code_not_found":
            progress.record_unknown_code(declaration, revision=revision, left_due_at=now)
        elif what == "rejected":
            progress.record_rejection(declaration, at=now, revision=revision, reason_code="id_differs", reason="Khác tên.")
        else:
            progress.record_account_result(declaration, what, at=now)
    return declaration


@pytest.mark.parametrize(
    ("news", "status"),
    [
        ([(RECEIVED, 1)], "received"),
        ([(RECEIVED, 1), ("verified", 2)], "verified"),
        ([(RECEIVED, 1), ("rejected", 2)], "rejected"),
        ([(RECEIVED, 1), ("code_not_found", 2)], "code_not_found"),
        ([(RECEIVED, 1), ("code_not_found", 2), ("verified", 3)], "verified"),
        ([(RECEIVED, 1), ("verified", 2), ("activated", 0)], "activated"),
        ([(RECEIVED, 1), ("verified", 2), ("adjusted", 0)], "adjusted"),
        ([(RECEIVED, 1), ("verified", 2), ("stopped", 0)], "stopped"),
    ],
)
def test_in_whatever_order_the_news_come_the_end_is_the_same(draft, now, news, status):
    for order in permutations(news):
        assert tell(draft(status="submitted"), now, *order).status == status


def test_the_same_news_twice_changes_nothing(draft, now):
    declaration = tell(draft(status="submitted"), now, (RECEIVED, 1), ("verified", 2), (RECEIVED, 1), ("verified", 2))
    assert declaration.status == "verified"


def test_a_refusal_can_be_read_by_whoever_filed(draft, now):
    declaration = tell(draft(status="submitted"), now, (RECEIVED, 1), ("rejected", 2))
    assert declaration.refusal == {"reason_code": "id_differs", "reason": "Khác tên."}
    assert declaration.ended_at == now


def test_after_a_refusal_only_an_account_changes_anything(draft, now):
    declaration = tell(draft(status="submitted"), now, ("rejected", 2), ("verified", 3))
    assert declaration.status == "rejected"
    assert tell(declaration, now, ("activated", 0)).status == "activated"


@pytest.mark.rule("I6")
def test_a_person_who_came_in_time_is_received_although_the_news_were_late(draft, now):
    declaration = draft(status="expired", expires_at=now)
    declaration.clear_personal_data()
    tell(declaration, now - timedelta(minutes=1), (RECEIVED, 1))
    assert declaration.status == "received"
    assert declaration.subject is None


@pytest.mark.rule("I6")
def test_a_person_who_came_too_late_stays_expired(draft, now):
    declaration = draft(status="expired", expires_at=now)
    assert tell(declaration, now + timedelta(minutes=1), (RECEIVED, 1)).status == "expired"


def test_a_refusal_of_deleted_data_brings_back_no_words_about_the_person(draft, now):
    declaration = draft(status="expired", expires_at=now)
    declaration.clear_personal_data()
    tell(declaration, now, ("rejected", 1))
    assert declaration.refusal is None


def test_what_was_withdrawn_stays_withdrawn(draft, now):
    declaration = tell(draft(status="withdrawn"), now, (RECEIVED, 1), ("verified", 2), ("activated", 0))
    assert declaration.status == "withdrawn"
