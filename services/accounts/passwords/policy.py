"""Judge the passwords that people choose (NIST SP 800-63B): long, not common, none of their own numbers."""

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path

from services.accounts.passwords.hashing import normalised
from services.chassis.text.bilingual import Bilingual, bilingual

SHORTEST = 10

_SHORTER = bilingual(vi="Mật khẩu phải có ít nhất {n} ký tự.", en="A password must have at least {n} characters.")
TOO_SHORT = _SHORTER.format(n=SHORTEST)
TOO_COMMON = bilingual(
    vi="Mật khẩu này quá dễ đoán; hãy chọn mật khẩu khác.", en="This password is too easy to guess; choose another."
)
LIKE_NAME = bilingual(
    vi="Mật khẩu không được chứa tên đăng nhập, số định danh hay số điện thoại.",
    en="A password must not contain the user name, the personal ID or the phone number.",
)
SAME = bilingual(vi="Mật khẩu mới phải khác mật khẩu đang dùng.", en="The new password must differ from the current one.")


def rejection_reason(password: str, identifiers: Iterable[str | None], *, shortest: int = SHORTEST) -> Bilingual | None:
    """Return why a chosen password is rejected; None if it is accepted.

    :param identifiers: the person's user name and numbers.
    :param shortest: least length in characters.
    """
    plain = normalised(password)
    if len(plain) < shortest:
        return TOO_SHORT if shortest == SHORTEST else _SHORTER.format(n=shortest)
    folded = plain.casefold()
    if folded in _common_passwords() or len(set(folded)) < 4 or _is_sequence(folded):
        return TOO_COMMON
    if any(len(name) >= 4 and name.casefold() in folded for name in identifiers if name):
        return LIKE_NAME
    return None


def _is_sequence(text: str) -> bool:
    """Tell whether the text is a run such as 1234567890 or abcdefghij, in either direction."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps in ({1}, {-1})


@cache
def _common_passwords() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
