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
