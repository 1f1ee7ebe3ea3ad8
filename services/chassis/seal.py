"""Secrets sealed to one reader: whoever holds the public key can seal, only the holder of the private key can open.

    box = Sealer(settings.seal_public_key).seal({"password": "…"}, context="first-password:079012345678")
    Opener(settings.seal_private_key).open(box, context="first-password:079012345678")   # {"password": "…"}

The `context` says what for and for whom. It is bound inside the box: a box moved to another message or person does not open.
A box does not say who sealed it, and the size of the secret is hidden up to 64 bytes.

Rotation: give the reader `new,old` as its private keys, then give the writers the new public key, and take the old private
key away when no box sealed to it is left (they sit in queues and parking lots). Each box names its key by id.

    Permanent
    └── CannotOpen       damaged, of another version, or sealed for another context
        └── UnknownKey   sealed to a key that this opener does not hold

`python -m services.chassis.seal` prints a new pair of keys.
"""

import base64
import hashlib
import hmac
import json
import sys
from contextlib import suppress
from typing import Any, NamedTuple

from nacl.bindings import sodium_pad, sodium_unpad
from nacl.encoding import Base64Encoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from services.chassis.errors import Permanent
from services.chassis.settings import Secret

MAX_BYTES = 64 * 1024

# box = version | key id | sealed(padded(kind | size of context | context | content))
_VERSION = b"\x01"
_KEY_ID_BYTES = 8
_KEY_BYTES = 32
_BLOCK_BYTES = 64
_MAX_CONTEXT_BYTES = 1024
_MAX_TEXT = 2 * MAX_BYTES  # of a box: base64 and padding add a third and a little
_DICT = b"d"  # the one kind of content; room for others


class CannotOpen(Permanent):
    """The box does not open. The text shows neither content nor context."""


class UnknownKey(CannotOpen):
    """Sealed to a key that this opener lacks: add the private key of that id to SEAL_PRIVATE_KEY and replay."""


class KeyPair(NamedTuple):
    """Both in base64, as the settings SEAL_PUBLIC_KEY and SEAL_PRIVATE_KEY take them."""

    public_key: str
    private_key: Secret


def generate_keypair() -> KeyPair:
    private = PrivateKey.generate()
    return KeyPair(private.public_key.encode(Base64Encoder).decode(), Secret(private.encode(Base64Encoder).decode()))


class Sealer:
    """Seals to one public key (base64). Raises ValueError if it is malformed."""

    def __init__(self, public_key: str | Secret) -> None:
        key = PublicKey(_key_bytes(public_key))
        self._box = SealedBox(key)
        self.key_id = _key_id(key)

    def seal(self, content: dict[str, Any], context: str) -> str:
        """Return a box as base64url text, different each time.

        Raises ValueError for an empty context or more than 64 KiB, TypeError for what JSON cannot hold.
        """
        bound = _bound(context)
        if not 0 < len(bound) <= _MAX_CONTEXT_BYTES:
            raise ValueError(f"a box needs a context of 1 to {_MAX_CONTEXT_BYTES} bytes")
        inner = json.dumps(content, allow_nan=False, separators=(",", ":")).encode()
        if len(inner) > MAX_BYTES:
            raise ValueError(f"a box holds at most {MAX_BYTES} bytes, not {len(inner)}; seal a key and store the rest")
        plain = _DICT + len(bound).to_bytes(2, "big") + bound + inner
        sealed = self._box.encrypt(sodium_pad(plain, _BLOCK_BYTES))
        return base64.urlsafe_b64encode(_VERSION + bytes.fromhex(self.key_id) + sealed).decode()

    def __repr__(self) -> str:
        return f"Sealer(key_id={self.key_id!r})"


class Opener:
    """Opens boxes sealed to any of its private keys (base64; one text may hold several: `new,old`).

    Raises ValueError when there is no key or one is malformed.
    """

    def __init__(self, *private_keys: str | Secret) -> None:
        texts = [part for key in private_keys for part in _text(key).split(",")]
        keys = [PrivateKey(_key_bytes(text)) for text in texts]
        if not keys:
            raise ValueError("an opener needs at least one private key")
        self._boxes = {_key_id(key.public_key): SealedBox(key) for key in keys}

    @property
    def key_ids(self) -> list[str]:
        """The ids of the keys held, the newest first."""
        return list(self._boxes)

    def open(self, box: str, context: str) -> dict[str, Any]:
        """Return what was sealed, for this very context. Raises CannotOpen."""
        plain = self._plain(_decode_box(box))
        size = int.from_bytes(plain[1:3], "big")
        bound, inner = plain[3 : 3 + size], plain[3 + size :]
        if len(bound) != size or not hmac.compare_digest(bound, _bound(context)):
            raise CannotOpen("the box was sealed for another purpose or person")
        if plain[:1] != _DICT:
            raise CannotOpen("the box does not hold a dictionary")
        return _from_json(inner)

    def _plain(self, raw: bytes) -> bytes:
        key_id = raw[1 : 1 + _KEY_ID_BYTES].hex()
        if key_id not in self._boxes:
            raise UnknownKey(f"the box is sealed to key {key_id}; keys held: {', '.join(self._boxes)}")
        try:
            plain: bytes = sodium_unpad(self._boxes[key_id].decrypt(raw[1 + _KEY_ID_BYTES :]), _BLOCK_BYTES)
        except (CryptoError, ValueError):
            raise CannotOpen("the box is damaged") from None
        return plain

    def __repr__(self) -> str:
        return f"Opener(key_ids={list(self._boxes)!r})"


def _decode_box(box: str) -> bytes:
    """Decode a box; only the spelling that `seal` writes is accepted."""
    raw = b""
    if len(box) <= _MAX_TEXT:
        try:
            raw = base64.b64decode(box.encode("ascii"), altchars=b"-_", validate=True)
        except ValueError:
            raise CannotOpen("the text is not a sealed box") from None
    if len(raw) <= 1 + _KEY_ID_BYTES or base64.urlsafe_b64encode(raw).decode() != box:
        raise CannotOpen("the text is not a sealed box")
    if raw[:1] != _VERSION:
        raise CannotOpen(f"the box is of version {raw[0]}, this program opens version {_VERSION[0]}")
    return raw


def _bound(context: str) -> bytes:
    return context.encode(errors="surrogatepass")


def _from_json(inner: bytes) -> dict[str, Any]:
    content: Any = None
    with suppress(ValueError, RecursionError):  # raised below, outside: a JSON error carries the whole text with it
        content = json.loads(inner)
    if not isinstance(content, dict):
        raise CannotOpen("the box does not hold a dictionary")
    return content


def _text(key: str | Secret) -> str:
    return key.reveal() if isinstance(key, Secret) else key


def _key_bytes(key: str | Secret) -> bytes:
    try:
        raw = base64.b64decode(_text(key).strip(), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise ValueError("a key is 32 bytes in base64; python -m services.chassis.seal makes a pair")
    return raw


def _key_id(key: PublicKey) -> str:
    return hashlib.blake2b(bytes(key), digest_size=_KEY_ID_BYTES, person=b"vss-seal").hexdigest()


if __name__ == "__main__":
    pair = generate_keypair()
    sys.stdout.write(f"SEAL_PUBLIC_KEY={pair.public_key}\nSEAL_PRIVATE_KEY={pair.private_key.reveal()}\n")
