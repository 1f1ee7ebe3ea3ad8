"""Our requests to Twilio, held against a table of what its API takes (twilio_fields.toml)."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import urllib3

from services.chassis.seal import generate_keypair
from services.chassis.settings import Secret, Url
from services.notifications.settings import Settings
from services.notifications.sms.port import Sms
from services.notifications.sms.twilio import TwilioSms
from tests.contract.tools import figures

TABLE = tomllib.loads(Path(__file__).with_name("twilio_fields.toml").read_text(encoding="utf-8"))
ACCOUNT, TOKEN, SINCE = "AC" + "0" * 32, "a-token", datetime(2026, 11, 28, tzinfo=UTC)
OURS = "019aa5b5-c0de-7000-a000-000000000001"
#: an SMS as short and as bare, as long and as full as the port allows
MESSAGES = (
    Sms("+84983847986", "BHXH VN: mot"),
    Sms("+84983847986", "BHXH VN: " + "mot hai " * 100, message_id=OURS, valid_seconds=300),
    Sms("+84398765432", "BHXH VN: Ê̆ban", message_id=OURS, valid_seconds=0),
    Sms("+84398765432", "BHXH VN: mot", message_id=OURS, valid_seconds=10**6),
)
CALLS: list[tuple[str, Callable[[TwilioSms], Any]]] = [
    *(("send", lambda twilio, message=message: twilio.send(message, timeout=1)) for message in MESSAGES),
    *(("find", lambda twilio, message=message: twilio.find(message, since=SINCE, timeout=1)) for message in MESSAGES),
    ("receipt", lambda twilio: twilio.receipt("SM" + "0" * 32, timeout=1)),
    ("check", lambda twilio: twilio.check(timeout=1)),
]
SENDERS = ("+12025550123", "BHXHVN", "MG" + "a" * 32)


@pytest.mark.parametrize("sender", SENDERS)
def test_each_request_has_the_fields_that_twilio_takes_and_no_others(sender: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str, dict[str, Any]]] = []

    def urlopen(_self: Any, method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        seen.append((method, url, options))
        return urllib3.HTTPResponse(json.dumps({"sid": "SM" + "0" * 32, "status": "active"}).encode(), {}, 201)

    monkeypatch.setattr(urllib3.PoolManager, "urlopen", urlopen)
    settings = Settings(
        seal_private_key=generate_keypair().private_key,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=Secret(TOKEN),
        twilio_from=sender,
        callback_base_url=Url("https://vss.example"),
    )
    twilio = TwilioSms(settings, connections=1)
    for name, call in CALLS:
        seen.clear()
        with contextlib.suppress(Exception):  # the answer is that of no call in particular
            call(twilio)
        assert len(seen) == 1, name
        check(TABLE[name], *seen[0])
    figures("Twilio's fields", requests=len(CALLS) * len(SENDERS))


def check(said: dict[str, Any], method: str, url: str, options: dict[str, Any]) -> None:
    parts, headers = urlsplit(url), {name.lower(): value for name, value in options["headers"].items()}
    assert (method, bool(re.fullmatch(said["path"], parts.path))) == (said["method"], True), url
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode() == f"{ACCOUNT}:{TOKEN}"
    if method == "POST":
        assert headers["content-type"] == "application/x-www-form-urlencoded"
        assert not parts.query
    pairs = parse_qsl(
        options["body"] or parts.query, keep_blank_values=True, strict_parsing=bool(options["body"] or parts.query)
    )
    sent = dict(pairs)
    assert len(sent) == len(pairs), "a field is sent once"
    assert sent.keys() <= said["fields"].keys()
    assert set(said["required"]) <= sent.keys()
    assert len(sent.keys() & set(said["one_of"])) == bool(said["one_of"])
    for field, value in sent.items():
        assert re.fullmatch(said["fields"][field], value), (field, value)


def test_the_table_would_tell_a_field_that_twilio_does_not_know() -> None:
    options = {
        "headers": {"Authorization": "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()},
        "body": None,
    }
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json?To=%2B84983847986"
    check(TABLE["find"], "GET", url, options)
    with pytest.raises(AssertionError):
        check(TABLE["find"], "GET", f"{url}&Recipient=1", options)
