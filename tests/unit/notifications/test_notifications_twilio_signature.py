"""Who signed a callback: the same as Twilio's own library says, for any form and address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from services.notifications.twilio_signature import Signatures

TOKEN, URL = "sandbox", "https://vss.example/notifications/callbacks/twilio?message=019aa5b5"
FORM = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+84983847986"}
_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_urls = st.sampled_from(
    [URL, URL.replace("example", "example:443"), "http://127.0.0.1:8104/x?a=b%20c", "http://h/x", "http://h:80/"]
)


def test_what_twilio_signs_is_believed_and_nothing_else() -> None:
    signature = RequestValidator(TOKEN).compute_signature(URL, FORM)
    believed = Signatures(TOKEN).is_signed
    assert believed(URL, FORM.items(), signature)
    assert not believed(URL, (FORM | {"MessageStatus": "failed"}).items(), signature)
    assert not believed(URL + "0", FORM.items(), signature)
    assert not believed(URL, FORM.items(), signature[:-2])
    assert not Signatures("another").is_signed(URL, FORM.items(), signature)
    for nothing in ("", "ở", "=" * 28):
        assert not believed(URL, FORM.items(), nothing)


@pytest.mark.parametrize(("signed", "here"), [("h:443/x", "h/x"), ("h/x", "h:443/x"), ("[::1]:443/x", "[::1]/x")])
def test_the_port_in_the_address_may_be_named_or_not(signed: str, here: str) -> None:
    signature = RequestValidator(TOKEN).compute_signature(f"https://{signed}", FORM)
    assert Signatures(TOKEN).is_signed(f"https://{here}", FORM.items(), signature)


@given(_urls, st.lists(st.tuples(_words, _words), max_size=5))
def test_any_form_is_judged_as_by_twilios_own_library(url: str, pairs: list[tuple[str, str]]) -> None:
    theirs = RequestValidator(TOKEN)
    signature = theirs.compute_signature(url, MultiDict(pairs))
    assert theirs.validate(url, MultiDict(pairs), signature)
    assert Signatures(TOKEN).is_signed(url, pairs, signature)
    assert not Signatures(TOKEN).is_signed(url, [*pairs, ("MessageStatus", "another")], signature)
