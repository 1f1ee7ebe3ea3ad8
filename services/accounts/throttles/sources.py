"""Where an attempt comes from, as far as the account knows: a device of its holder, an address of theirs, or a stranger (A13).

Each has its own budget, so what a stranger uses up is a stranger's (decision 48).
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field

from services.accounts.accounts.lookup import BHXH_CODE_LENGTH, plain_user_name
from services.accounts.accounts.rules import Account
from services.accounts.settings import Settings

DEVICE, ADDRESS, STRANGER = "device", "address", "stranger"
#: kinds of user names
_CODE, _ID, _USERNAME = "code", "id", "username"


@dataclass(frozen=True)
class Asker:
    """What a request says of who asks: the client's network, the token of a device; None for what it does not say.

    `device`: the hash of the device's own id, as sessions keep it, where that is long enough to be random.
    `browser`: a page asks, so that the token which follows becomes a cookie.
    """

    network: str | None
    device_token: str | None = field(repr=False)
    device: str | None = None
    browser: bool = False


@dataclass(frozen=True)
class Source:
    """Whom an attempt counts against.

    `subject` is the person, or a name that nobody has; `asker` begins with the kind of source, and holds no address. `network` is
    None where the client cannot be told (`chassis.web.addresses`). `name` is the user name that was typed, and what strangers share before they have
    proved anything is about it: were it about the person, a locked BHXH code would show which CCCD is the same person's, as that is locked with it.
    """

    subject: str
    asker: str
    network: str | None = None
    name: str | None = None

    @property
    def kind(self) -> str:
        return self.asker.partition(":")[0]

    @property
    def own(self) -> str | None:
        """Return the subject of its own budget; None for strangers who cannot be told apart: they share only that of all strangers."""
        return self.asker if self.asker.partition(":")[2] else None


def subject_of(account: Account | None, name: str = "") -> str:
    """Return whom attempts are about: the person, whichever name was used; or an unknown name."""
    return f"account:{account.id}" if account else _about(plain_user_name(name))


def of_asker(account: Account, asker: str | None) -> Source:
    """Return the source that asked for a code, as the code has it: nothing of its network. None: asked for in an earlier release."""
    names = {_CODE: account.bhxh_code, _ID: account.personal_id, _USERNAME: account.username}
    typed = names.get((asker or "").rpartition("/")[2])
    return Source(subject_of(account), asker or f"{STRANGER}:", name=_about(typed) if typed else None)


def of_device(subject: str, device_id: uuid.UUID) -> Source:
    """Return the source that a known device is."""
    return Source(subject, f"{DEVICE}:{device_id}")


def of_session(account: Account, device: str) -> Source:
    """Return the source that a signed-in device is: whoever has the session has given the password."""
    return Source(subject_of(account), f"{DEVICE}:{account.id}:{device}")


def of_network(subject: str, name: str, network: str | None, settings: Settings, *, known: bool) -> Source:
    """Return the source that an address is to this person, known to them or not, under the user name that was typed."""
    plain = plain_user_name(name)
    about = _about(plain)
    kept = f"{hash_network(about, network, settings)}/{_kind_of(plain)}" if network else ""
    return Source(subject, f"{ADDRESS if known else STRANGER}:{kept}", network, about)


def _about(plain: str) -> str:
    return f"name:{plain}"


def _kind_of(plain: str) -> str:
    """Return which kind of user name this is, by its form alone."""
    if not (plain.isascii() and plain.isdigit()):
        return _USERNAME
    return _CODE if len(plain) == BHXH_CODE_LENGTH else _ID


def hash_network(subject: str, network: str, settings: Settings) -> str:
    """Return the keyed hash under which a person's network is kept: another one for each person.

    There are few addresses, so a hash without a key could be turned back. The key comes from one that is in no database.
    """
    if settings.seal_public_key is None:
        raise ValueError("SEAL_PUBLIC_KEY is not set")
    key = hashlib.sha256(f"networks\n{settings.seal_public_key.reveal()}".encode()).digest()
    return hashlib.blake2b(f"{subject}\n{network}".encode(), key=key, digest_size=16).hexdigest()
