"""Filed by post: nobody is told to come, and the letter has ten days to arrive (I12)."""

from datetime import datetime, timedelta

import pytest

from services.chassis import clock
from tests.integration.registration.desk import words

pytestmark = pytest.mark.rule("I12")


def test_the_form_asks_for_a_letter_and_not_for_a_visit(desk):
    dossier = desk.submitted(filing="post")
    fact = desk.facts()[0]
    end, until = (datetime.fromisoformat(fact.body[name]) for name in ("expires_at", "letters_until"))
    assert until - end == timedelta(days=10)
    assert fact.body["filing"] == "post"
    text = words(desk.ask("GET", dossier, "/form.pdf").data)
    assert "gửi tờ khai kèm bản sao giấy tờ tùy thân qua bưu chính công ích chậm nhất ngày" in text
    assert "Mang giấy tờ" not in text
    assert "đến cơ quan BHXH bất kỳ" not in text


def test_a_letter_posted_in_time_may_arrive_within_ten_days_after_the_end(desk, later):
    dossier = desk.submitted(filing="post")
    posted = clock.now()
    later(days=19)
    desk.sweep()
    assert desk.status(dossier)["status"] == "submitted", "it may still be on its way"
    desk.hear("case_received", dossier, received_at=posted.isoformat())
    later(days=24)
    desk.sweep()
    assert desk.status(dossier)["status"] == "received"


def test_a_declaration_whose_letter_never_comes_expires_ten_days_after_the_last_one(desk, later):
    dossier = desk.submitted(filing="post")
    later(days=9)
    desk.sweep()
    (warned,) = desk.facts("declaration_expiring")
    assert warned.body["filing"] == "post"
    later(days=21)
    desk.sweep()
    assert desk.status(dossier)["status"] == "expired"
    (expired,) = desk.facts("declaration_expired")
    assert expired.body["filing"] == "post"


def test_a_letter_that_overtakes_its_expiry_brings_the_declaration_back(desk, later):
    dossier = desk.submitted(filing="post")
    posted = clock.now()
    later(days=21)
    desk.sweep()
    desk.hear("case_received", dossier, received_at=posted.isoformat())
    assert desk.status(dossier)["status"] == "received"


def test_who_comes_has_ten_days_and_no_letter(desk, later):
    dossier = desk.submitted()
    assert desk.facts()[0].body["letters_until"] is None
    later(days=11)
    desk.sweep()
    assert desk.status(dossier)["status"] == "expired"


def test_for_a_child_nothing_is_sent_by_post(lite, form):
    answer = lite.post(subject={"date_of_birth": "2015-05-06"}, parent=form.parent, filing="post")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["filing"]
    assert lite.post(form.child, token="citizen:account-1", filing="post").status_code == 201, "a guardian need not come"
