"""A complaint that was closed long ago loses its filer, its words and its files; its figures stay (P1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis import clock
from services.feedback.complaints.similar import PersonKey
from tests.integration.feedback.desk import Desk

pytestmark = pytest.mark.rule("P1")

CONTACT = {"full_name": "Nguyễn Thành Biên", "phone": "0983847986", "email": "bien@a.vn"}


def test_two_years_after_it_was_closed_nobody_is_in_it_any_more(desk: Desk, later: Any) -> None:
    complaint = desk.routed(contact=CONTACT)
    assert desk.put(complaint, code=complaint.code).status_code == 200
    desk.answered(complaint)
    other = desk.filed(contact=CONTACT | {"phone": "0912345678"})
    later.to(clock.now() + timedelta(days=40))
    desk.sweep()
    assert desk.row(complaint).closed_at is not None
    later.to(clock.now() + timedelta(days=729))
    desk.sweep()
    assert desk.row(complaint).contact is not None
    later.to(clock.now() + timedelta(days=2))
    desk.sweep()
    assert desk.value(sa.text("SELECT count(*) FROM jobs WHERE kind = 'delete_document'")) == 1
    row = desk.row(complaint)
    assert (row.contact, row.account_id, row.bhxh_code, row.subject_line, row.body) == (None, None, None, "", "")
    assert (row.category_code, row.status, row.attachments) == ("khac", "closed", [])
    assert row.answered_at is not None
    tables = ("complaints", "answers", "person_keys", "jobs", "complaint_steps")
    with desk.db.read() as session:
        left = " ".join(str(each) for table in tables for each in session.execute(sa.text(f"SELECT * FROM {table}")))
        assert session.scalars(sa.select(PersonKey.complaint_no).distinct()).all() == [other.no]
    assert "983847986" not in left
    assert desk.row(other).contact is not None
