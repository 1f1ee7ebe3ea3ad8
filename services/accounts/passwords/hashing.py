"""Hash passwords and codes with argon2id, and check them.

A hash takes 40 ms of CPU, through `run_in_thread`: never inside a transaction.
"""

import secrets
import unicodedata
from functools import cache

from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id

from services.chassis.green.threads import run_in_thread

# OWASP's second parameter set, with parallelism 1: libsodium has no other
_PASSES, _MEMORY_BYTES = 2, 19_456 * 1024


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    return run_in_thread(_hash, normalised(password))


def matches(password: str, hash_: str | None) -> bool:
    """Tell whether the password matches the hash.

    Without a hash a dummy is checked, so that the time taken does not reveal whether an account exists.
    """
    matched = run_in_thread(_verify, normalised(password), hash_ or _dummy_hash())
    return matched and hash_ is not None


def normalised(password: str) -> str:
    """Return the password in NFC: keyboards compose Vietnamese letters differently."""
    return unicodedata.normalize("NFC", password)


def _verify(password: str, hash_: str) -> bool:
    try:
        return argon2id.verify(hash_.encode(), password.encode())
    except (InvalidkeyError, ValueError):  # ValueError: longer than any hash, or not ASCII
        return False


def _hash(password: str) -> str:
    """Return the hash as a PHC string, which contains its parameters: hashes made by other libraries verify too."""
    return argon2id.str(password.encode(), opslimit=_PASSES, memlimit=_MEMORY_BYTES).decode("ascii")


@cache
def _dummy_hash() -> str:
    return _hash(secrets.token_hex(16))


_dummy_hash()  # at import: the first caller with an unknown name must not wait twice as long
