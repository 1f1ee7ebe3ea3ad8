"""Passwords and codes as argon2id hashes.

A hash costs 40 ms of a processor and is made through `run_in_thread`: never inside a transaction.
"""

import secrets
import unicodedata
from functools import cache

from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id

from services.chassis.green.threads import run_in_thread

# OWASP's second set, one lane: libsodium has no other number of them
_PASSES, _MEMORY_BYTES = 2, 19_456 * 1024


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep."""
    return run_in_thread(_hash, normalised(password))


def matches(password: str, hash_: str | None) -> bool:
    """Return whether this is the password.

    Without a hash a dummy is checked, so that the time taken does not reveal whether an account exists.
    """
    found = run_in_thread(_verify, normalised(password), hash_ or _dummy_hash())
    return found and hash_ is not None


def normalised(password: str) -> str:
    """Return one form for what looks the same: keyboards compose Vietnamese letters differently."""
    return unicodedata.normalize("NFC", password)


def _verify(password: str, hash_: str) -> bool:
    try:
        return argon2id.verify(hash_.encode(), password.encode())
    except (InvalidkeyError, ValueError):  # ValueError: longer than any hash, or not ASCII
        return False


def _hash(password: str) -> str:
    """In PHC form, as argon2's own library writes it: its parameters stand inside, so hashes of others verify too."""
    return argon2id.str(password.encode(), opslimit=_PASSES, memlimit=_MEMORY_BYTES).decode("ascii")


@cache
def _dummy_hash() -> str:
    return _hash(secrets.token_hex(16))


_dummy_hash()  # at import: the first caller without an account must not wait twice as long
