"""Recovery codes: ten, each good once, in place of a lost phone. Shown when they are made, and kept as argon2id hashes.

A code is written `07-k7cm-xr4t-hw3p`: its number, and 50 random bits.
"""

import re
from dataclasses import dataclass, field

import sqlalchemy as sa

from services.accounts.accounts.rules import Account
from services.accounts.factors.facts import CODE_USED
from services.accounts.factors.rules import RecoveryCode, note_change
from services.accounts.passwords import hashing
from services.accounts.passwords.generated import as_generated, generate_password
from services.chassis import clock

COUNT = 10
_WRITTEN = re.compile(r"\s*(\d{1,2})\s*[-. ]\s*(.{12,30}?)\s*")


@dataclass(frozen=True)
class NewCodes:
    """A set that is shown once, with what is stored of it."""

    codes: tuple[str, ...] = field(repr=False)
    hashes: tuple[str, ...] = field(repr=False)


def prepare_codes() -> NewCodes:
    """Make a set and hash it, which takes half a second: never inside a transaction."""
    secrets = [generate_password() for _ in range(COUNT)]
    codes = tuple(f"{no:02d}-{secret}" for no, secret in enumerate(secrets, 1))
    return NewCodes(codes, tuple(map(hashing.hash_password, secrets)))


def replace(account: Account, new: NewCodes) -> None:
    """Store the set; the one before is void. Whoever calls notes the change."""
    account.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    account.session.add_all(
        RecoveryCode(account_id=account.id, no=no, code_hash=hash_) for no, hash_ in enumerate(new.hashes, 1)
    )


def parts(typed: str) -> tuple[int, str]:
    """Return number and secret of a code as somebody retyped it; (0, "") for what is none."""
    found = _WRITTEN.fullmatch(typed)
    return (int(found[1]), as_generated(found[2])) if found else (0, "")


def use(account: Account, no: int) -> bool:
    """Use a code up, and tell whether it was unused."""
    unused = sa.update(RecoveryCode).where(RecoveryCode.account_id == account.id, RecoveryCode.no == no)
    used = unused.where(RecoveryCode.used_at.is_(None)).values(used_at=clock.now()).returning(RecoveryCode.no)
    if account.session.scalar(used) is None:
        return False
    note_change(account, CODE_USED)
    return True
