"""Secrets that a service keeps for itself, encrypted at rest under SECRETS_KEY: who steals the database alone reads none.

    box = SecretBox(settings.secrets_key).seal(b"…", context="totp:019a…")
    SecretBox(settings.secrets_key).open(box, context="totp:019a…")          # b"…"

XChaCha20-Poly1305. The `context` says whose secret it is and is authenticated with it: a box that was moved to another row does not open.
What goes to *another* service is sealed to that service's public key instead (`chassis/seal.py`).

Rotation: `SECRETS_KEY=new,old`; the first key seals, all of them open. Take `old` away once `is_current` is true of every box.

    Permanent
    └── CannotOpen      damaged, or sealed for another context
        └── UnknownKey  sealed under a key that SECRETS_KEY lacks

`python -m services.chassis.secretbox` prints a new key.
"""

import base64
import hashlib
import secrets
import sys

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from services.chassis.errors import Permanent
from services.chassis.settings import Secret

# box = version | key id | nonce and ciphertext
_VERSION = b"\x01"
_KEY_ID_BYTES = 8


class CannotOpen(Permanent):
    """The box does not open. The text shows neither content nor context."""

    safe_to_log = True


class UnknownKey(CannotOpen):
    """Sealed under a key that is not held: add it to SECRETS_KEY, behind the newest."""


class SecretBox:
    """Seals and opens under the keys of one setting.

    :raises ValueError: if there is no key, or one is not 32 bytes in base64.
    """

    def __init__(self, keys: Secret | None) -> None:
        if keys is None:
            raise ValueError("SECRETS_KEY is not set")
        held = [_key_bytes(text) for text in keys.reveal().split(",")]
        self._newest = _key_id(held[0])
        self._boxes = {_key_id(key): Aead(key) for key in held}

    def seal(self, content: bytes, *, context: str) -> str:
        """Return a box as base64 text, different each time."""
        sealed = self._boxes[self._newest].encrypt(content, aad=context.encode())
        return base64.b64encode(_VERSION + self._newest + sealed).decode()

    def open(self, box: str, *, context: str) -> bytes:
        """Return what was sealed for this very context.

        :raises CannotOpen: if it was damaged, or sealed for another context; `UnknownKey` under a key that is not held.
        """
        raw = _decode(box)
        opener = self._boxes.get(raw[1 : 1 + _KEY_ID_BYTES])
        if opener is None:
            raise UnknownKey(f"the box is sealed under key {raw[1 : 1 + _KEY_ID_BYTES].hex()}, which SECRETS_KEY lacks")
        try:
            content: bytes = opener.decrypt(raw[1 + _KEY_ID_BYTES :], aad=context.encode())
        except (CryptoError, ValueError):
            raise CannotOpen("the box is damaged, or was sealed for another purpose or person") from None
        return content

    def is_current(self, box: str) -> bool:
        """Tell whether the box is sealed under the newest key; else open it and seal it anew."""
        return _decode(box)[1 : 1 + _KEY_ID_BYTES] == self._newest


def generate_key() -> Secret:
    """Return a new key as SECRETS_KEY takes it."""
    return Secret(base64.b64encode(secrets.token_bytes(Aead.KEY_SIZE)).decode())


def _decode(box: str) -> bytes:
    try:
        raw = base64.b64decode(box.encode("ascii"), validate=True)
    except ValueError:
        raise CannotOpen("the text is not a sealed box") from None
    if raw[:1] != _VERSION or len(raw) <= 1 + _KEY_ID_BYTES:
        raise CannotOpen("the text is not a sealed box of this version")
    return raw


def _key_bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != Aead.KEY_SIZE:
        raise ValueError("a key is 32 bytes in base64; python -m services.chassis.secretbox makes one")
    return raw


def _key_id(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=_KEY_ID_BYTES, person=b"vss-secrets").digest()


if __name__ == "__main__":
    sys.stdout.write(f"SECRETS_KEY={generate_key().reveal()}\n")
