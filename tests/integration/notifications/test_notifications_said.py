"""What the messages that went out really say, from the fact to the provider. Both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.accounts import events as accounts
from services.notifications.dossiers.readers import (
    AttachmentAdded,
    DeclarationExpired,
    DeclarationExpiring,
    DeclarationRejected,
    DeclarationSubmitted,
)
from services.notifications.holders.readers import OtpIssued
from services.notifications.staff.readers import CaseDueSoon
from services.registration import events as registration
from services.verification import events as verification
from tests.integration.notifications.desk import KEYS, SEALER, Desk, code_box

NO = "261121-000001-6"
BOTH = {"phone": "+84983847986", "email": "biennt@vss.gov.vn"}
#: 24:00 of 10 December 2026 in Vietnam
LAST_DAY = {"expires_at": "2026-12-11T00:00:00+07:00", "last_day": "2026-12-10"}


@pytest.fixture(autouse=True)
def no_quiet_hours(desk: Desk) -> None:
    """At whatever hour the tests run, nothing waits for the morning."""
    desk.configure(seal_private_key=KEYS.private_key, quiet_from_hour=0, quiet_until_hour=0)


def story(desk: Desk, **changes: Any) -> dict[str, str]:
    """What is written about a declaration that nobody comes for, by template: number, form, warning, end."""
    document = desk.documents.put(b"%PDF-1.7 Form 01", "application/pdf")
    for reader, published in (
        (DeclarationSubmitted, registration.DeclarationSubmitted),
        (AttachmentAdded, registration.AttachmentAdded),
        (DeclarationExpiring, registration.DeclarationExpiring),
        (DeclarationExpired, registration.DeclarationExpired),
    ):
        example = published.example | {"dossier_no": NO, "contact": BOTH} | LAST_DAY | changes
        if published is registration.AttachmentAdded:
            example |= {"attachment": {"kind": "form_pdf", **document.__dict__}}
        desk.read(reader, example)
    desk.run_jobs()
    return {message.template: message.text or "" for message in desk.messages()}


@pytest.mark.rule("I6")
@pytest.mark.parametrize("filing", ["counter", "post"])
def test_number_form_warning_and_end_name_one_and_the_same_last_day(desk: Desk, filing: str) -> None:
    said = story(desk, filing=filing)
    assert said.keys() == {"declaration_submitted", "form_attached", "declaration_expiring", "declaration_expired"}
    for template, text in said.items():
        assert "10/12/2026" in text, template
        assert "11/12/2026" not in text, template


@pytest.mark.rule("I12")
def test_nobody_who_files_by_post_is_told_to_come(desk: Desk) -> None:
    said = story(desk, filing="post")
    for template in ("declaration_submitted", "declaration_expiring", "declaration_expired"):
        assert "qua buu dien" in said[template], template
        for come in ("den co quan", "mang giay to", "nop tai"):
            assert come not in said[template].lower(), template
    assert "không cần đến cơ quan BHXH" in said["form_attached"]
    assert "khi đến cơ quan BHXH" not in said["form_attached"]


@pytest.mark.rule("I5")
def test_the_sms_about_a_child_has_the_link_with_the_token_that_was_sealed(desk: Desk) -> None:
    box = SEALER.seal({"form_token": "ABCDEFGHJKLMNPQR"}, f"form-link:{NO}")
    filed = registration.DeclarationSubmitted.example | {"dossier_no": NO, "route": "guardian", "contact": BOTH}
    desk.read(DeclarationSubmitted, filed, sealed_form_link=box)
    desk.run_jobs()
    [text] = desk.sms.texts
    assert f"To khai: {desk.resources.settings.form_link_url.replace('{token}', 'ABCDEFGHJKLMNPQR')}" in text
    assert "ABCDEFGHJKLMNPQR" not in (desk.message().text or ""), "what is kept shows no token"


@pytest.mark.rule("A8")
def test_codes_for_two_accounts_on_one_phone_say_which_account_each_is_for(desk: Desk) -> None:
    for hint, otp_id in (
        ("01****9841", "019aa5b5-c0de-7000-a000-00000000000b"),
        ("01****0001", "019aa5b5-c0de-7000-a000-00000000000c"),
    ):
        desk.read(
            OtpIssued,
            accounts.OtpIssued.example,
            otp_id=otp_id,
            account_hint=hint,
            sealed_code=code_box("493817", otp_id),
            expires_at=(datetime.now(UTC) + timedelta(minutes=5)).isoformat(),
        )
    desk.run_jobs()
    assert len(desk.sms.texts) == 2
    for hint in ("01****9841", "01****0001"):
        assert sum(f"tai khoan {hint}" in text for text in desk.sms.texts) == 1


@pytest.mark.rule("N12")
def test_staff_find_their_help_line_at_the_foot_and_people_are_given_the_hotline(desk: Desk) -> None:
    to_staff, to_people = verification.CaseDueSoon.example, verification.DeclarationRejected.example
    desk.read(CaseDueSoon, to_staff)
    desk.read(DeclarationRejected, to_people, contact=BOTH)
    desk.run_jobs()
    staff = {each["email"] for each in to_staff["staff"]}
    assert {mail.to for mail in desk.mail.taken} == staff | {BOTH["email"]}
    for mail in desk.mail.taken:
        for text in (mail.text, mail.html):
            assert ("0243.7753944" in text) is (mail.to in staff)
            assert ("1900 9068" in text) is (mail.to not in staff)
    assert "7753944" not in desk.sms.texts[0]
