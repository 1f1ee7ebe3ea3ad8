"""Tracking codes: how a person without an account shows that a dossier is theirs (header ``X-Tracking-Code``).

Random and long, so nobody guesses one; only its SHA-256 is kept, so a copy of the database opens no dossier. A plain hash is
enough for 130 random bits: there is no dictionary to try.
"""

import hashlib
import hmac
import secrets

HEADER = "X-Tracking-Code"
LENGTH = 26
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 letters, without those that look alike


def new() -> str:
    """A fresh code: 130 random bits as 26 letters that can be read out."""
    return "".join(_ALPHABET[byte & 31] for byte in secrets.token_bytes(LENGTH))


def digest(code: str) -> bytes:
    """What is kept of a code."""
    return hashlib.sha256(code.encode()).digest()


def matches(given: str, kept: bytes) -> bool:
    """Whether ``given`` is the code that ``kept`` was made of; takes the same time for any wrong one."""
    return hmac.compare_digest(digest(given.strip().upper()), kept)
