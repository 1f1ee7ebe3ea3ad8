"""Rules that need no database: addresses, phones, delegation, settings, which passwords are too old."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from joserfc.jwk import OctKey, OKPKey
from marshmallow import ValidationError

from services.accounts.accounts.rules import Account
from services.accounts.events import FACTS
from services.accounts.readers import IdentityVerified
from services.accounts.sessions.facts import REVOKE_REASONS
from services.accounts.settings import CommandSettings, Settings
from services.accounts.staff import rules as staff
from services.accounts.staff.schemas import StaffMember
from services.accounts.throttles.refusals import too_many_resets
from services.chassis import clock
from services.chassis.errors import SettingsError
from services.chassis.seal import generate_keypair
from services.chassis.secretbox import generate_key
from services.chassis.settings import Secret
from services.verification import events

PUBLIC = Secret(generate_keypair().public_key)


def settings(**values) -> Settings:
    return Settings(**{"seal_public_key": PUBLIC, "secrets_key": generate_key()} | values)


def test_one_address_may_not_have_all_that_strangers_have():
    with pytest.raises(SettingsError, match="UNASKED_CODES_PER_ADDRESS_DAY"):
        settings(unasked_codes_per_address_day=5, unasked_codes_per_day=5)
    settings(unasked_codes_per_address_day=1, unasked_codes_per_day=1)  # nothing to share


MEMBER = {"username": "lan.nt", "full_name": "Nguyễn Thị Lan", "role": "support", "reason": "trực tổng đài"}


def test_a_phone_is_kept_in_one_form():
    assert StaffMember().load(MEMBER | {"phone": "+84 98.384.7986"})["phone"] == "+84983847986"


@pytest.mark.parametrize("typed", ["0212345678", "098384798", "09838479861", "+16502530000", "nobody", "+84 0000"])
def test_what_is_no_vietnamese_mobile_number_is_refused(typed):
    with pytest.raises(ValidationError) as refused:
        StaffMember().load(MEMBER | {"phone": typed})
    [message] = refused.value.messages_dict["phone"]
    assert "10 digits" in message
    assert "10 chữ số" in message.vi


@pytest.mark.rule("V11")
@pytest.mark.parametrize(
    ("claims", "role", "province", "may"),
    [
        ({"role": "admin"}, "admin", None, True),
        ({"role": "admin"}, "director", "79", True),
        ({"role": "director", "province": "01"}, "officer", "01", True),
        ({"role": "director", "province": "01"}, "approver", "01", True),
        ({"role": "director", "province": "01"}, "approver", "79", False),
        ({"role": "director", "province": "01"}, "director", "01", False),
        ({"role": "director"}, "officer", None, False),
        ({"role": "approver", "province": "01"}, "officer", "01", False),
    ],
)
def test_who_may_grant_what(claims, role, province, may):
    assert staff.may_grant(claims, role, province) is may


@pytest.mark.rule("A4")
@pytest.mark.parametrize(
    ("days", "expiry", "must_change", "asked"),
    [(180, "force", False, False), (181, "force", False, True), (400, "remind", False, False), (1, "remind", True, True)],
)
def test_when_a_password_must_be_changed(days, expiry, must_change, asked):
    account = Account(must_change=must_change, password_set_at=clock.now() - timedelta(days=days))
    assert account.must_change_password(settings(password_expiry=expiry)) is asked


@pytest.mark.rule("A4")
def test_no_password_is_used_longer_than_six_months_whatever_months_they_are():
    age = settings().password_max_age_days
    for first in (date(2026, 1, 1) + timedelta(days=each) for each in range(4 * 366)):
        years, month = divmod(first.month - 1 + 6, 12)
        last = first.day
        while last > monthrange(first.year + years, month + 1)[1]:
            last -= 1
        assert first + timedelta(days=age) <= date(first.year + years, month + 1, last), first


def test_the_service_needs_a_key_to_seal_with_and_commands_do_not():
    with pytest.raises(SettingsError, match="SEAL_PUBLIC_KEY"):
        Settings()
    assert CommandSettings().token_seconds == 900


def test_all_faults_of_the_settings_are_told_at_once_and_no_key_is_shown():
    key = OctKey.generate_key(256)
    secret = Secret(str(key.as_dict(private=True)["k"]))
    with pytest.raises(SettingsError) as caught:
        settings(signing_key=secret, session_idle_seconds=60, password_reminder_days=200)
    text = str(caught.value)
    assert len(caught.value.faults) == 3
    assert "SIGNING_KEY: expected a private Ed25519 key" in text
    assert secret.reveal() not in text


def test_a_public_key_signs_nothing():
    import json

    key = OKPKey.generate_key("Ed25519")
    with pytest.raises(SettingsError, match="SIGNING_KEY"):
        settings(signing_key=Secret(json.dumps(key.as_dict(private=False))))
    assert settings(signing_key=Secret(json.dumps(key.as_dict(private=True))))


def test_accounts_reads_what_verification_tells():
    fact = IdentityVerified.load(events.IdentityVerified.example)
    assert (fact.kind, fact.subject["bhxh_code"], fact.contact["phone"]) == ("register", "0113099841", "+84983847986")


def test_facts_about_people_have_no_public_fields_but_the_four_about_dossiers():
    about_nobody = "history_head_published"
    public = {
        fact.fact_name: set(fact.public_fields) for fact in FACTS if fact.public_fields and fact.fact_name != about_nobody
    }
    assert set(public) == {"account_activated", "account_adjusted", "account_stopped", "declaration_without_effect"}
    assert not any(fields & {"account_id", "bhxh_code", "full_name", "contact"} for fields in public.values())
    assert {"takeover", "locked"} <= set(REVOKE_REASONS)


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [(5, "5 giây", "5 s"), (61, "2 phút", "2 min"), (86_000, "24 giờ", "24 h"), (260_000, "4 ngày", "4 days")],
)
def test_how_long_to_wait_is_said_in_words_and_in_a_header(seconds, vi, en):
    problem = too_many_resets(seconds)
    assert vi in problem.members["detail"]
    assert en in problem.members["detail_en"]
    assert problem.headers["Retry-After"] == str(seconds)
