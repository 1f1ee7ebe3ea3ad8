"""From facts to messages: who is told, by which channel, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from services.accounts import events as accounts
from services.accounts.factors.facts import CHANGES
from services.chassis.calendar import VIETNAM
from services.chassis.history.heads import HistoryHeadPublished
from services.chassis.ids import uuid7
from services.chassis.subjects import Requested
from services.notifications.dossiers.readers import (
    AccountActivated,
    AccountAdjusted,
    AccountStopped,
    AttachmentAdded,
    CodeNotFound,
    DeclarationExpired,
    DeclarationExpiring,
    DeclarationExtended,
    DeclarationRejected,
    DeclarationSubmitted,
    DeclarationUnfinished,
    DeclarationWithdrawn,
    DeclarationWithoutEffect,
    FirstPasswordRenewed,
    IdentityQuestioned,
    PhoneCodeIssued,
    PhoneConfirmed,
    PicturesAwaited,
    VisitRequested,
)
from services.notifications.handlers import HANDLERS
from services.notifications.holders.readers import (
    DeviceAdded,
    OtpIssued,
    PasswordChanged,
    PasswordExpiring,
    PasswordReset,
    SecondFactorChanged,
    SessionRevoked,
    StaffContactChanged,
)
from services.notifications.staff.readers import OfCase, ProgressReportMade
from services.registration import events as registration
from services.verification import events as verification
from tests.integration.notifications.desk import KEYS, Desk

BOTH = {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}
PHONE = {"phone": "+84983847986", "email": None}
DAY, NIGHT = datetime(2026, 11, 23, 10, tzinfo=VIETNAM), datetime(2026, 11, 23, 23, tzinfo=VIETNAM)

#: fact, contact, and what comes of it: (template, channel)
CASES: list[tuple[type[Any], dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = [
    (DeclarationSubmitted, registration.DeclarationSubmitted.example, BOTH, [("declaration_submitted", "sms")]),
    (
        DeclarationSubmitted,
        registration.DeclarationSubmitted.example | {"route": "guardian"},
        BOTH,
        [("child_submitted", "sms")],
    ),
    (AttachmentAdded, registration.AttachmentAdded.example, BOTH, [("form_attached", "email")]),
    (AttachmentAdded, registration.AttachmentAdded.example, PHONE, []),
    (PhoneCodeIssued, registration.PhoneCodeIssued.example, BOTH, [("phone_code", "sms")]),
    (PhoneConfirmed, verification.PhoneConfirmed.example, BOTH, []),
    (AttachmentAdded, registration.AttachmentAdded.example | {"made_for": "correction"}, BOTH, [("form_attached", "email")]),
    # one more picture is worth no letter
    (AttachmentAdded, registration.AttachmentAdded.example | {"made_for": "picture"}, BOTH, []),
    (VisitRequested, verification.VisitRequested.example, BOTH, [("visit_requested", "sms")]),
    (DeclarationExpiring, registration.DeclarationExpiring.example, BOTH, [("declaration_expiring", "sms")]),
    (
        DeclarationExtended,
        registration.DeclarationExtended.example | {"previous_last_day": "2026-12-02"},  # only the hour was too early
        BOTH,
        [],
    ),
    (DeclarationExtended, registration.DeclarationExtended.example, BOTH, [("declaration_extended", "sms")]),
    (PicturesAwaited, registration.PicturesAwaited.example, BOTH, [("pictures_awaited", "sms")]),
    (DeclarationUnfinished, registration.DeclarationUnfinished.example, BOTH, [("declaration_unfinished", "sms")]),
    (DeclarationExpired, registration.DeclarationExpired.example, BOTH, [("declaration_expired", "sms")]),
    (DeclarationWithdrawn, registration.DeclarationWithdrawn.example, BOTH, []),
    (
        DeclarationWithdrawn,
        registration.DeclarationWithdrawn.example | {"superseded_by": "261121-000002-4"},
        BOTH,
        [("declaration_superseded", "sms")],
    ),
    (
        DeclarationRejected,
        verification.DeclarationRejected.example,
        BOTH,
        [("declaration_rejected", "sms"), ("declaration_rejected", "email")],
    ),
    (DeclarationRejected, verification.DeclarationRejected.example, PHONE, [("declaration_rejected", "sms")]),
    (CodeNotFound, verification.CodeNotFound.example, BOTH, [("code_not_found", "sms")]),
    (IdentityQuestioned, verification.IdentityQuestioned.example, BOTH, [("identity_questioned", "sms")]),
    (
        AccountActivated,
        accounts.AccountActivated.example,
        BOTH,
        [("account_activated", "sms"), ("account_activated", "email")],
    ),
    (AccountActivated, accounts.AccountActivated.example, PHONE, [("account_activated", "sms")]),
    (
        AccountActivated,
        accounts.AccountActivated.example | {"guardian_account_id": str(uuid7())},
        PHONE,
        [("child_activated", "sms")],
    ),
    (
        FirstPasswordRenewed,
        accounts.FirstPasswordRenewed.example,
        BOTH,
        [("account_activated", "sms"), ("account_activated", "email")],
    ),
    (AccountAdjusted, accounts.AccountAdjusted.example | {"changed": []}, BOTH, [("account_adjusted", "sms")]),
    (DeclarationWithoutEffect, accounts.DeclarationWithoutEffect.example, BOTH, [("without_effect", "sms")]),
    (IdentityQuestioned, verification.IdentityQuestioned.example, BOTH, [("identity_questioned", "sms")]),
    (AccountStopped, accounts.AccountStopped.example, BOTH, [("account_stopped", "sms")]),
    (OtpIssued, accounts.OtpIssued.example, BOTH, [("otp", "sms")]),
    (Requested, accounts.DataSubjectRequested.example, BOTH, []),
    (PasswordChanged, accounts.PasswordChanged.example, BOTH, [("password_changed", "email")]),
    (PasswordChanged, accounts.PasswordChanged.example, PHONE, [("password_changed", "sms")]),
    (PasswordReset, accounts.PasswordReset.example, PHONE, [("password_reset", "sms")]),
    (PasswordExpiring, accounts.PasswordExpiring.example, PHONE, [("password_expiring", "sms")]),
    *(
        (SecondFactorChanged, accounts.SecondFactorChanged.example | {"change": change}, PHONE, [("second_factor", "sms")])
        for change in CHANGES
    ),
    (SecondFactorChanged, accounts.SecondFactorChanged.example, BOTH, [("second_factor", "email")]),
    (SessionRevoked, accounts.SessionRevoked.example, PHONE, [("new_device", "sms")]),
    (SessionRevoked, accounts.SessionRevoked.example | {"reason": "signed_out"}, PHONE, []),
    (DeviceAdded, accounts.DeviceAdded.example, PHONE, [("device_added", "sms")]),
    (DeviceAdded, accounts.DeviceAdded.example, BOTH, [("device_added", "email")]),
    (
        StaffContactChanged,
        accounts.StaffContactChanged.example,
        BOTH,
        [("contact_changed", "sms"), ("contact_changed", "email")],
    ),
    (
        ProgressReportMade,
        registration.ProgressReportMade.example | {"recipients": [{"email": BOTH["email"]}]},
        BOTH,
        [("progress_report", "email")],
    ),
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
            assert message.ref in {example.get(name) for name in ("dossier_no", "account_id", "draft_id", "report_name")} - {
                None
            }
            assert message.status == "waiting"
            assert message.text is None
    assert len(desk.job_views()) == len(desk.messages())


def test_every_fact_that_is_read_stands_in_the_table_above_or_is_for_staff() -> None:
    """Those of complaints and of legal clocks: test_notifications_complaints.py, test_notifications_cases.py; heads are kept."""
    heads = {each for each in HANDLERS if each.fact_name == HistoryHeadPublished.fact_name}
    for_people = {each for each in HANDLERS if each.service != "feedback" and not issubclass(each, OfCase)} - heads
    assert {reader for reader, *_ in CASES} == for_people


def test_a_fact_that_comes_twice_makes_its_messages_once(desk: Desk) -> None:
    id_ = uuid7()
    for _ in range(3):
        desk.read(PasswordChanged, accounts.PasswordChanged.example, id_=id_)
    assert len(desk.messages()) == 1
    assert len(desk.job_views()) == 1
    desk.read(PasswordChanged, accounts.PasswordChanged.example)
    assert len(desk.messages()) == 2


@pytest.mark.rule("I11")
@pytest.mark.parametrize("confirmed", ["later", "first"])
def test_a_phone_that_nobody_has_proved_gets_the_number_and_nothing_else_until_it_is_confirmed(
    desk: Desk, confirmed: str
) -> None:
    def templates() -> list[str]:
        return sorted(message.template for message in desk.messages())

    confirm = (PhoneConfirmed, verification.PhoneConfirmed.example)
    if confirmed == "first":  # the message overtook the submission's
        desk.read(*confirm)
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, phone_proved=False)
    desk.read(AttachmentAdded, registration.AttachmentAdded.example)
    for reader, published in (
        (DeclarationExpiring, registration.DeclarationExpiring),
        (DeclarationExtended, registration.DeclarationExtended),
        (PicturesAwaited, registration.PicturesAwaited),
        (DeclarationUnfinished, registration.DeclarationUnfinished),
        (DeclarationRejected, verification.DeclarationRejected),
    ):
        desk.read(reader, published.example | {"dossier_no": registration.DeclarationSubmitted.example["dossier_no"]})
    if confirmed == "first":
        assert templates() == [
            "declaration_expiring",
            "declaration_extended",
            "declaration_rejected",
            "declaration_rejected",
            "declaration_submitted",
            "declaration_unfinished",
            "form_attached",
            "pictures_awaited",
        ]
        return
    assert templates() == ["declaration_submitted"]
    desk.read(*confirm)
    desk.read(CodeNotFound, verification.CodeNotFound.example)
    assert templates() == ["code_not_found", "declaration_submitted"]


@pytest.mark.rule("V3", "N1")
@pytest.mark.parametrize(
    ("id_type", "comes_with", "told"),
    [(None, True, True), ("passport", True, True), ("cccd", True, False), (None, False, False)],
)
def test_a_child_without_an_id_card_is_asked_for_the_birth_certificate(
    desk: Desk, id_type: str | None, comes_with: bool, told: bool
) -> None:
    example = registration.DeclarationSubmitted.example
    parent = {
        "full_name": "Lê Thị Lan",
        "relationship": "mother",
        "phone": "+84912345678",
        "id_type": "cccd",
        "id_number": "1",
    }
    desk.read(
        DeclarationSubmitted,
        example
        | {"contact": BOTH, "subject": example["subject"] | {"id_type": id_type}, "parent": parent if comes_with else None},
    )
    desk.run_jobs()
    assert ("Mang giay khai sinh" in desk.sms.texts[0]) is told


@pytest.mark.rule("I11", "V12")
def test_a_fact_of_accounts_that_overtakes_the_proof_of_the_phone_is_told_to_the_old_phone_and_the_new_one(
    desk: Desk,
) -> None:
    dossier_no, before = accounts.AccountAdjusted.example["dossier_no"], {"phone": "+84900000001", "email": None}
    desk.read(
        DeclarationSubmitted, registration.DeclarationSubmitted.example | {"dossier_no": dossier_no}, phone_proved=False
    )
    example = accounts.AccountAdjusted.example | {"changed": ["phone"], "previous_contact": before}
    desk.read(AccountAdjusted, example, contact=PHONE)
    told = {(message.template, message.address) for message in desk.messages()}
    assert told == {
        ("declaration_submitted", BOTH["phone"]),
        ("account_adjusted", PHONE["phone"]),
        ("account_changed", "+84900000001"),
    }


@pytest.mark.rule("I11")
@pytest.mark.parametrize(
    ("reader", "published", "more"),
    [
        (CodeNotFound, verification.CodeNotFound, {}),
        (IdentityQuestioned, verification.IdentityQuestioned, {}),
        (VisitRequested, verification.VisitRequested, {}),
        (DeclarationRejected, verification.DeclarationRejected, {"phone_proved": True}),
        (DeclarationExpiring, registration.DeclarationExpiring, {"phone_proved": True}),
        (DeclarationExtended, registration.DeclarationExtended, {"phone_proved": True}),
        (PicturesAwaited, registration.PicturesAwaited, {"phone_proved": True}),
        (DeclarationUnfinished, registration.DeclarationUnfinished, {"phone_proved": True}),
        (DeclarationExpired, registration.DeclarationExpired, {"phone_proved": True}),
    ],
)
def test_what_happens_only_with_a_proved_phone_is_told_even_before_the_proof_is_known(
    desk: Desk, reader: Any, published: Any, more: dict[str, Any]
) -> None:
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example, phone_proved=False)
    dossier_no = registration.DeclarationSubmitted.example["dossier_no"]
    desk.read(reader, published.example | {"dossier_no": dossier_no} | more)
    assert published.fact_name in {message.template for message in desk.messages()}


@pytest.mark.rule("A2", "I11")
def test_a_first_password_that_overtakes_the_proof_of_the_phone_is_not_lost(desk: Desk) -> None:
    dossier_no = accounts.AccountActivated.example["dossier_no"]
    submitted = registration.DeclarationSubmitted.example | {"dossier_no": dossier_no}
    desk.read(DeclarationSubmitted, submitted, phone_proved=False)
    desk.read(AccountActivated, accounts.AccountActivated.example)
    desk.read(PhoneConfirmed, verification.PhoneConfirmed.example | {"dossier_no": dossier_no})
    assert "account_activated" in {message.template for message in desk.messages()}


@pytest.mark.rule("I6", "I11")
def test_the_phone_that_a_code_went_to_is_erased_after_a_day(desk: Desk) -> None:
    desk.read(PhoneCodeIssued, registration.PhoneCodeIssued.example)
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example)
    with time_machine.travel(datetime.now(VIETNAM) + timedelta(days=1, minutes=1), tick=True):
        desk.sweep_one("erase_phone_codes")
    assert {message.template: message.address is None for message in desk.messages()} == {
        "phone_code": True,
        "declaration_submitted": False,
    }


@pytest.mark.rule("I8")
def test_who_filed_from_afar_hears_of_the_end_and_nothing_of_who_took_the_place(desk: Desk) -> None:
    other = "261121-000002-4"
    desk.read(DeclarationWithdrawn, registration.DeclarationWithdrawn.example, superseded_by=other, contact=BOTH)
    [payload] = desk.payloads()
    assert other not in str(payload)


@pytest.mark.rule("V12")
@pytest.mark.parametrize(
    ("before", "told"),
    [
        ({"phone": "+84900000001", "email": "old@example.com"}, {"+84900000001", "old@example.com"}),
        # the phone that is still the account's has the ordinary message; the address of before is told of every change
        ({"phone": BOTH["phone"], "email": "old@example.com"}, {"old@example.com"}),
        ({"phone": "+84900000001", "email": None}, {"+84900000001"}),
    ],
)
def test_the_old_phone_and_the_old_address_are_told_of_a_change(desk: Desk, before: dict[str, Any], told: set[str]) -> None:
    example = accounts.AccountAdjusted.example | {"changed": ["phone", "email"], "previous_contact": before}
    desk.read(AccountAdjusted, example, contact=BOTH)
    assert {message.address for message in desk.messages() if message.template == "account_changed"} == told
    assert [message.address for message in desk.messages() if message.template == "account_adjusted"] == [BOTH["phone"]]


def test_a_fact_of_an_earlier_release_tells_the_new_phone_alone(desk: Desk) -> None:
    later = ("person", "changed", "previous_contact")
    example = {name: value for name, value in accounts.AccountAdjusted.example.items() if name not in later}
    desk.read(AccountAdjusted, example, contact=BOTH)
    assert [message.template for message in desk.messages()] == ["account_adjusted"]


def test_only_the_form_goes_by_mail_and_no_other_attachment(desk: Desk) -> None:
    example = registration.AttachmentAdded.example
    desk.read(AttachmentAdded, example, attachment=example["attachment"] | {"kind": "portrait"})
    assert desk.messages() == []


@pytest.mark.rule("N3", "N4")
@pytest.mark.parametrize(
    ("reader", "example"),
    [(AccountActivated, accounts.AccountActivated.example), (DeclarationRejected, verification.DeclarationRejected.example)],
    ids=["approved", "rejected"],
)
@pytest.mark.parametrize(
    ("route", "filing", "kind", "ends"),
    [
        ("portal", "counter", "15-minutes", datetime(2026, 11, 25, 10, 15, tzinfo=VIETNAM)),
        ("portal", "post", "3-working-days", datetime(2026, 12, 1, tzinfo=VIETNAM)),
        ("counter", "counter", "3-working-days", datetime(2026, 12, 1, tzinfo=VIETNAM)),
        ("guardian", "electronic", "3-working-days", datetime(2026, 12, 1, tzinfo=VIETNAM)),
    ],
)
def test_the_route_decides_which_legal_clock_runs(
    desk: Desk, reader: Any, example: dict[str, Any], route: str, filing: str, kind: str, ends: datetime
) -> None:
    complete_at = datetime(2026, 11, 25, 10, tzinfo=VIETNAM).isoformat()
    desk.read(reader, example, contact=PHONE, route=route, filing=filing, complete_at=complete_at)
    message = desk.message()
    assert (message.urgency, message.deadline_at) == (kind, ends)


@pytest.mark.rule("N10", "N2", "N7")
def test_at_night_reminders_wait_and_the_law_does_not(desk: Desk) -> None:
    with time_machine.travel(NIGHT, tick=False):
        desk.read(DeclarationExpiring, registration.DeclarationExpiring.example, contact=PHONE)
        desk.read(PasswordExpiring, accounts.PasswordExpiring.example, contact=PHONE)
        desk.read(AccountActivated, accounts.AccountActivated.example, contact=PHONE)
        desk.read(OtpIssued, accounts.OtpIssued.example, contact=PHONE)
    morning = datetime(2026, 11, 24, 7, tzinfo=VIETNAM)
    waits = {m.template: j.run_after for m in desk.messages() for j in desk.job_views() if j.key == str(m.id)}
    assert waits["account_activated"] == waits["otp"] == NIGHT
    assert morning <= waits["declaration_expiring"] < morning + timedelta(minutes=30)
    assert morning <= waits["password_expiring"] < morning + timedelta(minutes=30)


@pytest.mark.rule("N10")
def test_reminders_wait_for_the_hour_that_the_settings_say(desk: Desk) -> None:
    desk.configure(seal_private_key=KEYS.private_key, quiet_from_hour=9, quiet_until_hour=12)
    with time_machine.travel(DAY, tick=False):
        desk.read(DeclarationExpiring, registration.DeclarationExpiring.example, contact=PHONE)
    with time_machine.travel(NIGHT, tick=False):
        desk.read(PasswordExpiring, accounts.PasswordExpiring.example, contact=PHONE)
    waits = {m.template: j.run_after for m in desk.messages() for j in desk.job_views() if j.key == str(m.id)}
    assert timedelta() <= waits["declaration_expiring"] - DAY.replace(hour=12) < timedelta(minutes=30)
    assert waits["password_expiring"] == NIGHT


@pytest.mark.rule("N6")
def test_one_time_codes_do_not_queue_behind_other_sms(desk: Desk) -> None:
    desk.read(OtpIssued, accounts.OtpIssued.example)
    desk.read(DeclarationSubmitted, registration.DeclarationSubmitted.example)
    assert {job.kind for job in desk.job_views()} == {"otp", "sms"}


@pytest.mark.rule("A7")
def test_a_session_that_is_revoked_opens_nothing_here(desk: Desk) -> None:
    from services.chassis.web.tokens import Revoked

    session_id, soon = str(uuid7()), datetime.now(UTC) + timedelta(minutes=15)
    desk.read(
        SessionRevoked,
        accounts.SessionRevoked.example,
        session_id=session_id,
        reason="signed_out",
        tokens_until=soon.isoformat(),
    )
    assert Revoked(desk.db)({"sid": session_id})
