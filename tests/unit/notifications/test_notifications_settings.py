"""What must be set, and what is safe when nothing is."""

from __future__ import annotations

import pytest

from services.chassis.errors import SettingsError
from services.chassis.seal import generate_keypair
from services.notifications.settings import Settings

KEY = generate_keypair().private_key


def test_without_the_key_that_opens_secrets_nothing_starts() -> None:
    with pytest.raises(SettingsError, match="SEAL_PRIVATE_KEY"):
        Settings.from_environment({})


def test_by_default_nothing_leaves_this_machine() -> None:
    settings = Settings.from_environment({"SEAL_PRIVATE_KEY": KEY.reveal()})
    assert settings.twilio_base_url.parts.hostname == "127.0.0.1"
    assert settings.smtp_host == "127.0.0.1"
    assert settings.sms_concurrency == 16


def test_no_secret_is_shown() -> None:
    environment = {"SEAL_PRIVATE_KEY": KEY.reveal(), "TWILIO_AUTH_TOKEN": "t0ken", "SMTP_PASSWORD": "p4ss"}
    shown = repr(Settings.from_environment(environment))
    assert "t0ken" not in shown
    assert "p4ss" not in shown
    assert KEY.reveal() not in shown


@pytest.mark.parametrize("url", ["https://vss.example/form", "ftp://x/{token}"])
def test_the_link_to_a_form_has_room_for_its_token(url: str) -> None:
    with pytest.raises(SettingsError, match="FORM_LINK_URL"):
        Settings.from_environment({"SEAL_PRIVATE_KEY": KEY.reveal(), "FORM_LINK_URL": url})


def test_by_aws_nobody_learns_what_became_of_an_sms_without_a_topic() -> None:
    environment = {"SEAL_PRIVATE_KEY": KEY.reveal(), "SMS_PROVIDER": "both"}
    with pytest.raises(SettingsError, match="AWS_SMS_TOPIC_ARN"):
        Settings.from_environment(environment)
    told = {"AWS_SMS_TOPIC_ARN": "arn:aws:sns:ap-southeast-1:1:vss", "AWS_SMS_CONFIGURATION_SET": "vss"}
    assert Settings.from_environment(environment | told).sms_roads == ("twilio", "aws")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_SMS_ENDPOINT_URL", "http://sandbox:8100/aws/sms-voice"),
        ("AWS_SMS_ENDPOINT_URL", "http://127.0.0.1:8100/aws/sms-voice"),
        ("AWS_SMS_TOPIC_ARN", "REPLACE arn:aws:sns:REGION:ACCOUNT:TOPIC"),
        ("SANDBOX_SNS_URL", "https://sns.vss.gov.vn/x"),
    ],
)
def test_production_refuses_the_sandbox_of_the_second_road(name: str, value: str) -> None:
    environment = {
        "VSS_ENV": "production",
        "SEAL_PRIVATE_KEY": KEY.reveal(),
        "SMS_PROVIDER": "aws",
        "AWS_SMS_TOPIC_ARN": "arn:aws:sns:ap-southeast-1:1:vss",
        "AWS_SMS_CONFIGURATION_SET": "vss",
    }

    def refused(environ: dict[str, str]) -> set[str]:
        with pytest.raises(SettingsError) as error:
            Settings.from_environment(environ)
        return {fault.partition(":")[0] for fault in error.value.faults}

    assert name not in refused(environment)
    assert name in refused(environment | {name: value})
