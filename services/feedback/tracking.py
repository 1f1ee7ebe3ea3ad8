"""Tracking codes: how a citizen shows that a complaint is theirs (header ``X-Tracking-Code``), to reply, reopen, rate, and read the answer.

Random, so nobody guesses one; only its SHA-256 is kept, so a copy of the database opens no complaint. Short enough to be told over
the phone (F1: hotline): 80 random bits, for which there is no dictionary to try.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

HEADER = "X-Tracking-Code"
LENGTH, GROUP = 16, 4
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 letters, without those that look alike


def new() -> str:
    """A fresh code: 16 letters in groups of four."""
    letters = "".join(_ALPHABET[byte & 31] for byte in secrets.token_bytes(LENGTH))
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def digest(code: str) -> bytes:
    """What is kept of a code; hyphens, spaces and the size of letters do not count."""
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).digest()


def matches(given: str, kept: bytes) -> bool:
    """Whether ``given`` is the code that ``kept`` was made of; takes the same time for any wrong one."""
    return hmac.compare_digest(digest(given), kept)
