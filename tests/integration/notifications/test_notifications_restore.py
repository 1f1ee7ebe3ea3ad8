"""After a restored backup nobody is told twice: here, or because a source tells it anew. Both databases."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest

from services.accounts import events as accounts
from services.chassis import clock
from services.chassis.errors import OtherPerson
from services.chassis.ids import uuid7
from services.feedback import events as feedback
from services.notifications.complaints.readers import ComplaintReceived
from services.notifications.dossiers.readers import (
    AccountActivated,
    CodeNotFound,
    DeclarationExpired,
    DeclarationRejected,
    DeclarationSubmitted,
)
from services.registration import events as registration
from services.verification import events as verification
from tests.integration.notifications.desk import SEALER, Desk
from tests.stand.backups import Backup

PHONE = {"phone": "+84983847986", "email": None}
ACCOUNT = "019aa5b5-c0de-7000-a000-0000000000a1"


def activated(desk: Desk, id_: uuid.UUID, told_at: datetime, *, box: bool = True) -> None:
    """Read that an account is there; told again, it comes without its box."""
    sealed = SEALER.seal({"password": "k7cm-xr4t-hw3p"}, context=f"first-password:{ACCOUNT}")
    example = {name: value for name, value in accounts.AccountActivated.example.items() if name != "sealed_credential"}
    desk.read(
        AccountActivated,
        example | {"account_id": ACCOUNT, "contact": PHONE} | ({"sealed_credential": sealed} if box else {}),
        id_=id_,
        told_at=told_at,
    )


def restored_with_all_forgotten(desk: Desk, tell: Any) -> None:
    """Tell and send after a backup, then restore that."""
    desk.read(CodeNotFound, verification.CodeNotFound.example, contact=PHONE)
    desk.run_jobs()
    backup = Backup(desk.db)
    tell()
    desk.run_jobs()
    backup.restore()
    desk.repair()


def test_what_was_sent_after_the_backup_is_found_at_the_provider_and_not_sent_again(desk: Desk) -> None:
    id_, at = uuid7(), clock.now()

    def tell() -> None:
        rejected = verification.DeclarationRejected.example
        desk.read(DeclarationRejected, rejected, contact=PHONE, id_=id_, told_at=at)

    restored_with_all_forgotten(desk, tell)
    sent = list(desk.sms.texts)
    assert len(desk.messages()) == 1
    tell()
    desk.run_jobs()
    assert desk.sms.texts == sent
    assert [message.status for message in desk.messages()] == ["sent", "sent"]
    assert desk.messages()[1].provider_id == desk.sms.taken[1][0]


def test_what_was_not_sent_before_the_restore_is_sent_after_it(desk: Desk) -> None:
    at = clock.now()
    restored_with_all_forgotten(desk, lambda: None)
    desk.read(DeclarationRejected, verification.DeclarationRejected.example, contact=PHONE, told_at=at)
    desk.run_jobs()
    assert len(desk.sms.texts) == 2


def test_a_first_password_told_again_without_its_box_is_found_by_the_rest_of_its_text(desk: Desk) -> None:
    id_, at = uuid7(), clock.now()
    restored_with_all_forgotten(desk, lambda: activated(desk, id_, at))
    sent = list(desk.sms.texts)
    assert "k7cm-xr4t-hw3p" in sent[-1]
    activated(desk, id_, at, box=False)
    desk.run_jobs()
    assert desk.sms.texts == sent
    [message] = [each for each in desk.messages() if each.template == "account_activated"]
    assert message.status == "sent"
    assert "k7cm" not in str(message.text)


def test_a_first_password_without_its_box_that_was_never_sent_fails_for_all_to_see(desk: Desk) -> None:
    at = clock.now()
    restored_with_all_forgotten(desk, lambda: None)
    activated(desk, uuid7(), at, box=False)
    desk.run_jobs()
    [message] = [each for each in desk.messages() if each.template == "account_activated"]
    assert (message.status, message.code) == ("failed", "secret_gone")
    assert len(desk.sms.texts) == 1


def test_a_complaint_told_again_without_its_box_is_not_sent_without_its_code(desk: Desk) -> None:
    example = feedback.ComplaintReceived.example | {"contact": {"full_name": "Nguyễn Thành Biên", **PHONE}, "staff": []}
    del example["sealed_tracking"]
    desk.read(ComplaintReceived, example)
    desk.run_jobs()
    [message] = desk.messages()
    assert (message.status, message.code) == ("failed", "secret_gone")


@pytest.mark.parametrize("route", ["portal", "guardian"])
def test_a_restored_source_that_tells_a_submission_anew_makes_no_second_message(desk: Desk, route: str) -> None:
    for _ in range(2):
        desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=PHONE, route=route)
    desk.run_jobs()
    assert len(desk.sms.texts) == 1


def test_an_expiry_told_anew_makes_no_second_message(desk: Desk) -> None:
    for _ in range(2):
        desk.read(DeclarationExpired, registration.DeclarationExpired.example, contact=PHONE)
    assert len(desk.messages()) == 1


def test_a_dossier_number_that_comes_for_another_phone_is_refused(desk: Desk) -> None:
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=PHONE)
    other = {"phone": "+84912000111", "email": None}
    with pytest.raises(OtherPerson) as refused:
        desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, contact=other)
    assert str(refused.value) == "this number of a declaration is known here, for another person"
    assert len(desk.messages()) == 1


def test_a_complaint_number_that_comes_for_another_phone_is_refused(desk: Desk) -> None:
    filer = {"full_name": "Nguyễn Thành Biên", **PHONE}
    example = feedback.ComplaintReceived.example | {"sealed_tracking": None, "staff": []}
    desk.read(ComplaintReceived, example, contact=filer)
    with pytest.raises(OtherPerson):
        desk.read(ComplaintReceived, example, contact=filer | {"phone": "+84912000111"})
