"""Tracking codes: how a person without an account proves that a dossier or complaint is theirs (header ``X-Tracking-Code``).

Codes are random; only the SHA-256 is stored, so a copy of the database opens nothing. A plain hash suffices for 80 random bits
and more: there is no dictionary to try.
"""

import hashlib
import hmac
import secrets

from services.chassis.text.folding import plain_number

HEADER = "X-Tracking-Code"
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 letters, without those that look alike


def new_code(*, length: int, group: int = 0) -> str:
    """Make a code of ``length`` letters (5 random bits each), with a hyphen after every ``group`` of them; 0: none."""
    letters = "".join(_ALPHABET[byte & 31] for byte in secrets.token_bytes(length))
    if not group:
        return letters
    return "-".join(letters[start : start + group] for start in range(0, length, group))


def digest(code: str) -> bytes:
    """Return the stored hash of a code. Hyphens, spaces and case do not matter, nor what cannot be seen (W2)."""
    return hashlib.sha256(plain_number(code).upper().encode()).digest()


def matches(given: str, kept: bytes) -> bool:
    """Tell whether ``given`` has the hash ``kept``, in constant time."""
    return hmac.compare_digest(digest(given), kept)
