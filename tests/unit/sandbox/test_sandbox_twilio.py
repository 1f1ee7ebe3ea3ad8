"""The parts of the SMS stand-in that need no server."""

from __future__ import annotations

import pytest
from smsutil import split
from twilio.request_validator import RequestValidator

from deploy.sandbox.segments import segments
from deploy.sandbox.twilio_callbacks import signature


@pytest.mark.parametrize(
    "text",
    [
        "Ma OTP: 123456",
        "a" * 160,
        "a" * 161,
        "a" * 307,
        "{" * 80,
        "{" * 81,
        "Tờ khai",
        "ộ" * 70,
        "ộ" * 71,
        "😀" * 35,
        "😀" * 36,
    ],
)
def test_segments_are_counted_as_a_library_for_it_does(text: str) -> None:
    assert segments(text) == len(split(text).parts)


def test_a_callback_is_signed_as_twilios_own_validator_wants_it() -> None:
    url = "https://vss.test/notifications/callbacks/twilio?a=b"
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+84983847986", "From": ""}
    given = signature("sandbox", url, form)
    assert RequestValidator("sandbox").validate(url, form, given)
    assert not RequestValidator("other").validate(url, form, given)
    assert not RequestValidator("sandbox").validate(url, {**form, "MessageStatus": "sent"}, given)
