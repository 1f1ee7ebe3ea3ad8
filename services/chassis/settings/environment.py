"""Where the text of a setting comes from: `REGISTRATION_X` before `X`, a secret also from the file named by `…_FILE`.

A fault is a text and no exception: the cause of one would show the value.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from services.chassis.settings.variable import Variable

_MAX_FILE_BYTES = 64 * 1024

#: of the whole text, as difflib counts: one letter of eight that is wrong, missing or swapped
_NEAR = 0.87

# Kubernetes sets these for each Service object of the namespace: a Service named "registration" gives REGISTRATION_PORT.
_KUBERNETES = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$")
_KUBERNETES_PORT = re.compile(r"^(tcp|udp|sctp)://")


class Found(NamedTuple):
    """What the environment says of one setting: its value, the variable that holds it ("" for a default), what is wrong."""

    value: Any
    source: str
    fault: str = ""


def read(variable: Variable, prefix: str, environ: Mapping[str, str]) -> Found:
    """Return what ``environ`` says of one setting."""
    try:
        name, text = _find(variable, prefix, environ)
    except ValueError as error:
        return Found(None, str(error).partition(":")[0], str(error))
    if not name:
        unset = f"{variable.name}: not set. Set it to {variable.expected()}: {variable.help}."
        return Found(variable.default, "", unset if variable.required else "")
    try:
        return Found(variable.parse(text), name)
    except ValueError:
        return Found(None, name, variable.fault(text, name))


def misspelled(
    prefix: str, known: Collection[Variable], ignores: frozenset[str], environ: Mapping[str, str]
) -> Iterator[str]:
    """Yield a fault for each variable that begins with the service's name, or with `VSS_`, and that nobody reads."""
    names = _names(prefix, known) if prefix else set()
    for name in sorted(environ.keys() - names - _names("", known) - ignores):
        if name.startswith("VSS_"):
            yield f"{name}: no such setting, perhaps VSS_ENV is meant. Rename or remove it."
        elif prefix and name.startswith(prefix) and not _is_kubernetes(name, environ):
            near = difflib.get_close_matches(name, names, n=1, cutoff=0)[0]
            yield f"{name}: no such setting, perhaps {near} is meant. Rename or remove it."


def doubtful(
    prefix: str, known: Collection[Variable], ignores: frozenset[str], environ: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield each variable that nobody reads and whose name comes near that of a setting, with that setting: `DATABSE_URL`.

    A variable may be meant for another program, so only production refuses it.
    """
    names = _names("", known)
    for name in sorted(environ.keys() - names - ignores):
        ours = name.startswith("VSS_") or (prefix and name.startswith(prefix))
        if not ours and (near := difflib.get_close_matches(name, names, n=1, cutoff=_NEAR)):
            yield name, near[0]


def _names(prefix: str, known: Collection[Variable]) -> set[str]:
    return {prefix + each.name for each in known} | {f"{prefix}{each.name}_FILE" for each in known if each.secret}


def _is_kubernetes(name: str, environ: Mapping[str, str]) -> bool:
    return bool(_KUBERNETES.search(name) or (name.endswith("_PORT") and _KUBERNETES_PORT.match(environ[name])))


def _find(variable: Variable, prefix: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """The variable that is set, and its text; two empty ones if none is."""
    for name in (prefix + variable.name, variable.name):
        direct = environ.get(name, "")
        file = environ.get(f"{name}_FILE", "") if variable.secret else ""
        if direct and file:
            raise ValueError(f"{name}: expected {name} or {name}_FILE, both are set. Remove one.")
        if file:
            return f"{name}_FILE", _content(f"{name}_FILE", Path(file))
        if direct.strip():
            return name, direct if variable.secret else direct.strip()
    return "", ""


def _content(name: str, path: Path) -> str:
    """What the file says, without the line end that editors and `echo` add."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
        text = content.decode().rstrip("\r\n")
        if text.strip() and len(content) <= _MAX_FILE_BYTES:
            return text
        reason = "it is empty or longer"
    except OSError as error:
        reason = error.strerror or "it cannot be read"
    except ValueError:
        reason = "it is no text, or this is no path"
    raise ValueError(f"{name}: expected a file of 1 to {_MAX_FILE_BYTES} bytes of UTF-8 at {path}: {reason}. Correct it.")
