"""Tell secrets that can be guessed, that serve twice, or that lie in a file which others can read."""

import base64
import re
import stat
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.chassis.settings.environment import Found
from services.chassis.settings.values import Secret, Url
from services.chassis.settings.variable import Variable

#: secrets and passwords that stand in this repository, its examples and everybody's tutorials
_COMMITTED = {
    *(
        "sandbox",
        "guest",
        "password",
        "passwort",
        "secret",
        "s3cret",
        "a-secret",
        "hunter2",
        "changeme",
        "change-me",
        "postgres",
    ),
    *("test", "example", "admin", "root", "vss", "token", "key", "none", "unset", "xxx", "123456", "12345678"),
}
PLACEHOLDER = re.compile(r"(?i)^(replace|change.?me|todo|your[-_ ]|<|\$\{|AC0{32}$)")
#: with fewer signs, or fewer different ones, trying them all takes hours (NIST SP 800-63B has 8 for what people remember)
_FEWEST_SIGNS, _FEWEST_DIFFERENT = 10, 5
#: files that no setting names: boto3 reads them by itself
_OTHER_FILES = ("AWS_SHARED_CREDENTIALS_FILE",)


def weakness(text: str, *, user: str = "") -> str:
    """Return what is wrong with a secret or password in production, "" if nothing is; the text does not show it."""
    plain = text.strip().casefold()
    if plain in {*_COMMITTED, user.casefold()} - {""} or PLACEHOLDER.search(text):
        return "a secret that everybody knows, the user's name, or a placeholder (not shown)"
    if len(set(_bytes_of(text))) == 1:
        return "a key of one repeated byte (not shown)"
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    if len(plain) < _FEWEST_SIGNS or len(set(plain)) < _FEWEST_DIFFERENT or len(steps) == 1:
        return f"too easy to guess: {_FEWEST_SIGNS} signs are the least, {_FEWEST_DIFFERENT} of them different, and no sequence (not shown)"
    return ""


def parts(text: str) -> list[str]:
    """Return the secrets of one text: the keys of `new,old`; JSON is one secret."""
    return [text] if text.lstrip().startswith("{") else [part.strip() for part in text.split(",") if part.strip()]


def used_twice(found: Mapping[str, Found], variables: Mapping[str, Variable]) -> Iterator[str]:
    """Yield a sentence for each secret that two settings share: whoever learns it for one purpose has the other, too."""
    seen: dict[str, str] = {}
    for name, variable in variables.items():
        for secret in _secrets_in(found[name].value):
            first = seen.setdefault(secret, variable.name)
            if first != variable.name:
                yield f"{variable.name}: the same secret as in {first}. VSS_ENV is production: give each purpose a secret of its own."


def readable_by_others(
    environ: Mapping[str, str], found: Mapping[str, Found], variables: Mapping[str, Variable]
) -> Iterator[str]:
    """Yield a sentence for each file of a secret that any user of the machine may read or change."""
    # not CA_FILE: that is a path, and what lies there is public
    names = {one.source for name, one in found.items() if variables[name].secret and one.source.endswith("_FILE")}
    for name in sorted(names.union(_OTHER_FILES) & environ.keys()):
        try:
            mode = stat.S_IMODE(Path(environ[name]).stat().st_mode)
        except OSError:
            continue  # what cannot be read at all is told elsewhere
        if mode & stat.S_IRWXO:
            yield (
                f"{name}: every user of this machine may read or change {environ[name]} (mode {mode:04o}). "
                f"VSS_ENV is production: let it belong to the service's user and `chmod 0400` it (0440 with a group of its own)."
            )


def _secrets_in(value: Any) -> Iterator[str]:
    """Yield the secrets of a setting: each key of `new,old`, the password of a URL."""
    if isinstance(value, Secret):
        yield from parts(value.reveal())
    elif isinstance(value, Url):
        for part in value.reveal().split(";"):
            try:
                password = urlsplit(part).password
            except ValueError:
                continue  # told elsewhere
            if password:
                yield password


def _bytes_of(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True) or text.encode()
    except ValueError:
        return text.encode()
