"""Passwords: first ones made here, chosen ones judged (NIST SP 800-63B), both kept as argon2id hashes.

`hashed` and `matches` cost 40 ms of a processor and go through `run_in_thread`: never inside a transaction.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id

from services.chassis.bus.threads import run_in_thread
from services.chassis.text.bilingual import Bilingual, bilingual

SHORTEST, LONGEST = 10, 128

#: small letters and digits that no two of look alike; no vowels, so that no word comes about
ALPHABET = "cdfhjkmnprtwxy3467"
_GROUPS, _GROUP = 3, 4

# OWASP's second set, one lane: libsodium has no other number of them
_PASSES, _MEMORY_BYTES = 2, 19_456 * 1024

_COMMON = Path(__file__).with_name("common_passwords.txt")

TOO_SHORT = bilingual(vi="Mật khẩu phải có ít nhất {n} ký tự.", en="A password has at least {n} characters.").format(
    n=SHORTEST
)
TOO_COMMON = bilingual(
    vi="Mật khẩu này quá dễ đoán; hãy chọn mật khẩu khác.", en="This password is too easy to guess; choose another."
)
LIKE_NAME = bilingual(
    vi="Mật khẩu không được chứa tên đăng nhập, số định danh hay số điện thoại.",
    en="A password must not contain the user name, the personal number or the phone number.",
)
SAME = bilingual(vi="Mật khẩu mới phải khác mật khẩu đang dùng.", en="The new password must differ from the present one.")


def first_password() -> str:
    """A password to be sent by SMS once: 50 random bits, in groups that are easy to type (A2)."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    return run_in_thread(_hash, _normal(password))


def matches(password: str, hash_: str | None) -> bool:
    """Whether this is the password; without a hash the same work is done for nothing, so that nobody can tell by the time."""
    found = run_in_thread(_verify, _normal(password), hash_ or _nobodys())
    return found and hash_ is not None


def fault(password: str, names: Iterable[str | None]) -> Bilingual | None:
    """What is wrong with a chosen password, or None. ``names``: the person's user name and numbers."""
    plain = _normal(password)
    if len(plain) < SHORTEST:
        return TOO_SHORT
    folded = plain.casefold()
    if folded in _common() or len(set(folded)) < 4 or _is_run(folded):
        return TOO_COMMON
    if any(len(name) >= 4 and name.casefold() in folded for name in names if name):
        return LIKE_NAME
    return None


def _normal(password: str) -> str:
    """One form for what looks the same: keyboards compose Vietnamese letters differently."""
    return unicodedata.normalize("NFC", password)


def _hash(password: str) -> str:
    """In PHC form, as argon2's own library writes it: the numbers stand inside, so other ones verify too."""
    return argon2id.str(password.encode(), opslimit=_PASSES, memlimit=_MEMORY_BYTES).decode("ascii")


def _verify(password: str, hash_: str) -> bool:
    try:
        return argon2id.verify(hash_.encode(), password.encode())
    except (InvalidkeyError, ValueError):  # ValueError: longer than any hash, or no ASCII
        return False


def _is_run(text: str) -> bool:
    """1234567890, abcdefghij and the like, both ways."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1})


@cache
def _nobodys() -> str:
    return _hash(secrets.token_hex(16))


_nobodys()  # at import: the first caller without an account must not wait twice as long


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").split("\n")
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
