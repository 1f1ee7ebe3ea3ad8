"""Verify that a message comes from Amazon SNS (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).

    Permanent
    └── NotFromSns      another topic, a certificate from another host, a wrong signature
    Transient
    └── NoCertificate   the certificate cannot be fetched now

A caller must not make us fetch a URL of their choice: certificates and confirmations are fetched from SNS's own hosts only.
"""

from __future__ import annotations

import base64
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from http.client import HTTPException, InvalidURL
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from services.chassis.errors import Permanent, Transient
from services.chassis.fetching import open_url
from services.chassis.settings import Url

_HOST = re.compile(r"sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?", re.ASCII)
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
# SNS still signs with SHA-1 unless the topic is configured otherwise
_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}
_SECONDS, _MOST_BYTES, _MOST_KEYS = 5.0, 64 * 1024, 16
#: SNS changes its certificate once a year; a stranger could name another one in every message
_FETCHES, _FETCHES_SECONDS = 10, 60.0


class NotFromSns(Permanent):
    """Not signed by our topic; the text says why, for the log."""

    safe_to_log = True


class NoCertificate(Transient):
    """SNS did not serve its certificate now."""


class Sns:
    """Verifies the messages of one topic.

    `fetch` returns the bytes at a URL of SNS. `sandbox`: where the sandbox's stand-in is, whose certificate is believed, too.
    """

    def __init__(self, topic_arn: str, *, fetch: Callable[[str], bytes] | None = None, sandbox: Url | None = None) -> None:
        self._topic_arn = topic_arn
        self._fetch = fetch or _get
        self._sandbox = None if sandbox is None else f"{sandbox.reveal().rstrip('/')}/"
        self._keys: dict[str, rsa.RSAPublicKey] = {}
        self._fetched_at: deque[float] = deque(maxlen=_FETCHES)

    def check(self, message: Mapping[str, Any]) -> None:
        """Verify that the topic has signed the message.

        :raises NotFromSns: if it has not.
        :raises NoCertificate: if that cannot be verified now.
        """
        if not self._topic_arn or message.get("TopicArn") != self._topic_arn:
            raise NotFromSns("another topic")
        names, algorithm = _SIGNED.get(str(message.get("Type"))), _HASHES.get(str(message.get("SignatureVersion")))
        if names is None or algorithm is None:
            raise NotFromSns("unknown type or signature version")
        lines = [part for name in names if name in message for part in (name, str(message[name]))]
        try:
            signature = base64.b64decode(str(message.get("Signature", "")), validate=True)
            url = str(message.get("SigningCertURL", ""))
            key = self._keys.get(url) or self._fetched_key(url)
            key.verify(signature, ("\n".join(lines) + "\n").encode(), padding.PKCS1v15(), algorithm())
        except (InvalidSignature, ValueError):
            raise NotFromSns("wrong signature") from None
        if url not in self._keys and len(self._keys) >= _MOST_KEYS:
            self._keys.clear()
        self._keys[url] = key  # only now: what strangers name drives out none that has signed

    def confirm(self, message: Mapping[str, Any]) -> None:
        """Confirm the subscription offered by a verified message."""
        self._fetch(self._require_sns(str(message.get("SubscribeURL", ""))))

    def _fetched_key(self, url: str) -> rsa.RSAPublicKey:
        if not urlsplit(self._require_sns(url)).path.endswith(".pem"):
            raise NotFromSns("a certificate from another host")
        self._must_not_have_fetched_too_often()
        content = self._fetch(url)
        try:
            key = x509.load_pem_x509_certificate(content).public_key()
        except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
            # SNS serves certificates: this is a page of something in between, which says nothing about the message
            raise NoCertificate(f"sns: what came is no certificate: {type(error).__name__}") from None
        if not isinstance(key, rsa.RSAPublicKey):
            raise NotFromSns("a certificate without an RSA key")
        return key

    def _must_not_have_fetched_too_often(self) -> None:
        now = time.monotonic()
        if len(self._fetched_at) == _FETCHES and now - self._fetched_at[0] < _FETCHES_SECONDS:
            raise NoCertificate("sns: too many certificates asked for within a minute")
        self._fetched_at.append(now)

    def _require_sns(self, url: str) -> str:
        parts = urlsplit(url)
        known = parts.scheme == "https" and _HOST.fullmatch(parts.netloc)
        if not known and not (self._sandbox and url.startswith(self._sandbox)):
            raise NotFromSns("an address that is not SNS's")
        return url


def _get(url: str) -> bytes:
    try:
        # `_require_sns` has checked the address
        with open_url(url, _SECONDS) as answer:
            content: bytes = answer.read(_MOST_BYTES)
            return content
    except InvalidURL:
        raise NotFromSns("an address that is not SNS's") from None
    except (OSError, HTTPException) as error:
        raise NoCertificate(f"sns: {type(error).__name__}") from None
