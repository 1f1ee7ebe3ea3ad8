"""From facts to messages: who is told, by which channel, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from services.accounts import events as accounts
from services.chassis.calendar import VIETNAM
from services.chassis.ids import uuid7
from services.notifications import readers
from services.notifications.handlers import HANDLERS
from services.registration import events as registration
from services.verification import events as verification
from tests.integration.notifications.desk import Desk

BOTH = {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}
PHONE = {"phone": "+84983847986", "email": None}
DAY, NIGHT = datetime(2026, 11, 23, 10, tzinfo=VIETNAM), datetime(2026, 11, 23, 23, tzinfo=VIETNAM)

#: fact, contact, and what comes of it: (template, channel)
CASES: list[tuple[type[Any], dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = [
    (readers.DeclarationSubmitted, registration.DeclarationSubmitted.example, BOTH, [("declaration_submitted", "sms")]),
    (
        readers.DeclarationSubmitted,
        registration.DeclarationSubmitted.example | {"route": "guardian"},
        BOTH,
        [("child_submitted", "sms")],
    ),
    (readers.AttachmentAdded, registration.AttachmentAdded.example, BOTH, [("form_attached", "email")]),
    (readers.AttachmentAdded, registration.AttachmentAdded.example, PHONE, []),
    (
        readers.AttachmentAdded,
        registration.AttachmentAdded.example | {"made_for": "correction"},
        BOTH,
        [("form_attached", "email")],
    ),
    # one more picture is worth no letter
    (readers.AttachmentAdded, registration.AttachmentAdded.example | {"made_for": "picture"}, BOTH, []),
    (readers.VisitRequested, verification.VisitRequested.example, BOTH, [("visit_requested", "sms")]),
    (readers.DeclarationExpiring, registration.DeclarationExpiring.example, BOTH, [("declaration_expiring", "sms")]),
    (readers.DeclarationExpired, registration.DeclarationExpired.example, BOTH, [("declaration_expired", "sms")]),
    (
        readers.DeclarationRejected,
        verification.DeclarationRejected.example,
        BOTH,
        [("declaration_rejected", "sms"), ("declaration_rejected", "email")],
    ),
    (readers.DeclarationRejected, verification.DeclarationRejected.example, PHONE, [("declaration_rejected", "sms")]),
    (readers.CodeNotFound, verification.CodeNotFound.example, BOTH, [("code_not_found", "sms")]),
    (
        readers.AccountActivated,
        accounts.AccountActivated.example,
        BOTH,
        [("account_activated", "sms"), ("account_activated", "email")],
    ),
    (readers.AccountActivated, accounts.AccountActivated.example, PHONE, [("account_activated", "sms")]),
    (
        readers.AccountActivated,
        accounts.AccountActivated.example | {"guardian_account_id": str(uuid7())},
        PHONE,
        [("child_activated", "sms")],
    ),
    (readers.AccountAdjusted, accounts.AccountAdjusted.example, BOTH, [("account_adjusted", "sms")]),
    (readers.AccountStopped, accounts.AccountStopped.example, BOTH, [("account_stopped", "sms")]),
    (readers.OtpIssued, accounts.OtpIssued.example, BOTH, [("otp", "sms")]),
    (readers.PasswordChanged, accounts.PasswordChanged.example, BOTH, [("password_changed", "email")]),
    (readers.PasswordChanged, accounts.PasswordChanged.example, PHONE, [("password_changed", "sms")]),
    (readers.PasswordReset, accounts.PasswordReset.example, PHONE, [("password_reset", "sms")]),
    (readers.PasswordExpiring, accounts.PasswordExpiring.example, PHONE, [("password_expiring", "sms")]),
    (readers.SessionRevoked, accounts.SessionRevoked.example, PHONE, [("new_device", "sms")]),
    (readers.SessionRevoked, accounts.SessionRevoked.example | {"reason": "signed_out"}, PHONE, []),
]


@pytest.mark.rule("N1", "N2", "N3", "N4", "N5", "N6", "N7", "A2", "V8", "I5")
def test_each_fact_becomes_the_messages_that_the_table_names(desk: Desk) -> None:
    for number, (reader, of_reader, contact, expected) in enumerate(CASES):
        before = {message.id for message in desk.messages()}
        # of each another dossier: some things are said once about one
        example = of_reader | ({"dossier_no": f"261121-{number:06d}-0"} if "dossier_no" in of_reader else {})
        with time_machine.travel(DAY, tick=True):
            desk.read(reader, example, contact=contact)
        made = [message for message in desk.messages() if message.id not in before]
        assert [(m.template, m.channel) for m in made] == expected, reader.__name__
        for message in made:
            assert message.address == contact["phone" if message.channel == "sms" else "email"]
            assert message.ref in (example.get("dossier_no"), example.get("account_id"))
            assert message.status == "waiting"
            assert message.text is None
    assert len(desk.job_views()) == len(desk.messages())


def test_every_fact_that_is_read_stands_in_the_table_above_or_in_that_of_complaints() -> None:
    assert {reader for reader, *_ in CASES} == {reader for reader in HANDLERS if reader.service != "feedback"}


def test_a_fact_that_comes_twice_makes_its_messages_once(desk: Desk) -> None:
    id_ = uuid7()
    for _ in range(3):
        desk.read(readers.PasswordChanged, accounts.PasswordChanged.example, id_=id_)
    assert len(desk.messages()) == 1
    assert len(desk.job_views()) == 1
    desk.read(readers.PasswordChanged, accounts.PasswordChanged.example)
    assert len(desk.messages()) == 2


def test_only_the_form_goes_by_mail_and_no_other_attachment(desk: Desk) -> None:
    example = registration.AttachmentAdded.example
    desk.read(readers.AttachmentAdded, example, attachment=example["attachment"] | {"kind": "portrait"})
    assert desk.messages() == []


@pytest.mark.rule("N3", "N4")
def test_the_route_decides_which_legal_clock_runs(desk: Desk) -> None:
    complete_at = datetime(2026, 11, 25, 10, tzinfo=VIETNAM)
    for route in ("portal", "counter"):
        desk.read(
            readers.AccountActivated,
            accounts.AccountActivated.example,
            contact=PHONE,
            route=route,
            complete_at=complete_at.isoformat(),
        )
    quick, slow = sorted(desk.messages(), key=lambda message: message.urgency)
    assert (quick.urgency, quick.deadline_at) == ("15-minutes", complete_at + timedelta(minutes=15))
    assert (slow.urgency, slow.deadline_at) == ("3-working-days", datetime(2026, 12, 1, tzinfo=VIETNAM))


@pytest.mark.rule("N10", "N2", "N7")
def test_at_night_reminders_wait_and_the_law_does_not(desk: Desk) -> None:
    with time_machine.travel(NIGHT, tick=False):
        desk.read(readers.DeclarationExpiring, registration.DeclarationExpiring.example, contact=PHONE)
        desk.read(readers.PasswordExpiring, accounts.PasswordExpiring.example, contact=PHONE)
        desk.read(readers.AccountActivated, accounts.AccountActivated.example, contact=PHONE)
        desk.read(readers.OtpIssued, accounts.OtpIssued.example, contact=PHONE)
    morning = datetime(2026, 11, 24, 7, tzinfo=VIETNAM)
    waits = {m.template: j.run_after for m in desk.messages() for j in desk.job_views() if j.key == str(m.id)}
    assert waits["account_activated"] == waits["otp"] == NIGHT
    assert morning <= waits["declaration_expiring"] < morning + timedelta(minutes=30)
    assert morning <= waits["password_expiring"] < morning + timedelta(minutes=30)


@pytest.mark.rule("N6")
def test_one_time_codes_do_not_queue_behind_other_sms(desk: Desk) -> None:
    desk.read(readers.OtpIssued, accounts.OtpIssued.example)
    desk.read(readers.DeclarationSubmitted, registration.DeclarationSubmitted.example)
    assert {job.kind for job in desk.job_views()} == {"otp", "sms"}


@pytest.mark.rule("A7")
def test_a_session_that_is_revoked_opens_nothing_here(desk: Desk) -> None:
    from services.chassis.web.tokens import Revoked

    session_id, soon = str(uuid7()), datetime.now(UTC) + timedelta(minutes=15)
    desk.read(
        readers.SessionRevoked,
        accounts.SessionRevoked.example,
        session_id=session_id,
        reason="signed_out",
        tokens_until=soon.isoformat(),
    )
    assert Revoked(desk.db)({"sid": session_id})
