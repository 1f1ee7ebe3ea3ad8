"""Tracking codes: how a person without an account shows that a matter is theirs (header ``X-Tracking-Code``).

Random, so that nobody guesses one; only the SHA-256 is kept, so that a copy of the database opens nothing. A plain hash is
enough for 80 random bits and more: there is no dictionary to try.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

HEADER = "X-Tracking-Code"
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 letters, without those that look alike


def new_code(*, length: int, group: int = 0) -> str:
    """Make a code of ``length`` letters (5 random bits each), with a hyphen after every ``group`` of them; 0: none."""
    letters = "".join(_ALPHABET[byte & 31] for byte in secrets.token_bytes(length))
    if not group:
        return letters
    return "-".join(letters[start : start + group] for start in range(0, length, group))


def digest(code: str) -> bytes:
    """Return what is kept of a code. Hyphens, spaces and the size of letters do not count."""
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).digest()


def matches(given: str, kept: bytes) -> bool:
    """Return whether ``given`` is the code that ``kept`` was made of; takes the same time for any wrong one."""
    return hmac.compare_digest(digest(given), kept)
