"""What staff carry: an authenticator app (TOTP), and a passkey in software. Both work like the real ones, without a screen."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

#: the defaults of PASSKEY_RP_ID and PASSKEY_ORIGINS
RP_ID, ORIGIN = "localhost", "http://localhost:8000"
_UP, _UV, _AT = 0x01, 0x04, 0x40


class App:
    """An authenticator app that never shows one code twice: it waits for the next, as people do."""

    def __init__(self, secret: str, now: Callable[[], datetime]) -> None:
        self._totp = pyotp.TOTP(secret)
        self._now = now
        self._last = 0

    @property
    def screen(self) -> str:
        """Return what its screen shows now, used or not."""
        return self._totp.at(self._now())

    def code(self) -> str:
        """Return the next code; servers take one that is up to 30 seconds early."""
        while (step := self._step()) + 1 <= self._last:
            time.sleep(0.2)
        self._last = max(step, self._last + 1)
        return self._totp.at(self._last * self._totp.interval)

    def _step(self) -> int:
        return int(self._now().timestamp()) // self._totp.interval


class SoftPasskey:
    """A passkey of one account: answers as a browser does (`PublicKeyCredential.toJSON()`)."""

    def __init__(self, *, rp_id: str = RP_ID, origin: str = ORIGIN, verifies: bool = True) -> None:
        self.rp_id, self.origin = rp_id, origin
        self.id = secrets.token_bytes(32)
        self.count = 0
        self._flags = _UP | (_UV if verifies else 0)
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> bytes:
        """Return the public key as COSE."""
        point = self._key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.create`."""
        described = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self.public_key
        attested = {"fmt": "none", "attStmt": {}, "authData": self._data(_AT) + described}
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": client, "attestationObject": cbor2.dumps(attested)})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.get`."""
        self.count += 1
        data, client = self._data(), self._client("webauthn.get", options["challenge"])
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def _data(self, further: int = 0) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([self._flags | further]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        base64url_to_bytes(challenge)  # as a browser: it must be base64url
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, response: dict[str, bytes]) -> dict[str, Any]:
        id_ = bytes_to_base64url(self.id)
        shown = {name: bytes_to_base64url(value) for name, value in response.items()}
        return {"id": id_, "rawId": id_, "type": "public-key", "response": shown, "clientExtensionResults": {}}
