"""Only the topic we know is believed, and only SNS's own addresses are ever fetched."""

from __future__ import annotations

import base64
import http.client
import inspect
import socket
import ssl
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from services.notifications.sns import signature
from services.notifications.sns.signature import NoCertificate, NotFromSns, Sns

TOPIC = "arn:aws:sns:ap-southeast-1:123456789012:ses-events"
CERTIFICATE_URL = "https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-0123.pem"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ALGORITHMS: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}


def certificate(key: Any = KEY) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def signed(version: str = "2", key: rsa.RSAPrivateKey = KEY, **changes: str) -> dict[str, str]:
    message = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": '{"eventType":"Delivery"}',
        "Timestamp": "2026-11-22T03:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE_URL,
        **changes,
    }
    names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{message[name]}\n" for name in names if name in message)
    return message | {
        "Signature": base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), ALGORITHMS[version])).decode()
    }


class Fetcher:
    def __init__(self, content: bytes | None = None) -> None:
        self.urls: list[str] = []
        self.content = content or certificate()

    def __call__(self, url: str) -> bytes:
        self.urls.append(url)
        return self.content


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_message_that_the_topic_has_signed_is_believed(version: str) -> None:
    fetch = Fetcher()
    sns = Sns(TOPIC, fetch=fetch)
    sns.check(signed(version))
    sns.check(signed(version, Subject="Amazon SES Email Event Notification"))
    assert fetch.urls == [CERTIFICATE_URL]


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "Type", "TopicArn", "Signature", "SignatureVersion"])
def test_a_message_that_was_changed_is_not(name: str) -> None:
    other = {"Type": "UnsubscribeConfirmation", "SignatureVersion": "1"}.get(name, "x")
    with pytest.raises(NotFromSns):
        Sns(TOPIC, fetch=Fetcher()).check(signed() | {name: other})


def test_a_member_that_is_missing_is_no_way_round() -> None:
    for name in ("Message", "Signature", "Type", "TopicArn", "SigningCertURL"):
        message = signed()
        del message[name]
        with pytest.raises(NotFromSns):
            Sns(TOPIC, fetch=Fetcher()).check(message)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.ap-southeast-1.amazonaws.com/x.pem",
        "https://sns.ap-southeast-1.amazonaws.com.evil.example/x.pem",
        "https://evil.example/sns.ap-southeast-1.amazonaws.com/x.pem",
        "https://sns.ap-southeast-1.amazonaws.com@evil.example/x.pem",
        "https://evil.example#sns.ap-southeast-1.amazonaws.com/x.pem",
        "https://sns.ap-southeast-1.amazonaws.com:8443/x.pem",
        "https://s3.ap-southeast-1.amazonaws.com/bucket/x.pem",
        "https://sns.ap-southeast-1.amazonaws.com/x.txt",
        "file:///etc/passwd",
        "https://169.254.169.254/x.pem",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_fetched(url: str) -> None:
    fetch = Fetcher()
    with pytest.raises(NotFromSns):
        Sns(TOPIC, fetch=fetch).check(signed(SigningCertURL=url))
    assert fetch.urls == []


def test_a_subscription_is_only_taken_up_at_an_address_of_sns() -> None:
    fetch = Fetcher()
    sns = Sns(TOPIC, fetch=fetch)
    url = "https://sns.ap-southeast-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"
    offered = signed(Type="SubscriptionConfirmation", SubscribeURL=url, Token="1")
    sns.check(offered)
    sns.confirm(offered)
    assert fetch.urls == [CERTIFICATE_URL, url]
    with pytest.raises(NotFromSns):
        sns.confirm(offered | {"SubscribeURL": "http://169.254.169.254/latest"})
    assert len(fetch.urls) == 2


def test_without_a_topic_nobody_is_believed() -> None:
    with pytest.raises(NotFromSns):
        Sns("", fetch=Fetcher()).check(signed(TopicArn=""))


def test_no_other_key_will_do() -> None:
    with pytest.raises(NotFromSns):
        Sns(TOPIC, fetch=Fetcher()).check(signed(key=rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    with pytest.raises(NotFromSns):
        Sns(TOPIC, fetch=Fetcher(certificate(ec.generate_private_key(ec.SECP256R1())))).check(signed())


@pytest.mark.parametrize(
    "page", [b" ", b"<html>busy</html>", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_page_in_place_of_the_certificate_says_nothing_about_the_message(page: bytes) -> None:
    with pytest.raises(NoCertificate):
        Sns(TOPIC, fetch=Fetcher(page)).check(signed())


FETCHING = [
    cls
    for module in (urllib.error, http.client, ssl, socket)
    for _, cls in inspect.getmembers(module, inspect.isclass)
    if issubclass(cls, Exception) and not cls.__name__.startswith("_")
]


@pytest.mark.parametrize("cls", FETCHING, ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_every_exception_of_fetching_becomes_one_of_ours(monkeypatch: pytest.MonkeyPatch, cls: type[Exception]) -> None:
    error: Exception = cls.__new__(cls)

    def fails(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(signature, "open_url", fails)
    with pytest.raises(NotFromSns if issubclass(cls, http.client.InvalidURL) else NoCertificate):
        Sns(TOPIC).check(signed())


@pytest.mark.parametrize("path", ["a b.pem", "a\x00.pem", "ä.pem", "a\n.pem"])
def test_an_address_that_is_none_is_the_messages_fault(path: str) -> None:
    with pytest.raises(NotFromSns):
        Sns(TOPIC).check(signed(SigningCertURL=f"https://sns.ap-southeast-1.amazonaws.com/{path}"))


def test_a_stranger_who_names_another_certificate_each_time_has_us_fetch_only_a_few():
    fetch = Fetcher()
    sns = Sns(TOPIC, fetch=fetch)
    asked = [f"https://sns.ap-southeast-1.amazonaws.com/SimpleNotificationService-{number}.pem" for number in range(15)]
    sns.check(signed())
    for url in asked:
        with pytest.raises((NotFromSns, NoCertificate)):
            sns.check(signed(SigningCertURL=url, key=OTHER_KEY))
    assert len(fetch.urls) == 10
    sns.check(signed())  # the one that has signed before is still known
