"""After a restored backup: decisions that only registration remembers, and cases given back to it. Both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.chassis import clock
from services.chassis.errors import Transient
from services.verification.cases.giving_back import give_back
from tests.integration.verification.desk import NO, Desk, dossier_no
from tests.stand.backups import Backup


def given_back(bureau: Desk, status: str, **more: Any) -> None:
    """Registration tells how far the declaration has come."""
    body = {"received_at": clock.now().isoformat(), "ended_at": None, "reason_code": None, "reason": None}
    bureau.tell("declaration_given_back", {"dossier_no": NO, "status": status} | body | more)


def test_a_rejection_that_the_backup_does_not_know_is_adopted_and_told_again(bureau: Desk) -> None:
    bureau.submit()
    bureau.see_id()
    backup = Backup(bureau.db)
    bureau.reject(reason="Họ tên khác.")
    [first] = bureau.told("declaration_rejected")
    backup.restore()
    bureau.repair(since=clock.now())
    given_back(bureau, "rejected", ended_at=clock.now().isoformat(), reason_code="id_differs", reason=first["reason"])
    assert bureau.case()["status"] == "rejected"
    [again] = bureau.told("declaration_rejected")
    assert (again["reason"], again["contact"]) == (first["reason"], first["contact"])
    assert bureau.decide(outcome="invalid", reason_code="id_differs", reason="Lần nữa.").status_code == 409


@pytest.mark.parametrize("status", ["verified", "activated"])
def test_an_approval_that_the_backup_does_not_know_is_adopted_and_told_again(bureau: Desk, status: str) -> None:
    bureau.submit()
    bureau.complete()
    bureau.repair(since=clock.now())
    given_back(bureau, status)
    assert bureau.case()["status"] == "approved"
    assert len(bureau.told("identity_verified")) == 1


def test_what_overtakes_its_declaration_waits_for_it(bureau: Desk) -> None:
    with pytest.raises(Transient):
        given_back(bureau, "verified")
    bureau.submit()
    given_back(bureau, "received")
    assert bureau.case()["status"] == "received"


def test_what_is_as_far_here_stays_as_it_is(bureau: Desk) -> None:
    bureau.submit()
    bureau.complete()
    bureau.approve()
    before = bureau.case()
    given_back(bureau, "received")
    given_back(bureau, "verified")
    assert bureau.case() == before
    assert len(bureau.told("identity_verified")) == 1


def test_cases_submitted_since_are_given_back_whole(bureau: Desk) -> None:
    bureau.submit()
    bureau.submit(dossier_no(2), submitted_at=(clock.now() - timedelta(days=2)).isoformat())
    assert sum(give_back(bureau.db, clock.now() - timedelta(days=1))) == 1
    [fact] = bureau.told("case_given_back")
    assert (fact["dossier_no"], fact["status"], fact["subject"]["bhxh_code"]) == (NO, "new", "0113099841")
